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
        hidden = driven.shape[-1] // 3
        w_gates, w_candidate = w_state[..., : 2 * hidden].contiguous(), w_state[..., 2 * hidden :].contiguous()
        b_candidate = b_state[..., 2 * hidden :]
        gates = driven[..., : 2 * hidden] + b_state[..., : 2 * hidden].unsqueeze(1)
        candidate = driven[..., 2 * hidden :].contiguous()
        recalled = torch.empty_like(candidate)  # h W + b of the candidate
        states = _zeros_before(candidate)
        for t in range(driven.shape[1]):
            state = states[:, t]
            now = gates[:, t].baddbmm_(state, w_gates).sigmoid_()
            torch.baddbmm(b_candidate, state, w_candidate, out=recalled[:, t])
            fresh = candidate[:, t].addcmul_(now[..., :hidden], recalled[:, t]).tanh_()
            torch.lerp(fresh, state, now[..., hidden:], out=states[:, t + 1])
        ctx.save_for_backward(gates, candidate, recalled, states, w_state)
        return states[:, 1:]

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        gates, candidate, recalled, states, w_state = ctx.saved_tensors
        reset, update = gates.chunk(2, dim=-1)
        keep = 1 - update
        to_candidate = torch.addcmul(keep, keep * candidate, candidate, value=-1)
        # what a change of h' does to the recurrent sum of each gate: (networks, time, batch, 3, hidden)
        through = torch.empty((*candidate.shape[:-1], 3, candidate.shape[-1]), dtype=gates.dtype, device=gates.device)
        torch.mul(to_candidate, reset, out=through[..., 2, :])
        torch.mul((states[:, :-1] - candidate).mul_(update), keep, out=through[..., 1, :])
        torch.mul(through[..., 2, :] * recalled, 1 - reset, out=through[..., 0, :])
        w_back = w_state.transpose(1, 2).contiguous()
        d_states = torch.empty_like(candidate)
        last = candidate.shape[1] - 1
        d_state = upstream[0][:, last]
        for t in range(last, -1, -1):
            d_states[:, t] = d_state
            d_recurrent = through[:, t].mul_(d_state.unsqueeze(-2)).flatten(-2)
            if t:
                d_state = torch.addcmul(upstream[0][:, t - 1], d_state, update[:, t]).baddbmm_(d_recurrent, w_back)
        d_from_state = through.flatten(-2)
        d_driven = d_from_state.clone()
        torch.mul(to_candidate, d_states, out=d_driven[..., -candidate.shape[-1] :])
        return d_driven, *_sum_over_time(states, d_from_state)


class _Lstm(torch.autograd.Function):
    """States of an LSTM from its driven gates (input, forget, cell, output).

    `i, f, o = sigmoid(x + h W + b)`, `g = tanh(x + h W + b)`, `c' = f c + i g`, `h' = o tanh(c')`.
    """

    @staticmethod
    def forward(ctx: Any, driven: Tensor, w_state: Tensor, b_state: Tensor) -> Tensor:
        gates = driven + b_state.unsqueeze(1)
        hidden = gates.shape[-1] // 4
        squashed = torch.empty_like(gates[..., :hidden], memory_format=torch.contiguous_format)  # tanh(c')
        states, cells = _zeros_before(squashed), _zeros_before(squashed)
        for t in range(gates.shape[1]):
            now = gates[:, t].baddbmm_(states[:, t], w_state)
            now[..., : 2 * hidden].sigmoid_()
            now[..., 2 * hidden : 3 * hidden].tanh_()
            now[..., 3 * hidden :].sigmoid_()
            enter, keep, fresh, leave = now.chunk(4, dim=-1)
            torch.mul(keep, cells[:, t], out=cells[:, t + 1]).addcmul_(enter, fresh)
            torch.tanh(cells[:, t + 1], out=squashed[:, t])
            torch.mul(leave, squashed[:, t], out=states[:, t + 1])
        ctx.save_for_backward(gates, squashed, states, cells, w_state)
        return states[:, 1:]

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        gates, squashed, states, cells, w_state = ctx.saved_tensors
        enter, keep, fresh, leave = gates.chunk(4, dim=-1)
        to_cell = torch.addcmul(leave, leave * squashed, squashed, value=-1)
        # what a change of c' does to the first three gates, and of h' to the last: (networks, time, batch, 4, hidden)
        through = torch.empty((*squashed.shape[:-1], 4, squashed.shape[-1]), dtype=gates.dtype, device=gates.device)
        torch.mul(fresh * enter, 1 - enter, out=through[..., 0, :])
        torch.mul(cells[:, :-1] * keep, 1 - keep, out=through[..., 1, :])
        torch.addcmul(enter, enter * fresh, fresh, value=-1, out=through[..., 2, :])
        torch.mul(squashed * leave, 1 - leave, out=through[..., 3, :])
        w_back = w_state.transpose(1, 2).contiguous()
        last = squashed.shape[1] - 1
        d_state, d_cell = upstream[0][:, last], torch.zeros_like(squashed[:, 0])
        for t in range(last, -1, -1):
            d_cell.addcmul_(d_state, to_cell[:, t])
            through[:, t, :, :3].mul_(d_cell.unsqueeze(-2))
            through[:, t, :, 3].mul_(d_state)
            if t:
                d_state = torch.baddbmm(upstream[0][:, t - 1], through[:, t].flatten(-2), w_back)
                d_cell.mul_(keep[:, t])
        d_gates = through.flatten(-2)
        return d_gates, *_sum_over_time(states, d_gates)


def _zeros_before(states: Tensor) -> Tensor:
    """Return room for states after each step behind a first one of zero, (networks, time + 1, batch, hidden)."""
    networks, time, *rest = states.shape
    room = states.new_empty(networks, time + 1, *rest)
    room[:, 0] = 0
    return room


def _sum_over_time(states: Tensor, d_gates: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradients of the recurrent weights and biases: the state before each step times what it drove."""
    before, driven = states[:, :-1].flatten(1, 2), d_gates.flatten(1, 2)  # (networks, time * batch, ...)
    return before.transpose(1, 2) @ driven, driven.sum(dim=1, keepdim=True)


_APPLY: dict[Cell, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "lstm": _Lstm.apply,
    "gru": _Gru.apply,
}
