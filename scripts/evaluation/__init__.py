"""Measuring the relevance of texts on collections that experts judged, beside other ways to rank.

Nothing of a collection is copied into the project; vectors are kept in a cache of the user.
"""
