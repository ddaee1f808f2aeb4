"""All table modules in one import, and their row policies in one mapping."""

from matchmaking.tables import agreements, followup, identity, matching, needs, offers
from matchmaking.tables.row_security import RowSecurity

MODULES = (identity, offers, needs, matching, agreements, followup)
ROW_SECURITY: RowSecurity = {
    table: policies for module in MODULES for table, policies in module.ROW_SECURITY.items()
}
