"""At most three candidates of one bank among the first twenty places.

Going down the order, a bank's fourth and further ones are passed over until twenty are taken. Where that does
not fill twenty places, those passed over take what is left, in their order: nobody is passed over for a
candidate that is ineligible. The twenty stand as the order has them, and all others behind them likewise.
"""

from collections import Counter
from collections.abc import Hashable, Sequence

FIRST_PAGE = 20
MOST_PER_BANK = 3


def varied(banks: Sequence[Hashable], movable: int) -> list[int]:
    """Indices of an order in their new order. The first `movable` of it are those that are not ineligible."""
    head, reached = varied_head(banks[:movable])
    return [*head, *range(reached, len(banks))]


def varied_head(banks: Sequence[Hashable]) -> tuple[list[int], int]:
    """The new order as far as it had to look, and how far that was: behind it everything stays.

    `banks` are of candidates that are not ineligible; the head of a long order is enough when the page is
    full before its end.
    """
    taken: list[int] = []
    passed_over: list[int] = []
    held = Counter[Hashable]()
    for index, bank in enumerate(banks):
        if len(taken) == FIRST_PAGE:
            break
        held[bank] += 1
        (taken if held[bank] <= MOST_PER_BANK else passed_over).append(index)
    left = FIRST_PAGE - len(taken)
    page = sorted((*taken, *passed_over[:left]))
    return [*page, *passed_over[left:]], len(taken) + len(passed_over)
