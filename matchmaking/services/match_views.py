"""How a stored run is shown: names, terms, components and every reason in words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from matchmaking.db.session import ReadSession
from matchmaking.messages import Language, text, word
from matchmaking.ranking import FinancingRanking, RankedCandidate, explain, plain
from matchmaking.ranking import Reason as RankerReason
from matchmaking.ranking.nothing_fits import nothing_fits
from matchmaking.ranking.reasons import Parameter, ReasonCode
from matchmaking.ranking.reckoned_cost import ReckonedCost
from matchmaking.services.offer_catalogue import Offer
from matchmaking.tables.identity import Organization, Unit
from matchmaking.tables.matching import MatchCandidate, MatchRun
from matchmaking.tables.offers import CreditProduct, ProductAdoption
from schemas.match_runs import HelperRead, MatchCandidateRead, MatchRunRead, NearestRead, NothingFits, Reason
from schemas.organizations import OrganizationState
from schemas.vocabulary import ComponentName

MOST_SHOWN = 50
MOST_DECISIVE_SHOWN = 5
PRESET = "preset"
CHANGED = "facts_changed_since_previous_run"
# What the summary of a run holds besides the document of its ranking.
BESIDE_THE_RANKING = ("counts", CHANGED, PRESET)
WORDINGS_KEPT = 20_000
OF_THE_ROW = tuple(set(MatchCandidateRead.model_fields) & set(MatchCandidate.model_fields))


@dataclass(frozen=True, slots=True)
class Shown:
    """A candidate by the columns of its row, and what those behind it are called in the reader's language."""

    candidate: Mapping[str, Any]
    unit_id: UUID
    bank_here: bool
    bank_name: str
    unit_name: str
    product_name: str

    @staticmethod
    def of(candidate: Mapping[str, Any], offer: Offer, language: Language) -> "Shown":
        names = offer.names[language]
        return Shown(
            candidate, offer.unit_id, offer.bank_here, names["bank"], names["unit"], names["product"]
        )


async def stored_view(session: ReadSession, run: MatchRun, language: Language) -> MatchRunRead:
    """The run with its first candidates in order, names as they are today. The run was found by its door."""
    held = await stored_candidates(session, run, language)
    return run_view(
        run, ranking_of(run, [row.outcome for row, _ in held]), [one for _, one in held], language
    )


def ranking_of(run: MatchRun, outcomes: Sequence[Mapping[str, Any]]) -> FinancingRanking:
    """The stored ranking with these of its candidates."""
    stored = {name: value for name, value in run.summary.items() if name not in BESIDE_THE_RANKING}
    return FinancingRanking.from_document({**stored, "candidates": list(outcomes)})


async def stored_candidates(
    session: ReadSession, run: MatchRun, language: Language, *conditions: ColumnElement[bool]
) -> list[tuple[MatchCandidate, Shown]]:
    """In order, the first of them."""
    statement = (
        select(MatchCandidate, CreditProduct, Organization, Unit)
        .join(CreditProduct, col(CreditProduct.id) == MatchCandidate.product_id)
        .join(Organization, col(Organization.id) == MatchCandidate.provider_organization_id)
        .join(ProductAdoption, col(ProductAdoption.id) == MatchCandidate.adoption_id)
        .join(Unit, col(Unit.id) == ProductAdoption.unit_id)
        .where(col(MatchCandidate.run_id) == run.id, *conditions)
        .order_by(col(MatchCandidate.position))
        .limit(MOST_SHOWN)
    )
    rows = (await session.execute(statement)).all()
    return [(row[0], _shown(*row, language=language)) for row in rows]


def _shown(
    candidate: MatchCandidate, product: CreditProduct, bank: Organization, unit: Unit, *, language: Language
) -> Shown:
    return Shown(
        vars(candidate),
        unit.id,
        bank.state is OrganizationState.ACTIVE,
        named(bank, language),
        named(unit, language),
        named(product, language),
    )


