"""The one function that says how relevant candidates are: to a match and to an evaluation alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.fusion import Whole, closeness, fused_all
from matchmaking.ranking.text_index import TextIndex
from matchmaking.ranking.text_query import Reading, TextStatistics
from matchmaking.ranking.vectors import Rows, Usual, usual_of
from matchmaking.ranking.words import term_counts


@dataclass(frozen=True, slots=True)
class Nearness:
    """By passage and question the cosine in basis points, which passages have one, and what is usual."""

    similarities: Whole
    held: NDArray[np.bool_]
    usual: Usual


@dataclass(frozen=True, slots=True)
class TextScores:
    """`values` by row, hundredths from 0 to 10,000. By passage: `shares` by words, `closeness` by meaning.

    All but `values` are basis points; `weighed` is what a passage brings to its candidate. `closeness` is 0
    where `held` is not set.
    """

    values: Whole
    shares: Whole
    closeness: Whole
    weighed: Whole
    held: NDArray[np.bool_]


def nearness(index: TextIndex, questions: Rows) -> Nearness:
    """For the vectors of the questions, shape (questions, d); ValueError when the dimension is another."""
    if np.atleast_2d(questions).shape[1] != index.dimension:
        raise ValueError("dimension: questions and passages must come from one encoder")
    similarities = index.similarities(questions)
    return Nearness(similarities, index.layout.held, usual_of(similarities, index.layout.held))


def score_texts(
    index: TextIndex,
    questions: Sequence[str],
    near: Nearness | None = None,
    statistics: TextStatistics | None = None,
    read: Reading = term_counts,
) -> TextScores:
    """Without `near` words alone decide; `statistics` are those of `index` unless frozen earlier.

    `read` is how questions are read; an evaluation leaves parts of it out.
    """
    shares = index.shares(questions, statistics, read)
    held = np.zeros(len(shares), dtype=np.bool_) if near is None else near.held
    close = np.zeros(len(shares), dtype=np.int64) if near is None else _closeness(near)
    weighed = (shares + close) * index.layout.weights_percent // 100
    return TextScores(fused_all(weighed, index.layout.starts), shares, close, weighed, held)


def _closeness(near: Nearness) -> Whole:
    usual, spread = np.array(near.usual.mean), np.array(near.usual.spread)
    return closeness(near.similarities, usual, spread) * near.held
