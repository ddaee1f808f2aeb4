"""How a stored run is shown: names, terms, components and every reason in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking.db.session import ReadSession
from matchmaking.messages import Language, text
from matchmaking.ranking import FinancingRanking, RankedCandidate, explain, plain
from matchmaking.ranking import Reason as RankerReason
from matchmaking.ranking.reasons import Parameter, ReasonCode
from matchmaking.services.offer_catalogue import Offer
from matchmaking.tables.identity import Organization, Unit
from matchmaking.tables.matching import MatchCandidate, MatchRun
from matchmaking.tables.offers import CreditProduct, ProductAdoption
from schemas.match_runs import MatchCandidateRead, MatchRunRead, Reason
from schemas.organizations import OrganizationState

MOST_SHOWN = 50
MOST_DECISIVE_SHOWN = 5
CHANGED = "facts_changed_since_previous_run"
# What the summary of a run holds besides the document of its ranking.
BESIDE_THE_RANKING = ("counts", CHANGED)
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
    statement = (
        select(MatchCandidate, CreditProduct, Organization, Unit)
        .join(CreditProduct, col(CreditProduct.id) == MatchCandidate.product_id)
        .join(Organization, col(Organization.id) == MatchCandidate.provider_organization_id)
        .join(ProductAdoption, col(ProductAdoption.id) == MatchCandidate.adoption_id)
        .join(Unit, col(Unit.id) == ProductAdoption.unit_id)
        .where(col(MatchCandidate.run_id) == run.id)
        .order_by(col(MatchCandidate.position))
        .limit(MOST_SHOWN)
    )
    rows = (await session.execute(statement)).all()
    stored = {name: value for name, value in run.summary.items() if name not in BESIDE_THE_RANKING}
    ranking = FinancingRanking.from_document({**stored, "candidates": [row[0].outcome for row in rows]})
    shown = [
        Shown(
            vars(candidate),
            unit.id,
            bank.state is OrganizationState.ACTIVE,
            named(bank, language),
            named(unit, language),
            named(product, language),
        )
        for candidate, product, bank, unit in rows
    ]
    return run_view(run, ranking, shown, language)


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
        candidates=[
            _candidate_view(one, ranked, language)
            for one, ranked in zip(shown[:MOST_SHOWN], ranking.candidates[:MOST_SHOWN], strict=True)
        ],
    )


def _candidate_view(shown: Shown, ranked: RankedCandidate, language: Language) -> MatchCandidateRead:
    return MatchCandidateRead(
        **{name: shown.candidate[name] for name in OF_THE_ROW},
        verdict_text=text(f"verdict.{ranked.verdict}", language),
        provider_name=shown.bank_name,
        provider_here=shown.bank_here,
        unit_id=shown.unit_id,
        unit_name=shown.unit_name,
        product_name=shown.product_name,
        conditions_met_as_published=ranked.conditions_met_as_published,
        cap_fen=ranked.terms.cap_fen,
        rate_basis_points=ranked.terms.rate.lowest_basis_points,
        total=ranked.total,
        components={
            part.name: None if part.value_hundredths is None else part.value_hundredths / 100
            for part in ranked.components
        },
        reasons=[told(reason, language) for reason in ranked.reasons],
    )


def named(thing: Organization | Unit | CreditProduct, language: Language) -> str:
    return (thing.name_en or thing.name_zh) if language == "en" else thing.name_zh


def told(reason: RankerReason, language: Language) -> Reason:
    return _worded(reason.code, tuple(reason.parameters.items()), language)


@lru_cache(maxsize=WORDINGS_KEPT)
def _worded(code: ReasonCode, parameters: tuple[tuple[str, Parameter], ...], language: Language) -> Reason:
    """Most reasons come again with the next candidate and the next run; what is kept is never changed."""
    reason = RankerReason(code, dict(parameters))
    return Reason(
        code=code.value, parameters=reason.parameters, text=explain(reason, language), plain=plain(reason)
    )
