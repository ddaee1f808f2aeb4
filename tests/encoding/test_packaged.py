"""The packaged encoder: Chinese and English meet, and no text stops it."""

import random
import secrets
import time

import numpy as np

from matchmaking.encoding.packaged import PackagedEncoder

ENCODER = PackagedEncoder(threads=1)


def test_a_chinese_demand_is_closest_to_the_english_laboratory_of_its_trade() -> None:
    laboratories = [
        "Laboratory of dyeing chemistry: low temperature dyeing of cotton and polyester knits",
        "Marine engineering centre: fatigue of welded ship hulls",
        "Institute of power electronics: inverters for photovoltaic plants",
    ]
    found = ENCODER.passages(laboratories) @ ENCODER.query("针织面料低温染色助剂的开发")
    assert found.argmax() == 0


def test_vectors_are_of_length_one_and_repeat() -> None:
    texts = ["船舶焊接变形控制", "", "a", "，。！？"]
    first, again = ENCODER.passages(texts), ENCODER.passages(texts)
    assert first.shape == (4, ENCODER.dimension)
    assert first.dtype == np.float32
    assert np.allclose(np.linalg.norm(first, axis=1), 1, atol=1e-5)
    assert (first == again).all()


def test_hostile_texts_are_read_as_what_is_left_of_them() -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)  # noqa: S311
    hostile = [
        "染\0色",
        "\ud800",
        "\udfff染色",
        "\u202e染色",
        "\0" * 50,
        *("".join(chr(chance.randrange(0x11_0000)) for _ in range(40)) for _ in range(4)),
    ]
    found = ENCODER.passages(hostile)
    assert found.shape == (len(hostile), ENCODER.dimension)
    assert np.isfinite(found).all()


def test_a_book_takes_no_longer_than_a_full_window() -> None:
    began = time.monotonic()
    window = ENCODER.query("染色" * 2_000)
    bound = 10 * (time.monotonic() - began) + 5
    began = time.monotonic()
    book = ENCODER.query("染色" * 500_000)
    assert time.monotonic() - began < bound
    assert (window == book).all()


def test_no_text_loads_nothing() -> None:
    fresh = PackagedEncoder()
    assert fresh.passages([]).shape == (0, fresh.dimension)
    assert "_engine" not in vars(fresh)
