"""Stacked networks are the same networks; a fresh one is a constant; dropout keeps the mean."""

from dataclasses import replace

import torch

from compute.forecast.neural.network import N_CHANNELS, Shape, make_weights, run_network
from compute.forecast.neural.recurrence import run_layer

NETWORKS, BATCH = 3, 8
CPU = torch.device("cpu")


def random_features(shape: Shape, device: torch.device, networks: int = NETWORKS) -> torch.Tensor:
    generator = torch.Generator().manual_seed(2)
    return torch.randn(networks, BATCH, shape.window, N_CHANNELS, generator=generator).to(device)


def no_echo(networks: int, device: torch.device) -> torch.Tensor:
    return torch.empty(networks, BATCH, 0, device=device)


def generator_on(device: torch.device, seed: int = 0) -> torch.Generator:
    return torch.Generator(device).manual_seed(seed)


def test_stacked_forward_equals_each_network_alone(shape: Shape, device: torch.device) -> None:
    weights = make_weights(shape, NETWORKS, generator_on(device))
    features = random_features(shape, device)
    stacked = run_network(shape, weights, features, no_echo(NETWORKS, features.device))
    assert stacked.shape == (NETWORKS, BATCH, shape.head, len(shape.quantiles))
    for k in range(NETWORKS):
        own = {name: weight[k : k + 1] for name, weight in weights.items()}
        torch.testing.assert_close(
            stacked[k], run_network(shape, own, features[k : k + 1], no_echo(1, device))[0], atol=1e-5, rtol=0
        )


def test_devices_agree(shape: Shape, device: torch.device) -> None:
    cpu = torch.device("cpu")
    weights = make_weights(shape, NETWORKS, generator_on(cpu))
    features = random_features(shape, cpu)
    there = run_network(
        shape,
        {name: weight.to(device) for name, weight in weights.items()},
        features.to(device),
        no_echo(NETWORKS, device),
    )
    torch.testing.assert_close(
        there.cpu(), run_network(shape, weights, features, no_echo(NETWORKS, features.device)), atol=1e-4, rtol=1e-4
    )


def test_fresh_network_writes_nearly_nothing(shape: Shape) -> None:
    weights = make_weights(shape, NETWORKS, generator_on(torch.device("cpu")))
    written = run_network(shape, weights, random_features(shape, CPU), no_echo(NETWORKS, CPU))
    assert written.abs().max() < 0.05


def test_patches_hold_every_value_of_the_window_in_order(shape: Shape) -> None:
    """A patch per step is the same as a step per patch; what is too little for a last patch is filled in front."""
    patched = replace(shape, patch=4)  # 9 values: one in the first patch
    weights = make_weights(patched, NETWORKS, generator_on(CPU))
    features = random_features(shape, CPU)
    widened = torch.cat([torch.zeros(NETWORKS, BATCH, 3, N_CHANNELS), features], dim=2)
    as_steps = widened.view(NETWORKS, BATCH, 3, 4 * N_CHANNELS)
    states = as_steps.transpose(1, 2)
    for layer in range(shape.layers):
        states = run_layer(
            shape.cell, states, *(weights[f"{name}{layer}"] for name in ("in", "state", "in_bias", "state_bias"))
        )
    aside = features[:, :, -shape.skip :, 0]
    reads = torch.cat([states[:, -1], aside], dim=-1)
    inner = torch.relu(reads @ weights["head"] + weights["head_bias"])
    expected = (inner @ weights["out"] + weights["out_bias"]).view(NETWORKS, BATCH, shape.head, -1)
    written = run_network(patched, weights, features, no_echo(NETWORKS, CPU))
    torch.testing.assert_close(written, expected, atol=1e-6, rtol=0)


def test_a_network_for_one_series_has_no_straight_line(shape: Shape) -> None:
    assert "line" not in make_weights(shape, NETWORKS, generator_on(CPU))


def test_straight_line_shifts_all_quantiles_alike(shape: Shape) -> None:
    shape = replace(shape, is_shared=True)
    weights = make_weights(shape, NETWORKS, generator_on(CPU))
    features = random_features(shape, CPU)
    plain = run_network(shape, weights, features, no_echo(NETWORKS, CPU))
    weights["line"][:, -1, 2] = 3.0  # the last level, to the third step ahead
    shifted = run_network(shape, weights, features, no_echo(NETWORKS, CPU)) - plain
    expected = 3 * features[:, :, -1, 0, None].expand(-1, -1, len(shape.quantiles))
    torch.testing.assert_close(shifted[:, :, 2], expected, atol=1e-5, rtol=0)
    assert not shifted[:, :, [0, 1, 3, 4, 5]].any()


def test_equal_seeds_give_equal_dropout_and_others_do_not(shape: Shape, device: torch.device) -> None:
    weights = make_weights(shape, NETWORKS, generator_on(device))
    features = random_features(shape, device)
    runs = [
        run_network(shape, weights, features, no_echo(NETWORKS, device), 0.3, generator_on(device, seed))
        for seed in (1, 1, 2)
    ]
    assert torch.equal(runs[0], runs[1])
    assert not torch.equal(runs[0], runs[2])


def test_dropout_leaves_the_mean_of_a_linear_head_where_it_is(shape: Shape) -> None:
    cpu = torch.device("cpu")
    weights = make_weights(shape, 1, generator_on(cpu))
    features = random_features(shape, cpu, 1)
    draws = generator_on(cpu)
    passes = torch.stack([run_network(shape, weights, features, no_echo(1, cpu), 0.05, draws) for _ in range(400)])
    spread = passes.std(dim=0).max() / 400**0.5
    assert (passes.mean(dim=0) - run_network(shape, weights, features, no_echo(1, cpu))).abs().max() < 6 * spread
