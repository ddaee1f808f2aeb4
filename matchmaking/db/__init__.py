"""The database below the tables: its sessions, and the embedded PostgreSQL of a stand-alone run."""
