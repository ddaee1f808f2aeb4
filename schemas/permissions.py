"""Who may ask for what: every operation by name, and the roles it is open to, as data taken from the domain.

A right says that a role may ask; which things it then reaches is decided by scoping, and whether their state
admits it by the life-cycles. No code runs here.
"""

from collections.abc import Mapping

from schemas.operations import Operation
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role

Holder = tuple[OrganizationKind | None, Role]
"""A role in organizations of one kind; None stands for every kind."""


def _of(kind: OrganizationKind | None, *roles: Role) -> frozenset[Holder]:
    return frozenset((kind, role) for role in roles)


ENTERPRISE = OrganizationKind.ENTERPRISE
BANK = OrganizationKind.BANK
GOVERNMENT = OrganizationKind.GOVERNMENT
FINANCIERS = (
    BANK,
    OrganizationKind.GUARANTOR,
    OrganizationKind.FUND,
    OrganizationKind.LEASING,
    OrganizationKind.INSURER,
)
RESEARCHERS = (
    OrganizationKind.UNIVERSITY,
    OrganizationKind.VOCATIONAL_COLLEGE,
    OrganizationKind.RESEARCH_INSTITUTE,
    OrganizationKind.SERVICE_INSTITUTION,
)

EVERYBODY = _of(None, *Role)
COLLEAGUES = _of(None, *(role for role in Role if role is not Role.OBSERVER))
ADMINISTRATORS = _of(None, Role.ADMINISTRATOR) | _of(ENTERPRISE, Role.OWNER)
OFFICIALS = _of(GOVERNMENT, Role.OFFICIAL)
OVERSEERS = _of(GOVERNMENT, Role.OFFICIAL, Role.OBSERVER)
OWNERS = _of(ENTERPRISE, Role.OWNER)
FILLERS = _of(ENTERPRISE, Role.OWNER, Role.ACCOUNTANT, Role.HELPER)
FACT_FILLERS = FILLERS | _of(ENTERPRISE, Role.TECHNICAL_LEAD)
ENTERPRISE_READERS = FACT_FILLERS | _of(ENTERPRISE, Role.ADMINISTRATOR, Role.OBSERVER)
PRODUCT_MANAGERS = _of(BANK, Role.PRODUCT_MANAGER)
CLERKS = _of(BANK, Role.CLERK)
BANK_READERS = PRODUCT_MANAGERS | CLERKS | _of(BANK, Role.ADMINISTRATOR, Role.OBSERVER)
DEMANDERS = _of(ENTERPRISE, Role.OWNER, Role.TECHNICAL_LEAD, Role.HELPER)
SECRETARIES = frozenset((kind, Role.SECRETARY) for kind in RESEARCHERS)
LAB_PEOPLE = SECRETARIES | {(kind, Role.RESEARCHER) for kind in RESEARCHERS}
LAB_READERS = LAB_PEOPLE | {
    (kind, role) for kind in RESEARCHERS for role in (Role.ADMINISTRATOR, Role.OBSERVER)
}
PARTY_READERS = ENTERPRISE_READERS | BANK_READERS
TALKERS = PARTY_READERS | LAB_READERS
# Guarantors and other financiers come in as parties of an agreement: they read and sign it, or end it.
CO_SIGNERS = SECRETARIES | {
    (kind, role) for kind in FINANCIERS for role in (Role.CLERK, Role.PRODUCT_MANAGER)
}
CO_READERS = (
    CO_SIGNERS
    | LAB_READERS
    | {(kind, role) for kind in FINANCIERS for role in (Role.ADMINISTRATOR, Role.OBSERVER)}
)
AGREEMENT_READERS = PARTY_READERS | CO_READERS | OVERSEERS
ENDERS = OWNERS | SECRETARIES | {(kind, Role.PRODUCT_MANAGER) for kind in FINANCIERS}

