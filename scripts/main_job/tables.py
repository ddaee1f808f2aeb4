"""The tables of the main job, made of what the API answered."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from rich.box import SIMPLE_HEAD
from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from matchmaking.messages import Language, text
from matchmaking.ranking.explain import word
from schemas.eligibility import FACTS
from schemas.vocabulary import FactName, FactSource, PledgeKind, PurposeKind, Verdict
from scripts.main_job.caller import Json
from scripts.main_job.figures import fact_value, percent, short, wan, yuan
from scripts.speaking import both

Figures = Mapping[str, Json]

LANGUAGES: tuple[Language, ...] = ("zh", "en")
COLOURS = {
    Verdict.ELIGIBLE: "green",
    Verdict.INCOMPLETE: "yellow",
    Verdict.NEAR_MISS: "magenta",
    Verdict.INELIGIBLE: "red",
}
# Where the terms begin, what stood in the way of a candidate has been said.
FIRST_REASONS_OF_TERMS = ("rate_from_reference", "rate_fixed", "rate_unknown")
COVERAGE = ("covered_in_full", "covered_in_part")
MOST_REASONS = 2
MOST_CANDIDATES = 5
FIGURES = (
    "needs_opened",
    "needs_signed",
    "needs_drawn",
    "demands_opened",
    "agreements.technology_contract",
    "fulfilment.milestone_delivered.confirmed",
)
NO_FIGURE: Json = {"count": 0, "of": 0, "amount_fen": 0}
# Where a line is short, the branch gets what the others leave.
MOST_WIDTHS = {"product": 18, "verdict": 16}


def doubled(chinese: str, english: str) -> Text:
    return Text.assemble(chinese, "\n", (english, "dim"))


def table(*labels: str, right: Iterable[str] = ()) -> Table:
    """Columns headed by the texts `main_job.label.*`."""
    made = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    for label in labels:
        code = f"main_job.label.{label}"
        heading = Text.assemble(text(code, "zh"), "\n", (text(code, "en"), "dim"))
        side: JustifyMethod = "right" if label in right else "left"
        made.add_column(
            heading,
            justify=side,
            overflow="fold",
            no_wrap=label in right,
            max_width=MOST_WIDTHS.get(label),
        )
    return made


def facts_table(facts: Sequence[Json]) -> Table:
    made = table("fact", "value", "as_of", "source")
    for fact in facts:
        name = FactName(fact["name"])
        source = FactSource(fact["source"])
        chinese, english = (fact_value(name, fact["value"], language) for language in ("zh", "en"))
        made.add_row(
            Text.assemble(word(name, "zh"), " ", (word(name, "en"), "dim")),
            chinese if chinese == english else Text.assemble(chinese, " ", (english, "dim")),
            fact["as_of"],
            Text.assemble(word(source, "zh"), " ", (word(source, "en"), "dim")),
        )
    return made


def not_known(facts: Mapping[str, Json]) -> Text:
    """Which facts nobody has stated; those that are reckoned from others are not asked for."""
    missing = [name for name in FactName if name not in facts and not FACTS[name].reckoned_from]
    names = {language: listed(missing, language) for language in LANGUAGES}
    return doubled(*(text("main_job.not_known", language, names=names[language]) for language in LANGUAGES))


def listed(members: Sequence[StrEnum], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(word(member, language) for member in members)


def answers_table(need: Json, contact: str) -> Table:
    made = table("question", "answer")
    amount = need["amount_fen"]
    purpose = PurposeKind(need["purpose"])
    pledges = [PledgeKind(pledge) for pledge in need["pledges"]]
    rows: tuple[tuple[str, str, str], ...] = (
        ("amount", f"{wan(amount)} 万元", f"CNY {yuan(amount)}"),
        ("purpose", word(purpose, "zh"), word(purpose, "en")),
        ("needed_by", need["needed_by"], ""),
        ("pledges", listed(pledges, "zh"), listed(pledges, "en")),
        ("contact", contact, ""),
    )
    for question, chinese, english in rows:
        code = f"main_job.question.{question}"
        asked = Text.assemble(text(code, "zh"), " ", (text(code, "en"), "dim"))
        made.add_row(asked, Text.assemble(chinese, " ", (english, "dim")))
    return made


def worth_showing(candidates: Sequence[Json]) -> list[int]:
    """The first of the list, and the first of each other verdict: why not this one is an answer too."""
    shown = list(range(min(MOST_CANDIDATES, len(candidates))))
    for verdict in Verdict:
        first = next((at for at, one in enumerate(candidates) if one["verdict"] == verdict), None)
        if first is not None and first not in shown:
            shown.append(first)
    return shown


def candidates_table(chinese: Sequence[Json], english: Sequence[Json], chosen: Sequence[int]) -> Table:
    made = table(
        *("place", "product", "branch", "verdict", "cap", "rate", "total"),
        right=("place", "cap", "rate", "total"),
    )
    for one, other in ((chinese[at], english[at]) for at in chosen):
        rate = one["rate_basis_points"]
        asking = doubled(text("main_job.ask_the_bank", "zh"), text("main_job.ask_the_bank", "en"))
        made.add_row(
            str(one["position"]),
            doubled(one["product_name"], other["product_name"]),
            _where(one, other),
            Text(f"{one['verdict_text']}\n{other['verdict_text']}", style=COLOURS[Verdict(one["verdict"])]),
            "" if one["cap_fen"] is None else wan(one["cap_fen"]),
            asking if rate is None else percent(rate),
            "" if one["total"] is None else f"{one['total']:.1f}",
        )
    return made


def branch_of(candidate: Json) -> str:
    """Provider and unit, once where both are called the same."""
    provider, unit = candidate["provider_name"], candidate["unit_name"]
    return str(provider) if provider == unit else f"{provider} {unit}"


def _where(chinese: Json, english: Json) -> Text:
    names = doubled(branch_of(chinese), branch_of(english))
    if branch_of(chinese) == branch_of(english):
        names = Text(branch_of(chinese))
    if chinese["provider_here"]:
        return names
    chinese_note, english_note = (text("main_job.not_here", language) for language in LANGUAGES)
    return names + Text.assemble("\n", (f"{chinese_note} ", "yellow"), (english_note, "dim"))


def reasons_table(chinese: Sequence[Json], english: Sequence[Json], chosen: Sequence[int]) -> Table:
    """What decided each candidate's place, in both languages."""
    made = Table.grid(padding=(0, 1))
    made.add_column()
    made.add_column(overflow="fold")
    for one, other in ((chinese[at], english[at]) for at in chosen):
        said = Text(f"{one['product_name']} · {one['unit_name']}", style="bold")
        for reason, translated in zip(_main_reasons(one), _main_reasons(other), strict=True):
            said += Text.assemble("\n", reason["text"], "\n", (translated["text"], "dim"))
        made.add_row(f"{one['position']}.", said)
    return made


