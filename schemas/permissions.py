"""Who may ask for what: every operation by name, and the roles it is open to, as data taken from the domain.

A right says that a role may ask; which things it then reaches is decided by scoping, and whether their state
admits it by the life-cycles. No code runs here.
"""

from collections.abc import Mapping
from enum import StrEnum

from schemas.vocabulary import LineOfDuty, OrganizationKind, Role

Holder = tuple[OrganizationKind | None, Role]
"""A role in organizations of one kind; None stands for every kind."""


class Operation(StrEnum):
    SESSIONS_READ = "sessions.read"
    ORGANIZATIONS_CREATE = "organizations.create"
    ORGANIZATIONS_READ = "organizations.read"
    ORGANIZATIONS_LIST = "organizations.list"
    ORGANIZATIONS_CHANGE = "organizations.change"
    UNITS_CREATE = "units.create"
    UNITS_READ = "units.read"
    UNITS_LIST = "units.list"
    PEOPLE_CREATE = "people.create"
    PEOPLE_LIST = "people.list"
    MEMBERSHIPS_END = "memberships.end"
    API_KEYS_CREATE = "api_keys.create"
    API_KEYS_LIST = "api_keys.list"
    API_KEYS_REVOKE = "api_keys.revoke"
    CREDIT_PRODUCTS_CREATE = "credit_products.create"
    CREDIT_PRODUCTS_READ = "credit_products.read"
    CREDIT_PRODUCTS_LIST = "credit_products.list"
    CREDIT_PRODUCTS_CHANGE = "credit_products.change"
    CREDIT_PRODUCTS_SUBMIT = "credit_products.submit"
    CREDIT_PRODUCTS_OPEN = "credit_products.open"
    CREDIT_PRODUCTS_RETURN = "credit_products.return"
    CREDIT_PRODUCTS_SUSPEND = "credit_products.suspend"
    CREDIT_PRODUCTS_WITHDRAW = "credit_products.withdraw"
    ADOPTIONS_CREATE = "adoptions.create"
    ADOPTIONS_LIST = "adoptions.list"
    ADOPTIONS_SUSPEND = "adoptions.suspend"
    ENTERPRISE_FACTS_RECORD = "enterprise_facts.record"
    ENTERPRISE_FACTS_LIST = "enterprise_facts.list"
    FINANCING_NEEDS_CREATE = "financing_needs.create"
    FINANCING_NEEDS_READ = "financing_needs.read"
    FINANCING_NEEDS_LIST = "financing_needs.list"
    FINANCING_NEEDS_CHANGE = "financing_needs.change"
    FINANCING_NEEDS_SUBMIT = "financing_needs.submit"
    FINANCING_NEEDS_OPEN = "financing_needs.open"
    FINANCING_NEEDS_RETURN = "financing_needs.return"
    FINANCING_NEEDS_WITHDRAW = "financing_needs.withdraw"
    MATCH_RUNS_CREATE = "match_runs.create"
    MATCH_RUNS_READ = "match_runs.read"
    MATCH_RUNS_LIST = "match_runs.list"
    INTRODUCTIONS_CREATE = "introductions.create"
    INTRODUCTIONS_READ = "introductions.read"
    INTRODUCTIONS_LIST = "introductions.list"
    INTRODUCTIONS_ACCEPT = "introductions.accept"
    INTRODUCTIONS_DECLINE = "introductions.decline"
    INTRODUCTIONS_CONTACT = "introductions.contact"
    INTRODUCTIONS_BEGIN_DILIGENCE = "introductions.begin_diligence"
    INTRODUCTIONS_OFFER = "introductions.offer"
    INTRODUCTIONS_WITHDRAW = "introductions.withdraw"
    INTRODUCTIONS_NOT_TAKE = "introductions.not_take"
    AGREEMENTS_CREATE = "agreements.create"
    AGREEMENTS_READ = "agreements.read"
    AGREEMENTS_LIST = "agreements.list"
    AGREEMENTS_ACKNOWLEDGE = "agreements.acknowledge"
    AGREEMENTS_TERMINATE = "agreements.terminate"
    FULFILMENT_FACTS_STATE = "fulfilment_facts.state"
    FULFILMENT_FACTS_CONFIRM = "fulfilment_facts.confirm"
    FULFILMENT_FACTS_DISPUTE = "fulfilment_facts.dispute"
    FULFILMENT_FACTS_LIST = "fulfilment_facts.list"
    TASKS_LIST = "tasks.list"
    TRACKING_READ = "tracking.read"
    JOURNAL_LIST = "journal.list"

    @property
    def reads(self) -> bool:
        """Whether the operation leaves everything as it is."""
        return self.value.endswith((".read", ".list"))


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
PARTY_READERS = ENTERPRISE_READERS | BANK_READERS
# Guarantors and other financiers come in as parties of an agreement: they read and sign it, or end it.
CO_SIGNERS = frozenset((kind, role) for kind in FINANCIERS for role in (Role.CLERK, Role.PRODUCT_MANAGER))
CO_READERS = CO_SIGNERS | {
    (kind, role) for kind in FINANCIERS for role in (Role.ADMINISTRATOR, Role.OBSERVER)
}
AGREEMENT_READERS = PARTY_READERS | CO_READERS | OVERSEERS
ENDERS = OWNERS | {(kind, Role.PRODUCT_MANAGER) for kind in FINANCIERS}

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
    Operation.ADOPTIONS_CREATE: PRODUCT_MANAGERS,
    Operation.ADOPTIONS_LIST: EVERYBODY,
    Operation.ADOPTIONS_SUSPEND: PRODUCT_MANAGERS,
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
    Operation.MATCH_RUNS_CREATE: FILLERS,
    Operation.MATCH_RUNS_READ: ENTERPRISE_READERS,
    Operation.MATCH_RUNS_LIST: ENTERPRISE_READERS,
    Operation.INTRODUCTIONS_CREATE: OWNERS,
    # Officials see counts of introductions, in tracking, and no single one: a decline is the parties' own.
    Operation.INTRODUCTIONS_READ: PARTY_READERS,
    Operation.INTRODUCTIONS_LIST: PARTY_READERS,
    Operation.INTRODUCTIONS_ACCEPT: CLERKS,
    Operation.INTRODUCTIONS_DECLINE: CLERKS,
    Operation.INTRODUCTIONS_CONTACT: CLERKS,
    # Either side says that the documents are complete: it is the enterprise that was asked to supply them.
    Operation.INTRODUCTIONS_BEGIN_DILIGENCE: CLERKS | FILLERS,
    Operation.INTRODUCTIONS_OFFER: CLERKS,
    Operation.INTRODUCTIONS_WITHDRAW: OWNERS,
    Operation.INTRODUCTIONS_NOT_TAKE: OWNERS,
    Operation.AGREEMENTS_CREATE: CLERKS | OWNERS,
    Operation.AGREEMENTS_READ: AGREEMENT_READERS,
    Operation.AGREEMENTS_LIST: AGREEMENT_READERS,
    Operation.AGREEMENTS_ACKNOWLEDGE: CO_SIGNERS | OWNERS,
    Operation.AGREEMENTS_TERMINATE: ENDERS,
    Operation.FULFILMENT_FACTS_STATE: CLERKS | OWNERS | _of(ENTERPRISE, Role.ACCOUNTANT),
    Operation.FULFILMENT_FACTS_CONFIRM: CLERKS | OWNERS,
    Operation.FULFILMENT_FACTS_DISPUTE: CLERKS | OWNERS,
    Operation.FULFILMENT_FACTS_LIST: PARTY_READERS | OVERSEERS,
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
}

# What commits an organization or hands out access asks for a person, whatever a key's scopes say.
PERSONS_ONLY: frozenset[Operation] = frozenset(
    {
        Operation.ORGANIZATIONS_CREATE,
        Operation.ORGANIZATIONS_CHANGE,
        Operation.UNITS_CREATE,
        Operation.PEOPLE_CREATE,
        Operation.MEMBERSHIPS_END,
        Operation.API_KEYS_CREATE,
        Operation.API_KEYS_REVOKE,
        Operation.FINANCING_NEEDS_SUBMIT,
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
