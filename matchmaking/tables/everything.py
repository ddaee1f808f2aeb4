"""All table modules in one import, and their row policies in one mapping."""

from matchmaking.tables import (
    agreements,
    cards,
    catalogue_changes,
    consents,
    followup,
    honours,
    identity,
    interests,
    matching,
    needs,
    offers,
    policy_measures,
    projects,
    recommendations,
    research,
    taxonomies,
    vectors,
)
from matchmaking.tables.row_security import RowSecurity

MODULES = (
    *(identity, offers, projects, needs, research, matching, agreements, followup, policy_measures, honours),
    *(consents, cards, taxonomies, interests, recommendations, catalogue_changes, vectors),
)
ROW_SECURITY: RowSecurity = {
    table: policies for module in MODULES for table, policies in module.ROW_SECURITY.items()
}
