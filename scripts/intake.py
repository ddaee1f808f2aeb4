"""What intake help says about whole lists of demands: how many it flags, and why.

The list is the reference shelf as public pages print it, or the queries of a public collection, each read as
if all of its text were the public abstract. Nothing of a collection is copied.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.table import Table

from matchmaking.ranking.explain import word
from matchmaking.ranking.intake import advise_demand, in_order
from matchmaking.ranking.intake_alike import alike
from matchmaking.ranking.intake_drafts import KINDS, Advice, DemandDraft, StatedIndicator
from schemas.vocabulary import AdviceCode
from scripts.demo.reference_data import Printed, rows_of
from scripts.demo.reference_rows import printed_indicators
from scripts.speaking import both, to_people

QUERIES = "queries.jsonl"
LONGEST_EXAMPLE = 44


@dataclass(frozen=True, slots=True)
class Flag:
    """One advice on the demand at `place`; `alike_to` are titles of those that say the same or nearly."""

    place: int
    title: str
    advice: Advice
    alike_to: tuple[str, ...] = ()

    @property
    def example(self) -> str:
        seen = (*self.advice.found, *self.alike_to)
        return f"{self.title}: {seen[0]}" if seen else self.title


def report(folder: Path | None, only: AdviceCode | None) -> None:
    """Print the share of demands with each advice, or with `only` every demand that has it."""
    speaker = to_people()
    if folder is not None and not (folder / QUERIES).is_file():
        speaker.print(both("intake.absent", folder=folder, file=QUERIES))
        return
    drafts = reference_drafts() if folder is None else collected_drafts(folder)
    flags = flagged(drafts)
    if only is not None:
        for flag in (one for one in flags if one.advice.code is only):
            speaker.print(flag.title, *(flag.advice.found or flag.alike_to), sep=" | ", soft_wrap=True)
        return
    speaker.print(_table(drafts, flags))


def reference_drafts() -> list[DemandDraft]:
    return [_printed_draft(row) for row in rows_of("demands")]


def collected_drafts(folder: Path) -> list[DemandDraft]:
    rows = map(json.loads, (folder / QUERIES).read_text(encoding="utf-8").splitlines())
    return [_collected_draft(row.get("title") or "", row["text"]) for row in rows]


def flagged(drafts: Sequence[DemandDraft]) -> list[Flag]:
    """In the order of the codes, then of the list."""
    flags = [flag for place in range(len(drafts)) for flag in _flags(drafts, place)]
    codes = list(AdviceCode)
    return sorted(flags, key=lambda flag: codes.index(flag.advice.code))


def counted(flags: Iterable[Flag]) -> dict[AdviceCode, int]:
    counts = dict.fromkeys(AdviceCode, 0)
    for flag in flags:
        counts[flag.advice.code] += 1
    return {code: count for code, count in counts.items() if count}


def _flags(drafts: Sequence[DemandDraft], place: int) -> Iterator[Flag]:
    """The day does not matter: no page says by when, and so no deadline is near."""
    draft = drafts[place]
    others = ((str(at), _whole(one)) for at, one in enumerate(drafts) if at != place)
    likenesses = alike(_whole(draft), others)
    repeated = {AdviceCode.SAME_AS_ANOTHER if one.same else AdviceCode.CLOSE_TO_ANOTHER for one in likenesses}
    for advice in in_order([*advise_demand(draft, date.min), *(Advice(code, "") for code in repeated)]):
        same = advice.code is AdviceCode.SAME_AS_ANOTHER
        titles = tuple(drafts[int(one.key)].title for one in likenesses if one.same is same)
        yield Flag(place, draft.title, advice, titles if advice.code in repeated else ())


def _printed_draft(row: Printed) -> DemandDraft:
    return DemandDraft(
        title=row["title"],
        problem=row["problem_paraphrase"],
        public_abstract=f"{row['title']}：{row['problem_paraphrase']}",
        indicators=tuple(StatedIndicator(**one) for one in printed_indicators(row["target_metrics"])),
        budget_stated=bool(row["budget_wan_min"] or row["budget_wan_max"]),
        modes_stated=bool(row["mode_code"]),
        chain_stated=bool(row["chain_code"]),
    )


def _collected_draft(title: str, told: str) -> DemandDraft:
    return DemandDraft(title=title, problem=told.removeprefix(title).strip(), public_abstract=told)


def _whole(draft: DemandDraft) -> str:
    return f"{draft.title}\n{draft.problem}"


def _table(drafts: Sequence[DemandDraft], flags: Sequence[Flag]) -> Table:
    helped = len({flag.place for flag in flags})
    table = Table(title=both("intake.title", demands=len(drafts), flagged=helped), title_justify="left")
    for column in ("advice", "count", "share", "example"):
        table.add_column(
            both(f"intake.column.{column}"), justify="right" if column in {"count", "share"} else "left"
        )
    for code, count in counted(flags).items():
        example = next(flag.example for flag in flags if flag.advice.code is code)[:LONGEST_EXAMPLE]
        named = f"{code}\n{word(KINDS[code], 'zh')} {word(KINDS[code], 'en')}"
        table.add_row(named, str(count), f"{100 * count / len(drafts):.0f} %", example)
    return table
