"""What a demand and a text both say, cut at the boundaries of words: no fragment is shown to people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matchmaking.ranking.text_query import TextStatistics, rarity
from matchmaking.ranking.words import TEXTS_KEPT, is_chinese, spoken_runs, stem_of, terms_of, words_of

# Words of one character that tie others together: no phrase begins with one.
_TIES = frozenset("的与和及或等对在于为以从到由被将把其该各个之是有也并")


@dataclass(frozen=True, slots=True)
class SaidWords:
    """What is looked for in: words as they are cut, stems, and whole stretches."""

    words: frozenset[str]
    stretches: str

    def holds(self, word: str) -> bool:
        """Whether it is a word here; a single character must only stand in a stretch."""
        return word in self.words or len(word) == 1

    def says(self, phrase: str) -> bool:
        return phrase in self.stretches


@lru_cache(maxsize=TEXTS_KEPT)
def said_words(text: str) -> SaidWords:
    runs = spoken_runs(text)
    words = (word for run in runs for word in (words_of(run) if is_chinese(run) else [stem_of(run)]))
    return SaidWords(frozenset(words), "\n".join(run for run in runs if is_chinese(run)))


class QueryPhrases:
    """The words of a question, to be looked for in many texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._runs = [
            (run, words_of(run) if is_chinese(run) else [])
            for run in dict.fromkeys(run for text in texts for run in spoken_runs(text))
        ]

    def shared_with(self, text: str) -> tuple[str, ...]:
        """Stretches of whole words, and other words as the question has them, in its order."""
        said = said_words(text)
        found = dict.fromkeys(phrase for run, words in self._runs for phrase in _held(run, words, said))
        return tuple(one for one in found if not any(one in other and one != other for other in found))


def rarest_first(phrases: Iterable[str], statistics: TextStatistics) -> list[str]:
    return sorted(phrases, key=lambda phrase: (-_rarity_of(phrase, statistics), phrase))


def _rarity_of(phrase: str, statistics: TextStatistics) -> int:
    terms = terms_of(phrase if is_chinese(phrase) else stem_of(phrase))
    return sum(rarity(statistics.passages, statistics.holding.get(term, 0)) for term in terms)


def _held(run: str, words: Sequence[str], said: SaidWords) -> Iterable[str]:
    if not words:
        return [run] if stem_of(run) in said.words else []
    found, start = [], 0
    while start < len(words):
        end = _reach(words, start, said)
        found.append(_without_ties(words[start:end], ends=end == len(words)))
        start = max(end, start + 1)
    return [phrase for phrase in found if len(phrase) > 1]


def _reach(words: Sequence[str], start: int, said: SaidWords) -> int:
    """The end of the longest stretch of words from `start` that the text says in one."""
    end = start
    while end < len(words) and said.holds(words[end]) and said.says("".join(words[start : end + 1])):
        end += 1
    return end


def _without_ties(words: Sequence[str], *, ends: bool) -> str:
    """A single character belongs to the word behind it, the last one of a stretch to the word before it.

    Nothing is left when there is no longer word among them.
    """
    first, last = 0, len(words)
    while first < last and words[first] in _TIES:
        first += 1
    while not ends and last > first and len(words[last - 1]) == 1:
        last -= 1
    kept = words[first:last]
    return "".join(kept) if any(len(word) > 1 for word in kept) else ""
