"""Recurrent layers of many small networks at once, differentiated by backpropagation through time (Werbos 1990).

The weights of B networks are stacked, so that each step in time is one batched matrix product (`torch.bmm`) whatever B
is. Only the recurrence itself goes step by step; projections of the inputs and the gradients of the weights are sums
over time and become single products. Equations and order of the gates are those of `torch.nn.LSTM` (Hochreiter &
Schmidhuber 1997, with forget gates) and `torch.nn.GRU` (Cho et al. 2014), which the tests compare with.
What goes in and what is made of the last state belongs to `network`.
"""

from collections.abc import Callable
from typing import Any, Literal

import torch
from torch import Tensor

Cell = Literal["lstm", "gru"]
GATES: dict[Cell, int] = {"lstm": 4, "gru": 3}


def run_layer(cell: Cell, inputs: Tensor, w_in: Tensor, w_state: Tensor, b_in: Tensor, b_state: Tensor) -> Tensor:
    """Return the states after each step, (networks, time, batch, hidden), from a first state of zero.

    Parameters
    ----------
    inputs : (networks, time, batch, features)
    w_in, w_state : (networks, features, gates * hidden), (networks, hidden, gates * hidden)
    b_in, b_state : (networks, 1, gates * hidden)
    """
    networks, time, batch, features = inputs.shape
    driven = torch.baddbmm(b_in, inputs.reshape(networks, time * batch, features), w_in)
    driven = driven.view(networks, time, batch, -1)
    return _APPLY[cell](driven, w_state, b_state)


class _Gru(torch.autograd.Function):
    """States of a GRU from its driven gates (reset, update, candidate).

    `r, z = sigmoid(x + h W + b)`, `n = tanh(x + r * (h W + b))`, `h' = n + z * (h - n)`.
    """

    @staticmethod
    def forward(ctx: Any, driven: Tensor, w_state: Tensor, b_state: Tensor) -> Tensor:
        networks, time, batch, width = driven.shape
        hidden = width // 3
        gates = driven.clone()
        states = driven.new_zeros(networks, time + 1, batch, hidden)
        recalled = driven.new_empty(networks, time, batch, hidden)  # h W + b of the candidate
        reset, candidate = gates[..., :hidden], gates[..., 2 * hidden :]
        update = gates[..., hidden : 2 * hidden]
        for t in range(time):
            from_state = torch.baddbmm(b_state, states[:, t], w_state)
            gates[:, t, :, : 2 * hidden].add_(from_state[..., : 2 * hidden]).sigmoid_()
            recalled[:, t] = from_state[..., 2 * hidden :]
            candidate[:, t].addcmul_(reset[:, t], recalled[:, t]).tanh_()
            states[:, t + 1] = torch.lerp(candidate[:, t], states[:, t], update[:, t])
        ctx.save_for_backward(gates, states, recalled, w_state)
        return states[:, 1:]

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        gates, states, recalled, w_state = ctx.saved_tensors
        reset, update, candidate = gates.chunk(3, dim=-1)
        to_candidate = (1 - update) * (1 - candidate * candidate)
        to_update = (states[:, :-1] - candidate) * update * (1 - update)
        to_reset = to_candidate * recalled * reset * (1 - reset)
        # effect of a change of h' on the gates, before what each of them adds up: (..., 3 * hidden)
        through_state = torch.cat([to_reset, to_update, to_candidate * reset], dim=-1)
        d_states = upstream[0].clone()
        w_back = w_state.transpose(1, 2)
        d_from_state = torch.empty_like(gates)
        hidden = update.shape[-1]
        for t in range(gates.shape[1] - 1, -1, -1):
            d_state = d_states[:, t]
            parts = through_state[:, t].view(*d_state.shape[:-1], 3, hidden) * d_state.unsqueeze(-2)
            d_from_state[:, t] = parts.flatten(-2)
            if t:
                d_states[:, t - 1].addcmul_(d_state, update[:, t]).baddbmm_(d_from_state[:, t], w_back)
        d_driven = d_from_state.clone()
        torch.mul(to_candidate, d_states, out=d_driven[..., 2 * hidden :])
        return d_driven, *_sum_over_time(states, d_from_state)


class _Lstm(torch.autograd.Function):
    """States of an LSTM from its driven gates (input, forget, cell, output).

    `i, f, o = sigmoid(x + h W + b)`, `g = tanh(x + h W + b)`, `c' = f c + i g`, `h' = o tanh(c')`.
    """

    @staticmethod
    def forward(ctx: Any, driven: Tensor, w_state: Tensor, b_state: Tensor) -> Tensor:
        networks, time, batch, width = driven.shape
        hidden = width // 4
        gates = driven + b_state.unsqueeze(1)
        states = driven.new_zeros(networks, time + 1, batch, hidden)
        cells = driven.new_zeros(networks, time + 1, batch, hidden)
        squashed = driven.new_empty(networks, time, batch, hidden)  # tanh(c')
        for t in range(time):
            now = gates[:, t].baddbmm_(states[:, t], w_state)
            now[..., : 2 * hidden].sigmoid_()
            now[..., 2 * hidden : 3 * hidden].tanh_()
            now[..., 3 * hidden :].sigmoid_()
            enter, keep, fresh, leave = now.chunk(4, dim=-1)
            cells[:, t + 1] = (keep * cells[:, t]).addcmul_(enter, fresh)
            squashed[:, t] = torch.tanh(cells[:, t + 1])
            states[:, t + 1] = leave * squashed[:, t]
        ctx.save_for_backward(gates, states, cells, squashed, w_state)
        return states[:, 1:]

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        gates, states, cells, squashed, w_state = ctx.saved_tensors
        enter, keep, fresh, leave = gates.chunk(4, dim=-1)
        hidden = keep.shape[-1]
        state_to_cell = leave * (1 - squashed * squashed)
        cell_to_gates = torch.cat(
            [fresh * enter * (1 - enter), cells[:, :-1] * keep * (1 - keep), enter * (1 - fresh * fresh)], dim=-1
        )
        state_to_leave = squashed * leave * (1 - leave)
        d_states = upstream[0].clone()
        d_gates = torch.empty_like(gates)
        d_cell = torch.zeros_like(cells[:, 0])
        w_back = w_state.transpose(1, 2)
        for t in range(gates.shape[1] - 1, -1, -1):
            d_state = d_states[:, t]
            d_cell = torch.addcmul(d_cell, d_state, state_to_cell[:, t])
            parts = cell_to_gates[:, t].view(*d_cell.shape[:-1], 3, hidden) * d_cell.unsqueeze(-2)
            d_gates[:, t, :, : 3 * hidden] = parts.flatten(-2)
            d_gates[:, t, :, 3 * hidden :] = d_state * state_to_leave[:, t]
            if t:
                d_states[:, t - 1].baddbmm_(d_gates[:, t], w_back)
                d_cell = d_cell * keep[:, t]
        return d_gates, *_sum_over_time(states, d_gates)


def _sum_over_time(states: Tensor, d_gates: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradients of the recurrent weights and biases: the state before each step times what it drove."""
    before, driven = states[:, :-1].flatten(1, 2), d_gates.flatten(1, 2)  # (networks, time * batch, ...)
    return before.transpose(1, 2) @ driven, driven.sum(dim=1, keepdim=True)


_APPLY: dict[Cell, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "lstm": _Lstm.apply,
    "gru": _Gru.apply,
}
