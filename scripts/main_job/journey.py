"""What the steps of the main job hand on to each other: who is signed in, and things as last answered."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from rich.text import Text

from matchmaking.ranking.explain import word
from schemas.vocabulary import TaskKind
from scripts.demo.data import demo_city
from scripts.main_job.caller import Caller, Json, Somebody
from scripts.main_job.narrator import CheckFailed, Narrator
from scripts.main_job.tables import Figures

OWNER, OFFICIAL, SCIENCE_OFFICIAL = "demo-mill", "demo-finance", "demo-science"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Journey:
    """`clerk` and `secretary` are the logins of who answers for what the mill has picked."""

    caller: Caller
    narrator: Narrator
    password: str
    began: datetime = field(default_factory=now)
    people: dict[str, Somebody] = field(default_factory=dict)
    before: Figures = field(default_factory=dict)
    need: Json = field(default_factory=dict)
    candidates: list[Json] = field(default_factory=list)
    in_english: list[Json] = field(default_factory=list)
    picked: Json = field(default_factory=dict)
    clerk: str = ""
    introduction: Json = field(default_factory=dict)
    agreement: Json = field(default_factory=dict)
    demand: Json = field(default_factory=dict)
    laboratory: Json = field(default_factory=dict)
    secretary: str = ""

    def who(self, login: str) -> Somebody:
        """Signed in when first needed."""
        if login not in self.people:
            _, person = demo_city().people()[login]
            name = f"{person.display_name} {word(person.role, 'zh')} {word(person.role, 'en')}"
            self.people[login] = self.caller.sign_in(name, login, self.password)
        return self.people[login]

    def figures(self) -> Figures:
        return {figure["code"]: figure for figure in self.who(OFFICIAL).get("/v1/tracking")["figures"]}

    def expect_task(self, somebody: Somebody, subject: Json, code: str) -> None:
        """The person's own list of tasks asks for the next step about `subject`."""
        found = [task for task in somebody.items("/v1/tasks") if task["subject_id"] == subject["id"]]
        if not found:
            raise CheckFailed(code)
        kind = TaskKind(found[0]["kind"])
        self.narrator.show(Text.assemble("☐ ", word(kind, "zh"), " ", (word(kind, "en"), "dim")))
        self.narrator.check(found, code)
