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
        runs = dict.fromkeys(run for text in texts for run in spoken_runs(text))
        self._stems = {run: stem_of(run) for run in runs if not is_chinese(run)}
        self._runs = [words_of(run) for run in runs if is_chinese(run)]
        self._where: dict[str, list[tuple[int, int]]] = {}
        for number, words in enumerate(self._runs):
            for place, word in enumerate(words):
                if len(word) > 1:
                    self._where.setdefault(word, []).append((number, place))

    def shared_with(self, text: str) -> tuple[str, ...]:
        """Stretches of whole words, and other words as the question has them."""
        said = said_words(text)
        met = sorted(each for word in self._where.keys() & said.words for each in self._where[word])
        stretches = (_stretch(self._runs[number], place, said) for number, place in met)
        others = (word for word, stem in self._stems.items() if stem in said.words)
        found = dict.fromkeys((*stretches, *others))
        return tuple(one for one in found if not any(one in other and one != other for other in found))


def rarest_first(phrases: Iterable[str], statistics: TextStatistics) -> list[str]:
    return sorted(phrases, key=lambda phrase: (-_rarity_of(phrase, statistics), phrase))


def _rarity_of(phrase: str, statistics: TextStatistics) -> int:
    terms = terms_of(phrase if is_chinese(phrase) else stem_of(phrase))
    return sum(rarity(statistics.passages, statistics.holding.get(term, 0)) for term in terms)


def _stretch(words: Sequence[str], place: int, said: SaidWords) -> str:
    """The longest that the text says in one around a word that both have.

    A single character belongs to the word behind it, and at the end of a run to the word before it.
    """
    first, last = place, place + 1
    while first > 0 and len(words[first - 1]) == 1 and said.says("".join(words[first - 1 : last])):
        first -= 1
    while last < len(words) and said.holds(words[last]) and said.says("".join(words[first : last + 1])):
        last += 1
    while first < place and words[first] in _TIES:
        first += 1
    while last < len(words) and len(words[last - 1]) == 1:
        last -= 1
    return "".join(words[first:last])
