"""Published terms as shapes. A version never changes, so its terms are checked once and kept.

What is kept is shared by requests: whoever wants other terms makes a copy.
"""

from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from matchmaking.tables.offers import CreditProductVersion
from schemas.credit_products import CreditProductTerms
from schemas.vocabulary import RuleVisibility

SEEN_BY_ALL = frozenset({RuleVisibility.PUBLIC})
MOST_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class PublishedTerms:
    """`own` is the whole, for the bank; `public` lacks the rules that it keeps to itself."""

    own: CreditProductTerms
    public: CreditProductTerms


_kept: OrderedDict[UUID, PublishedTerms] = OrderedDict()


def terms_of(version: CreditProductVersion) -> PublishedTerms:
    """The least recently used are forgotten first."""
    if (known := _kept.get(version.id)) is not None:
        _kept.move_to_end(version.id)
        return known
    own = CreditProductTerms.model_validate(version.terms)
    public = own.model_copy(update={"rules": own.rules.seen_with(SEEN_BY_ALL)})
    _kept[version.id] = PublishedTerms(own, public)
    if len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return _kept[version.id]