def run_view(
    run: MatchRun, ranking: FinancingRanking, shown: Sequence[Shown], language: Language
) -> MatchRunRead:
    """`shown` are the candidates of `ranking` in its order; the first of them are told."""
    return MatchRunRead(
        **run.model_dump(
            include={"id", "version", "created_at", "need_id", "need_version", "ranker_version"}
        ),
        counts=run.summary["counts"],
        facts_changed_since_previous_run=run.summary.get(CHANGED, []),
        most_decisive_unknown=[
            told(fact.reason, language) for fact in ranking.decisive_facts[:MOST_DECISIVE_SHOWN]
        ],
        preset=run.summary.get(PRESET),
        weights={ComponentName(name): percent for name, percent in asdict(ranking.weights).items()},
        nothing_fits=_nothing_fits(run, ranking, shown, language),
        candidates=[
            _candidate_view(one, ranked, language)
            for one, ranked in zip(shown[:MOST_SHOWN], ranking.candidates[:MOST_SHOWN], strict=True)
        ],
    )


def _nothing_fits(
    run: MatchRun, ranking: FinancingRanking, shown: Sequence[Shown], language: Language
) -> NothingFits | None:
    found = nothing_fits(ranking, run.created_at.date())
    if found is None:
        return None
    names = {one.candidate_id: named for one, named in zip(ranking.candidates, shown, strict=True)}
    return NothingFits(
        nearest=[
            NearestRead(
                adoption_id=UUID(one.candidate_id),
                provider_name=names[one.candidate_id].bank_name,
                product_name=names[one.candidate_id].product_name,
                reasons=[told(reason, language) for reason in reasons],
            )
            for one, reasons in found.nearest
        ],
        whom_to_ask=[HelperRead(code=one, text=word(one, language)) for one in found.whom_to_ask],
        look_again_on=found.look_again_on,
        look_again=told(found.look_again, language),
    )


def _candidate_view(shown: Shown, ranked: RankedCandidate, language: Language) -> MatchCandidateRead:
    return MatchCandidateRead(
        **{name: shown.candidate[name] for name in OF_THE_ROW},
        verdict_text=text(f"verdict.{ranked.verdict}", language),
        moved_from=ranked.moved_from,
        provider_name=shown.bank_name,
        provider_here=shown.bank_here,
        unit_id=shown.unit_id,
        unit_name=shown.unit_name,
        product_name=shown.product_name,
        conditions_met_as_published=ranked.conditions_met_as_published,
        cap_fen=ranked.terms.cap_fen,
        rate_basis_points=ranked.terms.rate.lowest_basis_points,
        **_costs(ranked.terms.cost),
        total=ranked.total,
        components=points_of(ranked),
        reasons=[told(reason, language) for reason in ranked.reasons],
    )


def points_of(ranked: RankedCandidate) -> dict[ComponentName, float | None]:
    return {part.name: part.points for part in ranked.components}


def named(thing: Organization | Unit | CreditProduct, language: Language) -> str:
    return (thing.name_en or thing.name_zh) if language == "en" else thing.name_zh


def _costs(cost: ReckonedCost | None) -> dict[str, Any]:
    """Runs of earlier rankers have none."""
    granted = cost.granted if cost else None
    return {
        "cost_basis_points": cost.contract_basis_points if cost else None,
        "cost_is_at_least": bool(cost and cost.at_least),
        "subsidised_cost_basis_points": granted.cost_basis_points if granted else None,
    }


def told(reason: RankerReason, language: Language) -> Reason:
    return _worded(reason.code, tuple(reason.parameters.items()), language)


@lru_cache(maxsize=WORDINGS_KEPT)
def _worded(code: ReasonCode, parameters: tuple[tuple[str, Parameter], ...], language: Language) -> Reason:
    """Most reasons come again with the next candidate and the next run; what is kept is never changed."""
    reason = RankerReason(code, dict(parameters))
    return Reason(
        code=code.value, parameters=reason.parameters, text=explain(reason, language), plain=plain(reason)
    )
