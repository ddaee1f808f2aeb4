"""Columns find what the scalar ranker finds of everybody: verdict, total, order, counts, decisive facts."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from matchmaking.ranking import FinancingRanking, FinancingRequest, Screened, Weights, rank
from matchmaking.ranking.catalogue import Listed, ProductCatalogue, Screening, Vocabularies
from matchmaking.ranking.catalogue.ragged import Ragged
from matchmaking.ranking.components import unknown_weight
from schemas.vocabulary import Verdict
from tests.ranking.financing_cases import TODAY, random_request

REQUESTS = 1_000
CANDIDATES = 12


def seeded() -> Random:
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201 - to repeat it
    return Random(seed)  # noqa: S311 - cases, not secrets


def listed(request: FinancingRequest, known: Vocabularies) -> list[Listed]:
    return [Listed.of(known, one["candidate_id"], one, b"") for one in request.to_document()["candidates"]]


def catalogue_of(request: FinancingRequest) -> ProductCatalogue:
    known = Vocabularies()
    return ProductCatalogue.build(listed(request, known), known)


def screened(catalogue: ProductCatalogue, request: FinancingRequest) -> Screening:
    return catalogue.screen(replace(request, candidates=()))


def found_by_columns(screening: Screening) -> list[tuple[str, Verdict, int, int]]:
    verdicts = list(Verdict)
    return [
        (
            screening.ids[row],
            verdicts[screening.verdicts[row]],
            int(screening.weighted_totals[row]),
            int(screening.unknown_weights[row]),
        )
        for row in (each.row for each in screening.placed(0, screening.ranked))
    ]


def found_one_by_one(ranking: FinancingRanking) -> list[tuple[str, Verdict, int, int]]:
    return [
        (one.candidate_id, one.verdict, one.weighted_total, unknown_weight(one.components))
        for one in ranking.candidates
    ]


def assert_equal(screening: Screening, ranking: FinancingRanking) -> None:
    assert found_by_columns(screening) == found_one_by_one(ranking)
    moved = [each.moved_from for each in screening.placed(0, screening.ranked)]
    assert moved == [one.moved_from for one in ranking.candidates]
    assert screening.counts == ranking.counts
    assert screening.excluded == ranking.excluded
    assert screening.decisive_facts == ranking.decisive_facts


def random_weights(random: Random) -> Weights:
    cuts = sorted(random.choices(range(101), k=5))
    shares = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    names = list(Weights.__dataclass_fields__)
    return Weights(**dict(zip(names, shares, strict=True)))


def test_columns_find_what_the_scalar_ranker_finds() -> None:
    random = seeded()
    seen: dict[Verdict, int] = dict.fromkeys(Verdict, 0)
    for _ in range(REQUESTS):
        request = replace(random_request(random, CANDIDATES), weights=random_weights(random))
        ranking = rank(request)
        assert_equal(screened(catalogue_of(request), request), ranking)
        for verdict, count in ranking.counts.items():
            seen[verdict] += count
    assert min(seen.values()) > REQUESTS / 4, seen


def test_one_catalogue_serves_all_needs() -> None:
    """Numbers given for one product must mean the same for the next; ties are many."""
    random = seeded()
    offered = random_request(random, 150)
    twins = [
        replace(one, candidate_id=f"twin-{one.candidate_id}")
        for one in random.choices(offered.candidates, k=80)
    ]
    unique = tuple({one.candidate_id: one for one in (*offered.candidates, *twins)}.values())
    catalogue = catalogue_of(replace(offered, candidates=unique))
    for _ in range(60):
        asked = replace(random_request(random, 1), candidates=unique)
        assert_equal(screened(catalogue, asked), rank(asked))


def test_changes_lead_to_the_same_catalogue_as_reading_everything() -> None:
    random = seeded()
    offered = {one.candidate_id: one for one in random_request(random, 40).candidates}
    asked = random_request(random, 1)
    catalogue = catalogue_of(replace(asked, candidates=tuple(offered.values())))
    for step in range(60):
        gone = random.sample(sorted(offered), min(len(offered), random.choice((0, 1, 3))))
        new = [
            replace(one, candidate_id=random.choice([f"new-{step}-{place}", *offered]))
            for place, one in enumerate(random_request(random, random.choice((1, 2, 4))).candidates)
        ]
        offered = {key: one for key, one in offered.items() if key not in gone}
        changed = {one.candidate_id: one for one in new}
        offered |= changed
        more = listed(replace(asked, candidates=tuple(changed.values())), catalogue.vocabularies)
        catalogue = catalogue.apply([*gone, *changed], more)
        asked = random_request(random, 1)
        now = replace(asked, candidates=tuple(offered.values()))
        assert len(catalogue) == len(offered)
        assert_equal(screened(catalogue, now), rank(now))


def test_what_is_held_does_not_change_under_whoever_has_it() -> None:
    random = seeded()
    request = random_request(random, 30)
    catalogue = catalogue_of(request)
    before = found_by_columns(screened(catalogue, request))
    more = listed(random_request(random, 30), catalogue.vocabularies)
    catalogue.apply([request.candidates[0].candidate_id], more)
    assert found_by_columns(screened(catalogue, request)) == before


def test_any_part_of_the_order_is_that_part_of_the_whole() -> None:
    random = seeded()
    for _ in range(40):
        request = random_request(random, 60)
        screening = screened(catalogue_of(request), request)
        whole = screening.placed(0, screening.ranked)
        assert [each.position for each in whole] == list(range(1, screening.ranked + 1))
        start, stop = sorted(random.choices(range(70), k=2))
        assert screening.placed(start, stop) == whole[start:stop]


def test_the_first_and_the_nearest_misses_are_shown_and_nobody_twice() -> None:
    random = seeded()
    beyond = 0
    for _ in range(200):
        request = random_request(random, 40)
        screening = screened(catalogue_of(request), request)
        ranking = rank(request)
        shown = screening.shown(5, 3)
        positions = sorted(each.position for each in shown)
        misses = [one.position for one in ranking.candidates if one.verdict is Verdict.NEAR_MISS][:3]
        assert positions == sorted({*range(1, min(5, screening.ranked) + 1), *misses})
        assert {screening.ids[each.row] for each in shown} == {
            ranking.candidates[position - 1].candidate_id for position in positions
        }
        beyond += positions[-1] > 5
    assert beyond > 20


def test_who_is_not_listed_has_no_place_and_no_count() -> None:
    random = seeded()
    request = random_request(random, 40)
    catalogue = catalogue_of(request)
    here = np.array([random.random() < 0.5 for _ in request.candidates])
    left = tuple(one for one, stays in zip(request.candidates, here, strict=True) if stays)
    some = catalogue.screen(replace(request, candidates=()), here)
    assert_equal(some, rank(replace(request, candidates=left)))


def test_an_empty_catalogue_has_an_answer() -> None:
    request = random_request(seeded(), 1)
    screening = screened(ProductCatalogue.build([], Vocabularies()), request)
    assert (screening.ranked, screening.shown(20, 3), screening.decisive_facts) == (0, [], ())
    empty = ProductCatalogue.build([], Vocabularies())
    grown = empty.apply([], listed(request, empty.vocabularies))
    assert_equal(screened(grown, request), rank(request))


@pytest.mark.parametrize(
    ("document", "error"),
    [({"purposes": ["travel"]}, KeyError), ({"rules": {"all_of": [{"fact": "luck"}]}}, ValueError)],
)
def test_what_is_no_candidate_is_refused(document: Mapping[str, Any], error: type[Exception]) -> None:
    whole = random_request(seeded(), 1).to_document()["candidates"][0]
    with pytest.raises(error):
        Listed.of(Vocabularies(), "one", {**whole, **document}, b"")
    with pytest.raises(ValueError, match="ragged_row_empty"):
        Ragged.of([[1], []])


def test_amounts_at_the_edge_of_what_is_admitted_do_not_overflow() -> None:
    """The largest fact against the largest threshold, and the largest share of the largest tax paid."""
    largest = 10**15
    random = seeded()
    request = random_request(random, 1)
    rules = [
        {"fact": "total_assets", "operator": operator, "unit": "fen", "value": value}
        for operator in ("at_least", "at_most")
        for value in (0, 1, largest - 1, largest)
    ]
    one = replace(
        request.candidates[0],
        largest_amount_fen=10**14,
        territory=("320000",),
    )
    facts = [
        {"name": name, "value": value, "as_of": TODAY.isoformat(), "source": "document"}
        for name, value in (("total_assets", largest), ("tax_paid_last_12_months", largest))
    ]
    document = replace(request, candidates=(one,)).to_document()
    document["facts"] = facts
    formula = {"basis": "tax_paid", "share_basis_points": 200_000}
    for rule in rules:
        document["candidates"][0] |= {"rules": {"all_of": [rule]}, "cap_formulas": [formula]}
        edge = FinancingRequest.from_document(document)
        assert_equal(screened(catalogue_of(edge), edge), rank(edge))


def test_products_are_found_by_who_offers_them() -> None:
    request = random_request(seeded(), 60)
    catalogue = catalogue_of(request)
    for one in request.candidates[:10]:
        expected = {
            other.candidate_id
            for other in request.candidates
            if other.organization_id == one.organization_id or other.unit_id == "branch-1"
        }
        assert catalogue.products_of([one.organization_id, "nobody"], ["branch-1"]) == expected
    assert catalogue.products_of([], ["nobody"]) == set()


def test_those_shown_rank_again_to_what_was_found_among_all() -> None:
    """The stored request carries a few candidates, and their places among all."""
    random = seeded()
    for _ in range(150):
        request = random_request(random, 30)
        whole = rank(request)
        screening = screened(catalogue_of(request), request)
        shown = screening.shown(5, 3)
        by_id = {one.candidate_id: one for one in request.candidates}
        stored = replace(
            request,
            candidates=tuple(by_id[screening.ids[each.row]] for each in shown),
            screened=Screened(
                positions=tuple(each.position for each in shown),
                moved_from=tuple(each.moved_from for each in shown),
                counts=screening.counts,
                excluded=screening.excluded,
                decisive_facts=screening.decisive_facts,
                changes=7,
            ),
        )
        again = rank(FinancingRequest.from_json(stored.to_json()))
        positions = {each.position for each in shown}
        assert again.candidates == tuple(one for one in whole.candidates if one.position in positions)
        assert (again.counts, again.excluded) == (whole.counts, whole.excluded)
        assert again.decisive_facts == whole.decisive_facts
        assert FinancingRanking.from_json(again.to_json()) == again


def test_a_screened_request_names_a_position_for_each_candidate() -> None:
    request = random_request(seeded(), 2)
    lacking = Screened(positions=(1,), counts={}, excluded=0, decisive_facts=(), changes=0)
    with pytest.raises(ValueError, match="position_missing"):
        replace(request, screened=lacking)
