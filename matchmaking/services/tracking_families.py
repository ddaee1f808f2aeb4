"""The codes of figures: which add up, what each is out of, what it means, and which rows are released."""

from collections.abc import Iterable

from matchmaking.messages import Language, text, word
from matchmaking.services.tracking_withholding import Family
from schemas.tracking import TrackingDimension
from schemas.vocabulary import (
    AgreementNature,
    EvidenceGrade,
    FulfilmentKind,
    FulfilmentState,
    IntroductionState,
)

TERMINATED = "terminated"
INTRODUCTIONS = "introductions"
HEADLINES = ("needs_signed", "needs_drawn")
# Officials read needs, demands, agreements and fulfilment facts of their area one by one, introductions not.
OF_UNRELEASED_FACTS = frozenset({TrackingDimension.CHAIN, TrackingDimension.CLUSTER})
OUT_OF = {
    "needs_opened": "needs_submitted",
    "needs_signed": "needs_opened",
    "needs_drawn": "needs_signed",
    "demands_opened": "demands_submitted",
}
INTENDED = (f"agreements.{AgreementNature.FRAMEWORK}", f"fulfilment.{FulfilmentKind.FRAMEWORK_AMOUNT}")
STANDINGS = (FulfilmentState.CONFIRMED, FulfilmentState.STATED, FulfilmentState.DISPUTED)

FAMILIES: tuple[Family, ...] = (
    *(Family(code) for code in ("needs_submitted", "needs_opened", "needs_signed", "needs_drawn")),
    *(Family(code) for code in ("demands_submitted", "demands_opened")),
    Family(INTRODUCTIONS, tuple(f"{INTRODUCTIONS}.{state}" for state in IntroductionState)),
    *(
        Family(
            f"agreements.{nature}",
            tuple(f"agreements.{nature}.{standing}" for standing in (*EvidenceGrade, TERMINATED)),
        )
        for nature in AgreementNature
    ),
    *(
        Family(f"fulfilment.{kind}", tuple(f"fulfilment.{kind}.{state}" for state in STANDINGS))
        for kind in FulfilmentKind
    ),
)


def is_released(family: Family, by: TrackingDimension | None) -> bool:
    """Whether the official could count the same from single rows that are open to the role."""
    return family.base != INTRODUCTIONS and by not in OF_UNRELEASED_FACTS


def has_provider(family: Family) -> bool:
    return not family.base.startswith(("needs_", "demands_"))


def has_amount(family: Family) -> bool:
    return family.base != INTRODUCTIONS


def families_in_use(codes: Iterable[str]) -> tuple[Family, ...]:
    """Kinds of facts that nobody has stated yet are left out; all else is told, also when it is nothing."""
    used = {code.rpartition(".")[0] for code in codes}
    return tuple(
        family for family in FAMILIES if not family.base.startswith("fulfilment.") or family.base in used
    )


def is_intended(code: str) -> bool:
    return code.startswith(INTENDED)


def denominator(code: str) -> str | None:
    """The code that a figure is out of; None for one that is told out of all in the answer."""
    if code in OUT_OF:
        return OUT_OF[code]
    is_part = code.startswith(f"{INTRODUCTIONS}.") or code.count(".") > 1
    return code.rpartition(".")[0] if is_part else None


def definition(code: str, language: Language) -> str:
    noun, *rest = code.split(".")
    if not rest:
        return text(f"figure.{code}", language)
    if noun == INTRODUCTIONS:
        return text(
            "figure.introductions_in_state", language, state=word(IntroductionState(rest[0]), language)
        )
    if noun == "agreements":
        return _of_agreements(rest, language)
    kind = word(FulfilmentKind(rest[0]), language)
    if len(rest) == 1:
        return text("figure.fulfilment", language, kind=kind)
    return text(f"figure.fulfilment_{rest[1]}", language, kind=kind)


def _of_agreements(rest: list[str], language: Language) -> str:
    nature = word(AgreementNature(rest[0]), language)
    intended = "_framework" if rest[0] == AgreementNature.FRAMEWORK else ""
    if len(rest) == 1:
        return text(f"figure.agreements{intended}", language, nature=nature)
    if rest[1] == TERMINATED:
        return text("figure.agreements_terminated", language, nature=nature)
    grade = f"{rest[1]} {word(EvidenceGrade(rest[1]), language)}"
    return text(f"figure.agreements_graded{intended}", language, nature=nature, grade=grade)


def definition_of_denominator(code: str, language: Language) -> str:
    if (out_of := denominator(code)) is None:
        return text("figure.of_all", language)
    if code in HEADLINES:
        return text(f"figure.{code}_of", language)
    return definition(out_of, language)