def _main_reasons(candidate: Json) -> list[Json]:
    """For an eligible one how far it reaches; for others what is unmet, unknown, and what would help."""
    reasons: list[Json] = candidate["reasons"]
    codes = [reason["code"] for reason in reasons]
    first_of_terms = next(at for at, code in enumerate(codes) if code in FIRST_REASONS_OF_TERMS)
    deciding = reasons[:first_of_terms]
    if candidate["verdict"] == Verdict.ELIGIBLE:
        deciding = [*deciding, *(reason for reason in reasons if reason["code"] in COVERAGE)]
    return deciding[:MOST_REASONS]


def demand_table(demand: Json) -> Table:
    made = table("question", "answer")
    indicator = demand["indicators"][0]
    budget = f"{wan(demand['smallest_budget_fen'])} - {wan(demand['largest_budget_fen'])} 万元"
    rows = (
        ("title", demand["title"]),
        ("problem", demand["problem"]),
        ("indicator", f"{indicator['name']} {indicator['baseline']} → {indicator['goal']}"),
        ("budget", budget),
        ("needed_by", demand["needed_by"]),
    )
    for question, answer in rows:
        code = f"main_job.question.{question}"
        made.add_row(Text.assemble(text(code, "zh"), " ", (text(code, "en"), "dim")), answer)
    return made


def capabilities_table(chinese: Sequence[Json], english: Sequence[Json], chosen: Sequence[int]) -> Table:
    made = table("place", "capability", "institution", "verdict", "total", right=("place", "total"))
    for one, other in ((chinese[at], english[at]) for at in chosen):
        made.add_row(
            str(one["position"]),
            one["capability_title"],
            _where(one, other),
            Text(f"{one['verdict_text']}\n{other['verdict_text']}", style=COLOURS[Verdict(one["verdict"])]),
            "" if one["total"] is None else f"{one['total']:.1f}",
        )
    return made


def capability_reasons(chinese: Sequence[Json], english: Sequence[Json], chosen: Sequence[int]) -> Table:
    """The first reasons of each, in both languages."""
    made = Table.grid(padding=(0, 1))
    made.add_column()
    made.add_column(overflow="fold")
    for one, other in ((chinese[at], english[at]) for at in chosen):
        said = Text(one["capability_title"], style="bold")
        pairs = zip(one["reasons"][:MOST_REASONS], other["reasons"][:MOST_REASONS], strict=True)
        for reason, translated in pairs:
            said += Text.assemble("\n", reason["text"], "\n", (translated["text"], "dim"))
        made.add_row(f"{one['position']}.", said)
    return made


def figures_table(before: Figures, after: Figures | None = None) -> Table:
    """Each count with its denominator; a kind of fact that nobody has stated yet has no figure."""
    labels = ("figure", "before") if after is None else ("figure", "before", "after")
    made = table(*labels, "amount", right=("before", "after", "amount"))
    read = [before] if after is None else [before, after]
    for code in FIGURES:
        counts = [figures.get(code, NO_FIGURE) for figures in read]
        shown = [f"{one['count']} / {one['of']}" for one in counts]
        amount = counts[-1].get("amount_fen")
        made.add_row(both(f"main_job.figure.{code}"), *shown, "" if amount is None else wan(amount))
    return made


def journal_table(entries: Sequence[Json]) -> Table:
    made = table("at", "action", "person")
    for entry in entries:
        subject = f"{entry['action']}  {entry['subject_type']} {short(entry['subject_id'] or '-')}"
        person = entry["body"]["actor"]["person"] or "-"
        made.add_row(entry["created_at"][:19].replace("T", " "), subject, f"{person[:12]}…")
    return made
