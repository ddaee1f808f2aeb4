"""`matchmaking import`: listings, facts and honours from CSV files, all or nothing."""
