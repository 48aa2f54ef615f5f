"""The likelihood of a batch is that of each series, whatever models and lengths stand beside it."""

import numpy as np
import pytest
import torch
from torch.autograd import gradcheck

from compute.forecast.sarima import Orders
from compute.forecast.sarima.batched.batch import Batch, stack, used_by
from compute.forecast.sarima.batched.likelihood import deviance
from compute.forecast.sarima.batched.polynomials import to_coefficients
from compute.forecast.sarima.likelihood import evaluate_likelihood
from compute.forecast.sarima.polynomials import expand
from compute.forecast.sarima.sample import prepare_sample

MODELS = [(2, 1, 0, 1), (0, 0, 0, 0), (1, 3, 2, 0), (3, 0, 0, 2), (0, 2, 1, 1)]
LARGEST = Orders(3, 0, 3, 2, 0, 2, 4)


def batch_of(device: torch.device) -> Batch:
    rng = np.random.default_rng(0)
    series, lengths = stack([rng.normal(0.3, 1, size) for size in (30, 61, 45, 50, 33)], device)
    has_mean = torch.tensor([True, False, True, False, True], device=device)
    return Batch(LARGEST, series, lengths, has_mean, used_by(LARGEST, np.array(MODELS), device))


def points(batch: Batch) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randn(batch.used.shape, generator=generator, dtype=torch.float64).to(batch.series.device)


def test_each_model_has_its_own_likelihood(device: torch.device) -> None:
    batch = batch_of(device)
    coefficients = to_coefficients(LARGEST, points(batch), batch.used)
    found = deviance(batch, coefficients).cpu().numpy()
    for i, (p, q, P, Q) in enumerate(MODELS):
        orders = Orders(p, 0, q, P, 0, Q, 4, bool(batch.has_mean[i]))
        values = batch.series[: int(batch.lengths[i]), i].cpu().numpy()
        own = coefficients[batch.used[:, i], i].cpu().numpy()
        alone = evaluate_likelihood(prepare_sample(orders, values), expand(orders, own))
        assert alone is not None
        assert found[i] == pytest.approx(-2 * alone.log_likelihood, abs=1e-8)


def test_the_gradient_is_exact(device: torch.device) -> None:
    batch = batch_of(device).at(torch.tensor([0, 4], device=device))
    free = (0.5 * points(batch)).requires_grad_()
    assert gradcheck(lambda free: deviance(batch, to_coefficients(LARGEST, free, batch.used)), (free,), atol=1e-4)
