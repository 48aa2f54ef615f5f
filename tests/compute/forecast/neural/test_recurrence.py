"""The recurrences are those of PyTorch, forward and backward, and stacking networks changes nothing."""

import pytest
import torch
from torch import Tensor

from compute.forecast.neural.recurrence import GATES, Cell, run_layer

TIME, BATCH, FEATURES, HIDDEN = 7, 4, 3, 5


def random_weights(cell: Cell, networks: int, dtype: torch.dtype, device: torch.device) -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    width = GATES[cell] * HIDDEN
    sizes = [(FEATURES, width), (HIDDEN, width), (1, width), (1, width)]
    return [torch.randn(networks, *size, generator=generator, dtype=dtype).to(device) for size in sizes]


def random_inputs(networks: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(networks, TIME, BATCH, FEATURES, generator=generator, dtype=dtype).to(device)


def reference(cell: Cell, weights: list[Tensor]) -> torch.nn.RNNBase:
    layer = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[cell](FEATURES, HIDDEN)
    layer = layer.to(weights[0])
    w_in, w_state, b_in, b_state = weights
    with torch.no_grad():
        layer.weight_ih_l0.copy_(w_in.T)
        layer.weight_hh_l0.copy_(w_state.T)
        layer.bias_ih_l0.copy_(b_in[0])
        layer.bias_hh_l0.copy_(b_state[0])
    return layer


@pytest.mark.reference
def test_states_and_gradients_are_those_of_torch(cell: Cell, device: torch.device) -> None:
    networks = 3
    weights = [weight.requires_grad_() for weight in random_weights(cell, networks, torch.float64, device)]
    inputs = random_inputs(networks, torch.float64, device).requires_grad_()
    factors = torch.randn(networks, TIME, BATCH, HIDDEN, dtype=torch.float64, device=device)
    states = run_layer(cell, inputs, *weights)
    (states * factors).sum().backward()
    for k in range(networks):
        layer = reference(cell, [weight[k].detach() for weight in weights])
        alone = inputs[k].detach().clone().requires_grad_()
        theirs = layer(alone)[0]
        (theirs * factors[k]).sum().backward()
        torch.testing.assert_close(states[k], theirs)
        torch.testing.assert_close(inputs.grad[k], alone.grad)
        grads = (layer.weight_ih_l0.grad.T, layer.weight_hh_l0.grad.T, layer.bias_ih_l0.grad, layer.bias_hh_l0.grad)
        for ours, expected in zip(weights, grads, strict=True):
            torch.testing.assert_close(ours.grad[k].reshape(expected.shape), expected)


def test_gradients_are_those_of_finite_differences(cell: Cell) -> None:
    cpu = torch.device("cpu")
    weights = [weight.requires_grad_() for weight in random_weights(cell, 2, torch.float64, cpu)]
    inputs = random_inputs(2, torch.float64, cpu).requires_grad_()
    assert torch.autograd.gradcheck(lambda *given: run_layer(cell, *given), (inputs, *weights))


def test_stacked_networks_equal_each_alone(cell: Cell, device: torch.device) -> None:
    weights = random_weights(cell, 4, torch.float32, device)
    inputs = random_inputs(4, torch.float32, device)
    stacked = run_layer(cell, inputs, *weights)
    for k in range(4):
        alone = run_layer(cell, inputs[k : k + 1], *(weight[k : k + 1] for weight in weights))
        torch.testing.assert_close(stacked[k], alone[0], atol=1e-5, rtol=0)
