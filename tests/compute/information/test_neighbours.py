"""Neighbours and counts are those of all distances written out, whichever way they are found."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from compute.information.brute import Problem
from compute.information.counting import count_neighbours
from compute.information.estimators import Window
from compute.information.estimators.ksg import WORTH_LISTS, BruteLink, Ksg, KsgLink
from compute.information.lists import make_lists
from compute.information.tree import find_neighbours

Array = NDArray[np.float64]


@st.composite
def clouds(draw: st.DrawFn) -> tuple[Array, NDArray[np.int64], int]:
    """Points with ties or without, (d, n), at increasing times, and a Theiler window."""
    d, n = draw(st.integers(1, 4)), draw(st.integers(12, 60))
    generator = np.random.default_rng(draw(st.integers(0, 10_000)))
    points = generator.normal(size=(d, n))
    times = np.sort(generator.choice(2 * n, n, replace=False))
    return np.round(points, 1) if draw(st.booleans()) else points, times, draw(st.integers(0, 3))


def all_distances(points: Array, times: NDArray[np.int64], theiler: int) -> Array:
    apart = np.abs(points[:, :, None] - points[:, None]).max(axis=0)
    apart[np.abs(times[:, None] - times) <= theiler] = np.inf
    return np.asarray(apart)


@settings(max_examples=40)
@given(clouds(), st.integers(1, 4))
def test_the_tree_finds_the_nearest_neighbours(cloud: tuple[Array, NDArray[np.int64], int], k: int) -> None:
    points, times, theiler = cloud
    distances, places = find_neighbours(points, times, k, theiler)
    apart = all_distances(points, times, theiler)
    assert np.array_equal(distances, np.sort(apart, axis=1)[:, :k])
    assert np.array_equal(np.take_along_axis(apart, places, axis=1), distances)


@settings(max_examples=40)
@given(clouds(), st.integers(0, 10_000))
def test_boxes_are_counted_strictly(cloud: tuple[Array, NDArray[np.int64], int], seed: int) -> None:
    points, times, theiler = cloud
    sides = np.random.default_rng(seed).choice([0.1, 0.3, 1.0], points.shape)
    inside = np.all(np.abs(points[:, None] - points[:, :, None]) < sides[:, :, None], axis=0)
    inside &= np.abs(times[:, None] - times) > theiler
    assert np.array_equal(count_neighbours(points, sides, times, theiler), inside.sum(axis=1))


@settings(max_examples=15)
@given(st.integers(0, 3), st.integers(1, 2), st.integers(0, 2), st.integers(0, 10_000), st.sampled_from([1, 3, 4, 6]))
def test_every_way_to_estimate_agrees(dz: int, dx: int, theiler: int, seed: int, k: int) -> None:
    generator = np.random.default_rng(seed)
    n = 80
    y, z = generator.normal(size=n), generator.normal(size=(dz, n))
    sources = generator.normal(size=(5, dx, n)) + y
    window = Window(np.arange(n), theiler)
    tree = KsgLink(Ksg(k), y, z, window)
    plain = np.stack([tree.local(x) for x in sources])
    brute = BruteLink(Problem(y[None], z, window.times, theiler, k), "cpu")
    np.testing.assert_allclose(np.stack([brute.local(x) for x in sources]), plain, atol=1e-12)
    np.testing.assert_allclose(brute.means(sources), plain.mean(axis=1), atol=1e-12)
    if not theiler and (dz or dx == 1):
        lists = make_lists(y[None], z, dx, k)
        assert lists is not None
        np.testing.assert_allclose(lists.local(sources), plain, atol=1e-12)


@pytest.mark.parametrize("dz", [0, 1, 2])
def test_more_than_k_equal_points_agree_in_every_way(dz: int) -> None:
    generator = np.random.default_rng(6)
    y, z = generator.integers(0, 2, 70).astype(float), generator.integers(0, 2, (dz, 70)).astype(float)
    sources = generator.integers(0, 2, (WORTH_LISTS, 1, 70)).astype(float)
    link = KsgLink(Ksg(3), y, z, Window(np.arange(70)))
    brute = BruteLink(Problem(y[None], z, np.arange(70), 0, 3), "cpu")
    np.testing.assert_allclose(link.each(sources), [link.local(x) for x in sources], atol=1e-12)
    np.testing.assert_allclose(brute.each(sources), link.each(sources), atol=1e-12)


def test_lists_that_end_early_are_completed() -> None:
    generator = np.random.default_rng(3)
    n = 700
    y, z = generator.normal(size=n), generator.normal(size=(1, n))
    sources = generator.standard_t(2, size=(70, 1, n))  # far outliers need long lists; 70 fill the lanes and begin anew
    link = KsgLink(Ksg(4), y, z, Window(np.arange(n)))
    expected = [link.local(x).mean() for x in sources[[0, 63, 64, 69]]]
    np.testing.assert_allclose(link.means(sources)[[0, 63, 64, 69]], expected, atol=1e-12)
