"""The small demo of a stand-alone run: an invented city as data, its accounts, and what puts them in."""