PERMITTED: Mapping[Operation, frozenset[Holder]] = {
    Operation.SESSIONS_READ: EVERYBODY,
    Operation.ORGANIZATIONS_CREATE: OFFICIALS,
    Operation.ORGANIZATIONS_READ: EVERYBODY,
    Operation.ORGANIZATIONS_LIST: EVERYBODY,
    Operation.ORGANIZATIONS_CHANGE: ADMINISTRATORS,
    Operation.UNITS_CREATE: ADMINISTRATORS,
    Operation.UNITS_READ: EVERYBODY,
    Operation.UNITS_LIST: EVERYBODY,
    # An official enrols only the first administrator of an organization that nobody acts for yet.
    Operation.PEOPLE_CREATE: ADMINISTRATORS | OFFICIALS,
    Operation.PEOPLE_LIST: COLLEAGUES,
    Operation.MEMBERSHIPS_RESET_PASSWORD: ADMINISTRATORS,
    Operation.MEMBERSHIPS_CREATE: ADMINISTRATORS,
    Operation.MEMBERSHIPS_END: ADMINISTRATORS,
    Operation.API_KEYS_CREATE: ADMINISTRATORS,
    Operation.API_KEYS_LIST: ADMINISTRATORS,
    Operation.API_KEYS_REVOKE: ADMINISTRATORS,
    Operation.CREDIT_PRODUCTS_CREATE: PRODUCT_MANAGERS,
    Operation.CREDIT_PRODUCTS_READ: EVERYBODY,
    Operation.CREDIT_PRODUCTS_LIST: EVERYBODY,
    Operation.CREDIT_PRODUCTS_CHANGE: PRODUCT_MANAGERS,
    Operation.CREDIT_PRODUCTS_SUBMIT: PRODUCT_MANAGERS,
    Operation.CREDIT_PRODUCTS_OPEN: OFFICIALS,
    Operation.CREDIT_PRODUCTS_RETURN: OFFICIALS,
    Operation.CREDIT_PRODUCTS_SUSPEND: PRODUCT_MANAGERS,
    Operation.CREDIT_PRODUCTS_WITHDRAW: PRODUCT_MANAGERS,
    Operation.CREDIT_PRODUCTS_RESUME: PRODUCT_MANAGERS,
    Operation.CREDIT_PRODUCTS_RENEW: PRODUCT_MANAGERS,
    Operation.ADOPTIONS_CREATE: PRODUCT_MANAGERS,
    Operation.ADOPTIONS_LIST: EVERYBODY,
    Operation.ADOPTIONS_SUSPEND: PRODUCT_MANAGERS,
    Operation.ADOPTIONS_RESUME: PRODUCT_MANAGERS,
    Operation.CAPABILITIES_CREATE: LAB_PEOPLE,
    Operation.CAPABILITIES_READ: EVERYBODY,
    Operation.CAPABILITIES_LIST: EVERYBODY,
    Operation.CAPABILITIES_CHANGE: LAB_PEOPLE,
    # A researcher writes, the secretary answers for what the institution shows.
    Operation.CAPABILITIES_SUBMIT: SECRETARIES,
    Operation.CAPABILITIES_OPEN: OFFICIALS,
    Operation.CAPABILITIES_RETURN: OFFICIALS,
    Operation.CAPABILITIES_SUSPEND: SECRETARIES,
    Operation.CAPABILITIES_RESUME: SECRETARIES,
    Operation.CAPABILITIES_RENEW: SECRETARIES,
    Operation.CAPABILITIES_WITHDRAW: SECRETARIES,
    Operation.ENTERPRISE_FACTS_RECORD: FACT_FILLERS,
    Operation.ENTERPRISE_FACTS_LIST: ENTERPRISE_READERS,
    Operation.FINANCING_NEEDS_CREATE: FILLERS,
    Operation.FINANCING_NEEDS_READ: PARTY_READERS | OVERSEERS,
    Operation.FINANCING_NEEDS_LIST: PARTY_READERS | OVERSEERS,
    Operation.FINANCING_NEEDS_CHANGE: FILLERS,
    # Submitting makes a need public and picking discloses the enterprise: both are the owner's consent.
    Operation.FINANCING_NEEDS_SUBMIT: OWNERS,
    Operation.FINANCING_NEEDS_OPEN: OFFICIALS,
    Operation.FINANCING_NEEDS_RETURN: OFFICIALS,
    Operation.FINANCING_NEEDS_WITHDRAW: OWNERS,
    Operation.FINANCING_NEEDS_RENEW: OWNERS,
    Operation.PROJECTS_CREATE: FILLERS,
    Operation.PROJECTS_READ: ENTERPRISE_READERS | OVERSEERS,
    Operation.PROJECTS_LIST: ENTERPRISE_READERS | OVERSEERS,
    Operation.PROJECTS_CHANGE: FILLERS,
    Operation.PROJECTS_CLOSE: OWNERS,
    # A measure is of whoever issues it: another office reads it once it is open.
    Operation.POLICY_MEASURES_CREATE: OFFICIALS,
    Operation.POLICY_MEASURES_READ: EVERYBODY,
    Operation.POLICY_MEASURES_LIST: EVERYBODY,
    Operation.POLICY_MEASURES_CHANGE: OFFICIALS,
    Operation.POLICY_MEASURES_OPEN: OFFICIALS,
    Operation.POLICY_MEASURES_RENEW: OFFICIALS,
    Operation.POLICY_MEASURES_WITHDRAW: OFFICIALS,
    # The enterprise declares, an official of its area lists.
    Operation.HONOURS_RECORD: FACT_FILLERS | OFFICIALS,
    Operation.HONOURS_READ: ENTERPRISE_READERS | OVERSEERS,
    Operation.HONOURS_LIST: ENTERPRISE_READERS | OVERSEERS,
    Operation.RESEARCH_DEMANDS_CREATE: DEMANDERS,
    Operation.RESEARCH_DEMANDS_READ: ENTERPRISE_READERS | LAB_READERS | OVERSEERS,
    Operation.RESEARCH_DEMANDS_LIST: ENTERPRISE_READERS | LAB_READERS | OVERSEERS,
    Operation.RESEARCH_DEMANDS_CHANGE: DEMANDERS,
    Operation.RESEARCH_DEMANDS_SUBMIT: OWNERS,
    Operation.RESEARCH_DEMANDS_OPEN: OFFICIALS,
    Operation.RESEARCH_DEMANDS_RETURN: OFFICIALS,
    Operation.RESEARCH_DEMANDS_RENEW: OWNERS,
    Operation.RESEARCH_DEMANDS_WITHDRAW: OWNERS,
    # Consent is the owner's; what was disclosed is every colleague's to know.
    Operation.CONSENTS_CREATE: OWNERS,
    Operation.CONSENTS_READ: ENTERPRISE_READERS,
    Operation.CONSENTS_LIST: ENTERPRISE_READERS,
    Operation.CONSENTS_REVOKE: OWNERS,
    Operation.DISCLOSURES_LIST: ENTERPRISE_READERS,
    # The enterprise sees its own cards before anybody; others ask with an offer of their unit.
    Operation.NEED_CARDS_READ: ENTERPRISE_READERS,
    Operation.NEED_CARDS_LIST: CLERKS | PRODUCT_MANAGERS,
    Operation.DEMAND_CARDS_READ: ENTERPRISE_READERS,
    Operation.DEMAND_CARDS_LIST: SECRETARIES,
    # Who writes a wish and who vets it; providers read the wish and no opinion of it.
    Operation.NEED_ADVICE_READ: ENTERPRISE_READERS | OVERSEERS,
    Operation.DEMAND_ADVICE_READ: ENTERPRISE_READERS | OVERSEERS,
    Operation.FINANCING_COSTS_READ: ENTERPRISE_READERS,
    Operation.CAPABILITY_MATCH_RUNS_CREATE: DEMANDERS,
    Operation.CAPABILITY_MATCH_RUNS_READ: ENTERPRISE_READERS,
    Operation.CAPABILITY_MATCH_RUNS_LIST: ENTERPRISE_READERS,
    Operation.MATCH_RUNS_CREATE: FILLERS,
    Operation.MATCH_RUNS_READ: ENTERPRISE_READERS,
    Operation.MATCH_RUNS_LIST: ENTERPRISE_READERS,
    Operation.MATCH_CANDIDATES_READ: ENTERPRISE_READERS,
    Operation.INTERESTS_CREATE: CLERKS | PRODUCT_MANAGERS | SECRETARIES,
    Operation.INTERESTS_READ: BANK_READERS | LAB_READERS,
    Operation.INTERESTS_LIST: BANK_READERS | LAB_READERS,
    Operation.INTERESTS_WITHDRAW: CLERKS | PRODUCT_MANAGERS | SECRETARIES,
    Operation.RECEIVED_INTERESTS_LIST: ENTERPRISE_READERS,
    Operation.NEED_RECOMMENDATIONS_CREATE: OFFICIALS,
    Operation.DEMAND_RECOMMENDATIONS_CREATE: OFFICIALS,
    # Providers hear of a recommendation when the enterprise has picked them, and not before.
    Operation.RECOMMENDATIONS_READ: ENTERPRISE_READERS | OVERSEERS,
    Operation.RECOMMENDATIONS_LIST: ENTERPRISE_READERS | OVERSEERS,
    # Offices watch each other's recommendations; the party office watches all of them.
    Operation.RECOMMENDATION_SHARES_READ: OVERSEERS,
    Operation.INTRODUCTIONS_CREATE: OWNERS,
    # Officials see counts of introductions, in tracking, and no single one: a decline is the parties' own.
    Operation.INTRODUCTIONS_READ: TALKERS,
    Operation.INTRODUCTIONS_LIST: TALKERS,
    Operation.INTRODUCTIONS_ACCEPT: CLERKS | SECRETARIES,
    Operation.INTRODUCTIONS_DECLINE: CLERKS | SECRETARIES,
    Operation.INTRODUCTIONS_CONTACT: CLERKS,
    # Either side says that the documents are complete: it is the enterprise that was asked to supply them.
    Operation.INTRODUCTIONS_BEGIN_DILIGENCE: CLERKS | FILLERS,
    Operation.INTRODUCTIONS_OFFER: CLERKS,
    Operation.INTRODUCTIONS_PROPOSE: SECRETARIES,
    Operation.INTRODUCTIONS_SHORTLIST: OWNERS,
    Operation.INTRODUCTIONS_WITHDRAW: OWNERS,
    Operation.INTRODUCTIONS_NOT_TAKE: OWNERS,
    Operation.AGREEMENTS_CREATE: CLERKS | SECRETARIES | OWNERS,
    Operation.AGREEMENTS_READ: AGREEMENT_READERS,
    Operation.AGREEMENTS_LIST: AGREEMENT_READERS,
    Operation.AGREEMENTS_ACKNOWLEDGE: CO_SIGNERS | OWNERS,
    Operation.AGREEMENTS_TERMINATE: ENDERS,
    Operation.FULFILMENT_FACTS_STATE: CLERKS | SECRETARIES | OWNERS | _of(ENTERPRISE, Role.ACCOUNTANT),
    Operation.FULFILMENT_FACTS_CONFIRM: CLERKS | SECRETARIES | OWNERS,
    Operation.FULFILMENT_FACTS_DISPUTE: CLERKS | SECRETARIES | OWNERS,
    Operation.FULFILMENT_FACTS_LIST: TALKERS | OVERSEERS,
    Operation.TAXONOMIES_LIST: EVERYBODY,
    Operation.TASKS_LIST: EVERYBODY,
    Operation.TRACKING_READ: OVERSEERS,
    Operation.JOURNAL_LIST: ADMINISTRATORS,
}

