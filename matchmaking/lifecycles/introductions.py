"""The life-cycles of introductions: one for financing, one for research; both end in the same ways."""

from matchmaking.lifecycles.machine import Awaited, Lifecycle, transition
from schemas.vocabulary import IntroductionState as S
from schemas.vocabulary import Side, TaskKind

ENDED = frozenset({S.AGREED, S.NOT_TAKEN, S.DECLINED, S.INCOMPLETE, S.LAPSED, S.WITHDRAWN})

_FINANCING_LIVE = (S.REQUESTED, S.ACCEPTED, S.CONTACTED, S.IN_DILIGENCE, S.OFFERED)
_RESEARCH_LIVE = (S.REQUESTED, S.ACCEPTED, S.PROPOSAL, S.SHORTLISTED)

FINANCING_INTRODUCTION = Lifecycle(
    name="financing_introduction",
    initial=S.REQUESTED,
    terminal=ENDED,
    awaited={
        S.REQUESTED: Awaited(Side.PROVIDER, TaskKind.ANSWER_INTRODUCTION),
        S.ACCEPTED: Awaited(Side.PROVIDER, TaskKind.CONTACT_ENTERPRISE),
        S.CONTACTED: Awaited(Side.ENTERPRISE, TaskKind.SUPPLY_DOCUMENTS),
        S.IN_DILIGENCE: Awaited(Side.PROVIDER, TaskKind.DECIDE_APPLICATION),
        S.OFFERED: Awaited(Side.ENTERPRISE, TaskKind.ANSWER_OFFER),
    },
    transitions=(
        transition("accept", {S.REQUESTED}, S.ACCEPTED, Side.PROVIDER),
        transition("contact", {S.ACCEPTED}, S.CONTACTED, Side.PROVIDER),
        transition("begin_diligence", {S.CONTACTED}, S.IN_DILIGENCE, Side.PROVIDER, Side.ENTERPRISE),
        transition("offer", {S.IN_DILIGENCE}, S.OFFERED, Side.PROVIDER),
        transition("agree", {S.OFFERED}, S.AGREED, Side.ENTERPRISE, Side.PARTIES),
        transition("not_take", {S.OFFERED}, S.NOT_TAKEN, Side.ENTERPRISE),
        transition("decline", _FINANCING_LIVE, S.DECLINED, Side.PROVIDER),
        transition("mark_incomplete", {S.CONTACTED, S.IN_DILIGENCE}, S.INCOMPLETE, Side.PROVIDER, Side.CLOCK),
        transition("lapse", _FINANCING_LIVE, S.LAPSED, Side.CLOCK),
        transition("withdraw", _FINANCING_LIVE, S.WITHDRAWN, Side.ENTERPRISE),
    ),
)

RESEARCH_INTRODUCTION = Lifecycle(
    name="research_introduction",
    initial=S.REQUESTED,
    terminal=ENDED,
    awaited={
        S.REQUESTED: Awaited(Side.PROVIDER, TaskKind.ANSWER_INTRODUCTION),
        S.ACCEPTED: Awaited(Side.PROVIDER, TaskKind.PROPOSE_RESEARCH),
        S.PROPOSAL: Awaited(Side.ENTERPRISE, TaskKind.SHORTLIST_PROPOSAL),
        S.SHORTLISTED: Awaited(Side.ENTERPRISE, TaskKind.ANSWER_OFFER),
    },
    transitions=(
        transition("accept", {S.REQUESTED}, S.ACCEPTED, Side.PROVIDER),
        transition("propose", {S.ACCEPTED}, S.PROPOSAL, Side.PROVIDER),
        transition("shortlist", {S.PROPOSAL}, S.SHORTLISTED, Side.ENTERPRISE),
        transition("agree", {S.SHORTLISTED}, S.AGREED, Side.ENTERPRISE, Side.PARTIES),
        transition("not_take", {S.PROPOSAL, S.SHORTLISTED}, S.NOT_TAKEN, Side.ENTERPRISE),
        transition("decline", _RESEARCH_LIVE, S.DECLINED, Side.PROVIDER),
        transition("mark_incomplete", {S.ACCEPTED, S.PROPOSAL}, S.INCOMPLETE, Side.PROVIDER, Side.CLOCK),
        transition("lapse", _RESEARCH_LIVE, S.LAPSED, Side.CLOCK),
        transition("withdraw", _RESEARCH_LIVE, S.WITHDRAWN, Side.ENTERPRISE),
    ),
)
