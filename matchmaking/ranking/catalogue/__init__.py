"""The catalogue of credit products: columns that screen every candidate, so that only a few are explained.

Pure, as all of `matchmaking.ranking`. What a rule or a component means stands in the scalar modules; here
stand the same rules over all candidates at once, and `tests/ranking/test_screening.py` holds them together.
"""

from matchmaking.ranking.catalogue.catalogue import Listed, ProductCatalogue
from matchmaking.ranking.catalogue.columns import Vocabularies
from matchmaking.ranking.catalogue.screening import Placed, Screening

__all__ = ["Listed", "Placed", "ProductCatalogue", "Screening", "Vocabularies"]
