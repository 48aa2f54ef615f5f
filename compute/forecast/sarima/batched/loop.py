"""Searches of many models at once: those that have ended leave, so that no work is done for them."""

from dataclasses import fields
from typing import TypeVar

import torch
from torch import Tensor

CROWDED = 0.7  # share of searches still running, below which the others are let go: moving tensors costs too

State = TypeVar("State")


def take(state: State, places: Tensor) -> State:
    """Return the columns of a record of tensors, whose last axis is the search."""
    found = {field.name: getattr(state, field.name)[..., places] for field in fields(state)}  # type: ignore[arg-type]
    return type(state)(**found)


def put(state: State, places: Tensor, part: State) -> None:
    """Write a part of a record of tensors back to its columns."""
    for field in fields(state):  # type: ignore[arg-type]
        getattr(state, field.name)[..., places] = getattr(part, field.name)


def running(is_done: Tensor) -> Tensor | None:
    """Return the places of searches that go on, when so many have ended that the others should go on alone."""
    going = torch.nonzero(~is_done)[:, 0]  # waits for the device, once an iteration
    return going if going.numel() <= CROWDED * is_done.numel() else None
