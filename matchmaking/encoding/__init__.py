"""Texts into vectors, so that a demand finds a laboratory whose words are others. No database, no ranking.

What encodes stands behind the Protocol `Encoder`; which one an installation has, its settings say.
"""
