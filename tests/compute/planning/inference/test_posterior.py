"""Which policy: probabilities that sum to one, better answers with every iteration, proposals that do what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from compute.planning.inference.policies import around, braking, following, noise
from compute.planning.inference.posterior import infer, posterior
from compute.planning.inference.rollout import roll_out
from tests.compute.planning.inference.test_rollout import DT, GOAL, STEPS, WALLED, crowd, situation

energies = arrays(np.float64, st.integers(1, 50), elements=st.floats(-1e6, 1e6))


@given(energies, st.floats(0, 100))
def test_probabilities_sum_to_one_and_less_free_energy_is_more_probable(energy: np.ndarray, precision: float) -> None:
    q = posterior(energy, precision)
    assert q.sum() == pytest.approx(1)
    assert q[energy.argmin()] == q.max()


@given(energies)
def test_a_constant_changes_no_probability(energy: np.ndarray) -> None:
    assert posterior(energy + 1e3, 0.01) == pytest.approx(posterior(energy, 0.01), abs=1e-6)


def test_habits_count_where_policies_cost_the_same() -> None:
    q = posterior(np.zeros(3), 1.0, np.log(np.array([0.5, 0.3, 0.2])))
    assert q == pytest.approx([0.5, 0.3, 0.2])


def test_refining_finds_cheaper_policies_than_were_proposed() -> None:
    now = situation(WALLED, crowd())
    proposals = [braking(now.velocity, 3.0, DT, STEPS), np.zeros((STEPS, 2))]
    given_ones = roll_out(np.stack(proposals).astype(np.float32), now).free_energy.min()
    found = [infer(now, proposals, 200, 1.5, np.random.default_rng(0), n).rolled.free_energy.min() for n in (1, 4)]
    assert found[1] <= found[0] < given_ones


def test_inference_is_the_same_for_the_same_seed() -> None:
    now = situation(WALLED, crowd())
    runs = [infer(now, [np.zeros((STEPS, 2))], 50, 1.0, np.random.default_rng(s)).mean for s in (1, 1, 2)]
    assert np.array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


def test_braking_stops_and_stays() -> None:
    now = situation(velocity=np.array([1.2, -0.9]))
    rolled = roll_out(braking(now.velocity, 3.0, DT, STEPS)[None].astype(np.float32), now)
    stopping = 1.5**2 / (2 * 3.0)
    assert np.abs(rolled.velocities[0, 6:]).max() < 1e-5
    assert np.linalg.norm(rolled.positions[0, -1] - now.position) == pytest.approx(stopping, abs=0.06)


def test_a_way_is_followed_to_its_end() -> None:
    way = np.array([[-6.0, 0.3], [-4.0, 0.3], [-4.0, 2.3]])
    accelerations = following(way, way[0], np.zeros(2), 2.0, 3.0, DT, 60)
    p, v, path = way[0].copy(), np.zeros(2), []
    for a in accelerations:
        p, v = p + DT * (v + 0.5 * DT * a), v + DT * a
        path.append(p)
    assert np.linalg.norm(path[-1] - way[-1]) < 0.1
    assert np.linalg.norm(np.array(path) - way[1], axis=1).min() < 0.5


def test_centres_are_among_their_own_policies() -> None:
    centres = [np.full((STEPS, 2), 1.0), np.full((STEPS, 2), -1.0)]
    policies = around(centres, 9, 0.5, np.random.default_rng(0))
    assert policies.shape == (9, STEPS, 2)
    assert np.array_equal(policies[:2], np.stack(centres))
    assert np.abs(policies[2:] - 1).min() > 0


def test_noise_lasts() -> None:
    trembling = noise(np.random.default_rng(0), 4000, 12, 1.0)
    neighbours = np.corrcoef(trembling[:, 10, 0], trembling[:, 11, 0])[0, 1]
    assert neighbours > 0.3
    assert abs(float(trembling.mean())) < 0.02


def test_the_goal_is_nearer_after_the_chosen_policy() -> None:
    now = situation()
    best = infer(now, [np.zeros((STEPS, 2))], 300, 1.5, np.random.default_rng(0), 3)
    end = best.rolled.positions[int(best.order[0]), -1]
    assert np.linalg.norm(end - GOAL) < np.linalg.norm(now.position - GOAL) - 2.5