# Officials act in a line of duty: these operations are open to those whose task they are.
DUTIES: Mapping[Operation, frozenset[LineOfDuty]] = {
    Operation.CREDIT_PRODUCTS_OPEN: frozenset({LineOfDuty.FINANCE}),
    Operation.CREDIT_PRODUCTS_RETURN: frozenset({LineOfDuty.FINANCE}),
    Operation.FINANCING_NEEDS_OPEN: frozenset({LineOfDuty.FINANCE}),
    Operation.FINANCING_NEEDS_RETURN: frozenset({LineOfDuty.FINANCE}),
    Operation.CAPABILITIES_OPEN: frozenset({LineOfDuty.SCIENCE}),
    Operation.CAPABILITIES_RETURN: frozenset({LineOfDuty.SCIENCE}),
    Operation.RESEARCH_DEMANDS_OPEN: frozenset({LineOfDuty.SCIENCE}),
    Operation.RESEARCH_DEMANDS_RETURN: frozenset({LineOfDuty.SCIENCE}),
    Operation.NEED_RECOMMENDATIONS_CREATE: frozenset({LineOfDuty.FINANCE}),
    Operation.DEMAND_RECOMMENDATIONS_CREATE: frozenset({LineOfDuty.SCIENCE}),
}

# What commits an organization or hands out access asks for a person, whatever a key's scopes say.
PERSONS_ONLY: frozenset[Operation] = frozenset(
    {
        Operation.ORGANIZATIONS_CREATE,
        Operation.ORGANIZATIONS_CHANGE,
        Operation.UNITS_CREATE,
        Operation.PEOPLE_CREATE,
        Operation.MEMBERSHIPS_RESET_PASSWORD,
        Operation.MEMBERSHIPS_CREATE,
        Operation.MEMBERSHIPS_END,
        Operation.API_KEYS_CREATE,
        Operation.API_KEYS_REVOKE,
        Operation.CONSENTS_CREATE,
        Operation.CONSENTS_REVOKE,
        Operation.FINANCING_NEEDS_SUBMIT,
        Operation.POLICY_MEASURES_OPEN,
        Operation.RESEARCH_DEMANDS_SUBMIT,
        # Somebody has looked at the card; and whoever vetted is told apart from whoever recommends.
        Operation.INTERESTS_CREATE,
        Operation.NEED_RECOMMENDATIONS_CREATE,
        Operation.DEMAND_RECOMMENDATIONS_CREATE,
        Operation.INTRODUCTIONS_CREATE,
        Operation.AGREEMENTS_ACKNOWLEDGE,
        Operation.AGREEMENTS_TERMINATE,
        Operation.FULFILMENT_FACTS_CONFIRM,
    }
)

# A membership in an organization of a kind is one of these.
ROLES: Mapping[OrganizationKind, frozenset[Role]] = {
    ENTERPRISE: frozenset(
        {
            Role.OWNER,
            Role.ACCOUNTANT,
            Role.TECHNICAL_LEAD,
            Role.HELPER,
            Role.ADMINISTRATOR,
            Role.OBSERVER,
        }
    ),
    GOVERNMENT: frozenset({Role.OFFICIAL, Role.ADMINISTRATOR, Role.OBSERVER}),
    **{
        kind: frozenset({Role.PRODUCT_MANAGER, Role.CLERK, Role.ADMINISTRATOR, Role.OBSERVER})
        for kind in FINANCIERS
    },
    **{
        kind: frozenset({Role.SECRETARY, Role.RESEARCHER, Role.ADMINISTRATOR, Role.OBSERVER})
        for kind in RESEARCHERS
    },
}

ALL_READING = "*.read"
"""A scope that stands for every operation that reads, as they are when the key is made."""


def held_by(kind: OrganizationKind, role: Role, operation: Operation) -> bool:
    """Whether the table opens `operation` to `role` in organizations of `kind`."""
    holders = PERMITTED[operation]
    return (kind, role) in holders or (None, role) in holders
