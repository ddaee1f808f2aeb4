"""The domain: tables, access, ranking, services, ledger. Knows nothing of HTTP."""
