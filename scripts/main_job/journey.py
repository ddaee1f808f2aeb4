"""What the steps of the main job hand on to each other: who is signed in, and things as last answered."""

from dataclasses import dataclass, field
from datetime import date, datetime

from rich.text import Text

from matchmaking.clock import ShiftedClock
from matchmaking.ranking.explain import word
from schemas.vocabulary import TaskKind
from scripts.demo.data import demo_city
from scripts.main_job.caller import Caller, Json, Somebody
from scripts.main_job.narrator import CheckFailed, Narrator
from scripts.main_job.tables import Figures

OWNER, OFFICIAL, SCIENCE_OFFICIAL = "demo-mill", "demo-finance", "demo-science"
RECOMMENDING_OFFICIAL = "demo-finance-tongzhou"
LISTS_OF_PLACES = ("district", "cluster", "chain")


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch with a product for the mill, and who speaks for it: its clerk, or the manager of its bank."""

    candidate: Json
    in_english: Json
    login: str
    has_clerk: bool

    @property
    def bank(self) -> tuple[str, str]:
        """Its name in Chinese and in English."""
        return self.candidate["provider_name"], self.in_english["provider_name"]

    @property
    def organization_id(self) -> str:
        return str(self.candidate["provider_organization_id"])


@dataclass(slots=True)
class Journey:
    """`clerk` and `secretary` are the logins of who answers for what the mill has picked.

    `clock` is the service's own, which this puts forward once; `known_entry` is the id of the newest entry of
    the mill's journal before the run.
    """

    caller: Caller
    narrator: Narrator
    password: str
    clock: ShiftedClock
    people: dict[str, Somebody] = field(default_factory=dict)
    before: Figures = field(default_factory=dict)
    known_entry: str = ""
    names_of_places: dict[str, tuple[str, str]] = field(default_factory=dict)
    card: Json = field(default_factory=dict)
    branches: list[Branch] = field(default_factory=list)
    coming: list[Branch] = field(default_factory=list)
    recommended: list[Json] = field(default_factory=list)
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

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def today(self) -> date:
        return self.now.date()

    def who(self, login: str) -> Somebody:
        """Signed in when first needed, and anew when the token has run out."""
        somebody = self.people.get(login)
        if somebody is None:
            _, person = demo_city().people()[login]
            name = f"{person.display_name} {word(person.role, 'zh')} {word(person.role, 'en')}"
            somebody = self.caller.sign_in(name, login, self.password)
        elif somebody.expires_at <= self.now:
            somebody = self.caller.refresh(somebody)
        self.people[login] = somebody
        return somebody

    def places(self) -> dict[str, tuple[str, str]]:
        """Chinese and English names by the codes of the city's lists."""
        if not self.names_of_places:
            owner = self.who(OWNER)
            entries = [one for each in LISTS_OF_PLACES for one in owner.items(f"/v1/taxonomies/{each}")]
            names = {one["code"]: (one["name_zh"], one["name_en"] or one["name_zh"]) for one in entries}
            self.names_of_places = names
        return self.names_of_places

    def branches_with_clerks(self) -> list[Branch]:
        return [branch for branch in self.branches if branch.has_clerk]

    def figures(self) -> Figures:
        return {figure["code"]: figure for figure in self.who(OFFICIAL).get("/v1/tracking")["totals"]}

    def expect_task(self, somebody: Somebody, subject: Json, code: str) -> None:
        """The person's own list of tasks asks for the next step about `subject`."""
        found = [task for task in somebody.items("/v1/tasks") if task["subject_id"] == subject["id"]]
        if not found:
            raise CheckFailed(code)
        kind = TaskKind(found[0]["kind"])
        self.narrator.show(Text.assemble("☐ ", word(kind, "zh"), " ", (word(kind, "en"), "dim")))
        self.narrator.check(found, code)
