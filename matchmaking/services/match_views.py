"""How a stored run is shown: names, terms, components and every reason in words."""

from sqlalchemy import select
from sqlmodel import col

from matchmaking.db.session import ReadSession
from matchmaking.messages import Language, text
from matchmaking.ranking import FinancingRanking, RankedCandidate, explain, plain
from matchmaking.ranking import Reason as RankerReason
from matchmaking.tables.identity import Organization, Unit
from matchmaking.tables.matching import MatchCandidate, MatchRun
from matchmaking.tables.offers import CreditProduct, ProductAdoption
from schemas.match_runs import MatchCandidateRead, MatchRunRead, Reason

MOST_SHOWN = 50
MOST_DECISIVE_SHOWN = 5


async def run_view(session: ReadSession, run: MatchRun, language: Language) -> MatchRunRead:
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
    stored = {name: value for name, value in run.summary.items() if name != "counts"}
    ranking = FinancingRanking.from_document({**stored, "candidates": [row[0].outcome for row in rows]})
    return MatchRunRead(
        **run.model_dump(
            include={"id", "version", "created_at", "need_id", "need_version", "ranker_version"}
        ),
        counts=run.summary["counts"],
        most_decisive_unknown=[
            _told(fact.reason, language) for fact in ranking.decisive_facts[:MOST_DECISIVE_SHOWN]
        ],
        candidates=[
            _candidate_view(row[0], row[1], row[2], row[3], ranked, language)
            for row, ranked in zip(rows, ranking.candidates, strict=True)
        ],
    )


def _candidate_view(
    row: MatchCandidate,
    product: CreditProduct,
    bank: Organization,
    unit: Unit,
    ranked: RankedCandidate,
    language: Language,
) -> MatchCandidateRead:
    shown = set(MatchCandidateRead.model_fields) & set(MatchCandidate.model_fields)
    return MatchCandidateRead(
        **row.model_dump(include=shown),
        verdict_text=text(f"verdict.{row.verdict}", language),
        provider_name=_named(bank, language),
        unit_id=unit.id,
        unit_name=_named(unit, language),
        product_name=_named(product, language),
        conditions_met_as_published=ranked.conditions_met_as_published,
        cap_fen=ranked.terms.cap_fen,
        rate_basis_points=ranked.terms.rate.lowest_basis_points,
        total=ranked.total,
        components={
            part.name: None if part.value_hundredths is None else part.value_hundredths / 100
            for part in ranked.components
        },
        reasons=[_told(reason, language) for reason in ranked.reasons],
    )


def _named(thing: Organization | Unit | CreditProduct, language: Language) -> str:
    return (thing.name_en or thing.name_zh) if language == "en" else thing.name_zh


def _told(reason: RankerReason, language: Language) -> Reason:
    return Reason(
        code=reason.code.value,
        parameters=dict(reason.parameters),
        text=explain(reason, language),
        plain=plain(reason),
    )
