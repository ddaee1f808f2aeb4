"""How texts are read: Chinese as characters, pairs of neighbours and long words, all else as word stems.

Words that fill every demand whatever it is about are passed over. A word of two characters is a pair already;
longer ones are terms of their own beside their pairs.
"""

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import rjieba
import snowballstemmer

TEXTS_KEPT = 2_000
STEMS_KEPT = 100_000
SHORTEST_LONG_WORD = 3
# What stands behind this many characters of one text is not read.
MOST_CHARACTERS = 20_000

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUN = re.compile(f"[{_HAN}]+|[^\\W_{_HAN}]+")
# Chinese puts no spaces between words: a space between two characters says nothing.
_SPACE_IN_CHINESE = re.compile(f"(?<=[{_HAN}])[ \u3000]+(?=[{_HAN}])")
_IS_HAN = re.compile(f"[{_HAN}]")

# What demands and names of institutions say whatever they are about. Stretches of Chinese end at such a word.
_FILLING = re.compile(
    "技术|研究院|研究所|研究|研发|开发|关键|项目|应用|产业化|产业|工程|新型|方法|实验室|国家|全国|重点|中心|大学|学院"
    "|公司|企业|目前|进行|实现|提高|提升|解决|问题|需求|要求|合作|通过|采用|基于|相关|主要|可以|能够|以及|具有|不同|达到"
    "|需要|存在|现有|情况|方面"
)
_FILLING_WORD = re.compile(
    "an?|and|are|as|at|be|by|for|from|has|have|in|is|its?|of|on|or|our|that|the|their|this|to|was|we|were|which|will|with"
)


class _Stemmers(threading.local):
    """A stemmer keeps the word that it works on, so that each thread has its own."""

    def __init__(self) -> None:
        self.english = snowballstemmer.stemmer("english")


_STEMMERS = _Stemmers()


def plain_text(text: str) -> str:
    """As it is read: compatibility forms folded, lower case, no spaces inside Chinese."""
    folded = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).lower()
    return _SPACE_IN_CHINESE.sub("", folded) if " " in folded else folded


def spoken_runs(text: str) -> list[str]:
    """Stretches of Chinese characters, and other words as they are written, in the order of the text."""
    plain = _FILLING.sub(" ", plain_text(text))
    return [run for run in _RUN.findall(plain) if not _FILLING_WORD.fullmatch(run)]


def runs_of(text: str) -> list[str]:
    """Stretches of Chinese characters, and stems of other words, in the order of the text."""
    return [run if is_chinese(run) else stem_of(run) for run in spoken_runs(text)]


def is_chinese(run: str) -> bool:
    return _IS_HAN.match(run) is not None


@lru_cache(maxsize=STEMS_KEPT)
def stem_of(word: str) -> str:
    """By the English Snowball rules: `batteries` and `battery` read alike; numbers stay as they are."""
    stem: str = _STEMMERS.english.stemWord(word)
    return stem


def words_of(run: str) -> list[str]:
    """A stretch of Chinese cut at the boundaries of words; nothing is lost."""
    return rjieba.cut(run)


def long_words_of(run: str) -> list[str]:
    """Those of a stretch of Chinese that are more than a pair."""
    return [word for word in words_of(run) if len(word) >= SHORTEST_LONG_WORD]


def terms_of(run: str) -> list[str]:
    """A stem is one term; a stretch of Chinese is its characters, pairs of neighbours and long words."""
    if not is_chinese(run):
        return [run]
    pairs = [run[place : place + 2] for place in range(len(run) - 1)]
    return [*run, *pairs, *long_words_of(run)]


@dataclass(frozen=True, slots=True)
class ReadText:
    """`stretches` of Chinese, to be read by characters and pairs; `words` are stems and long words."""

    stretches: tuple[str, ...]
    words: tuple[str, ...]


@lru_cache(maxsize=TEXTS_KEPT)
def read_text(text: str) -> ReadText:
    runs = runs_of(text)
    stretches = tuple(run for run in runs if is_chinese(run))
    stems = (run for run in runs if not is_chinese(run))
    return ReadText(stretches, (*stems, *(word for run in stretches for word in long_words_of(run))))


@lru_cache(maxsize=TEXTS_KEPT)
def term_counts(text: str) -> Mapping[str, int]:
    """How often each term occurs; what is kept is never changed."""
    return Counter(term for run in runs_of(text) for term in terms_of(run))


def says_anything(text: str) -> bool:
    """Whether it holds a single term: punctuation and filling alone cannot be compared with anything."""
    return bool(term_counts(text))


def contained_basis_points(name: str, terms: Mapping[str, int]) -> int:
    """Which part of the terms of a short name, such as a field of research, is among `terms`."""
    own = term_counts(name)
    found = sum(count for term, count in own.items() if term in terms)
    return found * 10_000 // sum(own.values()) if own else 0
