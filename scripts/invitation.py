"""Tells whoever runs a trial where to look, who may sign in, and how."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from matchmaking.ranking.explain import word
from scripts.demo.accounts import DemoPassword
from scripts.demo.data import DemoOrganization, DemoPerson, demo_city
from scripts.demo.loading import Changes
from scripts.speaking import both, both_lines

EXTRACTING = """sed -E 's/.*"access_token":"([^"]+)".*/\\1/'"""


def invite(console: Console, url: str, password: DemoPassword | None) -> None:
    """Without a password there is no demo, and nobody who could sign in."""
    console.print()
    console.print(Rule(both("start.look"), style="bold green"))
    console.print(both_lines("start.open", url=url))
    console.print()
    if password is not None:
        console.print(_accounts())
        console.print()
        console.print(both_lines("start.password"))
        console.print(Text(f"  {password.text}", style="bold"))
        console.print()
        console.print(both_lines("start.sign_in_docs"))
        console.print()
        console.print(both("start.sign_in_shell"))
        for command in _commands(url, password.text):
            # A wrapped command cannot be pasted.
            console.print(Text(f"  {command}"), soft_wrap=True)
        console.print()
    console.print(both_lines("start.stop"))


def outcome_of(changes: Changes) -> Text:
    """What the demo loader did, in a few words."""
    if changes.added.get("organizations"):
        counts = {name: changes.added.get(name, 0) for name in ("organizations", "accounts", "products")}
        return both("start.loaded", **counts)
    changed = changes.added | changes.renewed
    if not changed:
        return both("start.nothing_changed")
    return both("start.renewed", what=", ".join(f"{name} {count}" for name, count in changed.items()))


def _accounts() -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), show_edge=False)
    for label in ("login", "who", "may"):
        table.add_column(both(f"start.label.{label}"), overflow="fold")
    for login, (organization, person) in demo_city().people().items():
        may = Text.assemble(person.may_zh, "\n", (person.may_en, "dim"))
        table.add_row(Text(login, style="bold"), _who(organization, person), may)
    return table


def _who(organization: DemoOrganization, person: DemoPerson) -> Text:
    unit = next((one for one in organization.units if one.key == person.unit), None)
    place = organization.name_zh if unit is None else f"{organization.name_zh} {unit.name_zh}"
    return Text.assemble(place, "\n", word(person.role, "zh"), " ", (word(person.role, "en"), "dim"))


def _commands(url: str, password: str) -> tuple[str, str]:
    body = f'{{"login":"demo-mill","password":"{password}"}}'
    signing_in = f"curl -s {url}/v1/sessions -H 'content-type: application/json' -d '{body}'"
    asking = f'curl -s {url}/v1/me -H "authorization: Bearer $TOKEN"'
    return f"TOKEN=$({signing_in} | {EXTRACTING})", asking
