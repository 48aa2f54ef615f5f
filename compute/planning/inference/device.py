"""The function of `rollout` in PyTorch, for a GPU: the same policies, the same parts, in single precision.

The clamped speed makes velocities a recurrence, five kernels a step; everything else is done for all steps at once.
"""

import math

import numpy as np
import torch
from torch import Tensor

from compute.device import choose_device
from compute.planning.inference.rollout import FAR, LOOK_EVERY, SURE, Rolled, Situation, Small, pack

SIGHT_STEPS = 64  # points looked at between robot and mover


def roll_out_on(accelerations: Small, situation: Situation, device: str) -> Rolled:
    """Return what `rollout.roll_out` does, computed on `device`."""
    where = choose_device(device)
    with torch.no_grad():
        positions, velocities, parts = _roll(torch.from_numpy(accelerations).to(where), situation, where)
    return Rolled(positions.cpu().numpy(), velocities.cpu().numpy(), parts.cpu().numpy().astype(np.float64))


def _roll(accelerations: Tensor, situation: Situation, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    K, T, _ = accelerations.shape
    wants, terrain, dt = situation.preferences, situation.terrain, situation.dt
    _, arrays = pack(situation, T)
    means, spread, weight, radii = (torch.from_numpy(a).to(device, torch.float32) for a in arrays)
    means, spread = means[:, :T], spread[:, :T]
    distance, value, gain = (torch.from_numpy(r).to(device) for r in (terrain.distance, terrain.value, terrain.gain))
    begin = torch.from_numpy(np.stack([situation.position, situation.velocity])).to(device, torch.float32)

    size = accelerations.norm(dim=2, keepdim=True).clamp(min=1e-30)
    wanted = accelerations * (situation.max_acceleration / size).clamp(max=1.0) * dt
    velocity, steps = begin[1].expand(K, 2), []
    for t in range(T):
        velocity = velocity + wanted[:, t]
        speed = velocity.norm(dim=1, keepdim=True).clamp(min=1e-30)
        velocity = velocity * (situation.max_velocity / speed).clamp(max=1.0)
        steps.append(velocity)
    velocities = torch.stack(steps, dim=1)
    before = torch.cat([begin[1].expand(K, 1, 2), velocities[:, :-1]], dim=1)
    positions = begin[0] + (0.5 * dt * (before + velocities)).cumsum(dim=1)

    way = _look_up(value, terrain.corner, terrain.step, positions) / situation.max_velocity
    risk = wants.haste * dt * way.sum(dim=1) + wants.arrival * way[:, -1]
    log_safe = _log_safe(positions, situation, distance, means, spread, weight, radii)
    c = -torch.expm1(log_safe)
    never = math.log1p(-wants.accepted_risk)
    happens = torch.where(c > 0, c * (c.clamp(min=1e-30) / wants.accepted_risk).log(), 0.0)
    collision = (happens + (log_safe - never) * (1 - c)).sum(dim=1)
    control = 0.5 * wants.effort / dt * (velocities - before).square().sum(dim=(1, 2))
    looks = _look_up(gain, terrain.corner, terrain.step, positions).clamp(min=0)
    seen = looks.cummax(dim=1).values.mean(dim=1)  # what is learned soon is at hand for more decisions
    ambiguity, told = _looks(positions, situation, distance, means, spread)
    parts = torch.stack(
        [risk, wants.collision * collision, wants.ambiguity * ambiguity, wants.information * (seen + told), control],
        dim=1,
    )
    return positions, velocities, parts


def _look_up(raster: Tensor, corner: np.ndarray, step: float, points: Tensor) -> Tensor:
    ny, nx = raster.shape
    u = ((points[..., 0] - float(corner[0])) / step).clamp(0, nx - 1.001)
    v = ((points[..., 1] - float(corner[1])) / step).clamp(0, ny - 1.001)
    i, j = u.long(), v.long()
    fu, fv, flat, at = u - i, v - j, raster.reshape(-1), j * nx + i
    low = flat[at] * (1 - fu) + flat[at + 1] * fu
    high = flat[at + nx] * (1 - fu) + flat[at + nx + 1] * fu
    return low * (1 - fv) + high * fv


def _log_safe(
    positions: Tensor,
    situation: Situation,
    distance: Tensor,
    means: Tensor,
    spread: Tensor,
    weight: Tensor,
    radii: Tensor,
) -> Tensor:
    """Return ln P(no collision) of every policy at every step, (K, T); mover by mover, to keep memory small."""
    terrain, margin = situation.terrain, situation.preferences.margin
    gap = _look_up(distance, terrain.corner, terrain.step, positions) - situation.radius
    hit = torch.where(gap < FAR * margin, torch.special.ndtr(-gap / margin), 0.0)
    total = torch.log1p(-hit.clamp(max=SURE))
    for j in range(radii.numel()):
        hit = torch.zeros_like(gap)
        for model in range(2):
            s = (spread[model, :, j].square() + margin**2).sqrt()
            gap = (positions - means[model, :, j]).norm(dim=2) - situation.radius - radii[j]
            hit = hit + weight[model, j] * torch.where(gap < FAR * s, torch.special.ndtr(-gap / s), 0.0)
        total = total + torch.log1p(-hit.clamp(max=SURE))
    return total


def _looks(
    positions: Tensor, situation: Situation, distance: Tensor, means: Tensor, spread: Tensor
) -> tuple[Tensor, Tensor]:
    """Return the ambiguity of looks at the movers and what the best look tells of each, (K,) each."""
    sensor, T = situation.sensor, positions.shape[1]
    none = positions.new_zeros(positions.shape[0])
    if sensor.range >= 1e29 or means.shape[2] == 0:
        return none, none
    chosen = slice(LOOK_EVERY - 1, T, LOOK_EVERY)
    at, to = positions[:, chosen, None], means[0, chosen][None]  # (K, L, 1, 2), (1, L, m, 2)
    apart = (at - to).square().sum(dim=3)
    share = torch.linspace(0, 1, SIGHT_STEPS, device=positions.device)[:, None, None, None, None]
    is_seen = apart <= sensor.range**2
    for part in share:
        between = _look_up(distance, situation.terrain.corner, situation.terrain.step, at + part * (to - at))
        is_seen = is_seen & (between >= 0)
    worse = 1 + apart / sensor.doubling**2
    ambiguity = torch.where(is_seen, worse.log(), 0.0).sum(dim=(1, 2)) * LOOK_EVERY / T
    told = torch.log1p(spread[0, chosen][None].square() / (sensor.noise**2 * worse))
    return ambiguity, torch.where(is_seen, told, 0.0).amax(dim=1).sum(dim=1)
