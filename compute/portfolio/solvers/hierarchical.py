"""Hierarchical risk parity and hierarchical equal risk contribution: weights from a tree of what moves together."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage, optimal_leaf_ordering

from compute.portfolio.limits import Array, Limits
from compute.portfolio.solution import Solution
from compute.portfolio.solvers.feasibility import check_box
from compute.portfolio.solvers.mean_variance import checked_covariance
from compute.portfolio.solvers.simple import nearest, refuse_riskless

Linkage = Literal["single", "complete", "average", "ward"]
Labels = NDArray[np.int64]


def hierarchical_risk_parity(
    sigma: Array, limits: Limits, method: Linkage = "single", is_ordered: bool = True
) -> Solution:
    """Return the weights of Lopez de Prado (2016): assets in the order of the tree, halved again and again.

    `sigma` (n, n). Distance `sqrt((1 - correlation) / 2)`; `is_ordered` puts similar leaves side by side (optimal leaf
    ordering, as skfolio and Riskfolio do; PyPortfolioOpt does not). Each half gets weight in inverse proportion to the
    variance of its inverse-variance portfolio. Where `limits` forbid the result, the nearest allowed weights are
    returned, which the certificate's method says; `objective` is the squared distance moved.
    Raises InfeasibleError where no portfolio meets the limits, UndefinedError for an asset without risk.
    """
    sigma = _checked(sigma, limits)
    tree = _tree(sigma, method, is_ordered)
    order = leaves_list(tree) if limits.n > 1 else np.zeros(1, dtype=np.int64)
    ordered = sigma[np.ix_(order, order)]
    precision = 1.0 / np.diagonal(ordered)
    weights = np.ones(limits.n)
    parts = [(0, limits.n)]
    while parts:
        first, end = parts.pop()
        if end - first < 2:
            continue
        middle = first + (end - first) // 2
        left, right = (_variance(ordered, precision, *half) for half in ((first, middle), (middle, end)))
        share = _split(left, right)
        weights[first:middle] *= share
        weights[middle:end] *= 1.0 - share
        parts += [(first, middle), (middle, end)]
    unordered = np.empty(limits.n)
    unordered[order] = weights * limits.net
    return nearest(unordered, limits, "hierarchical risk parity")


def hierarchical_equal_risk(
    sigma: Array, limits: Limits, method: Linkage = "ward", clusters: int | None = None
) -> Solution:
    """Return the weights of Raffinot (2018): clusters share the risk down the tree, their assets by inverse variance.

    `clusters` is the number of clusters; None chooses it by the second difference of the distances within clusters
    (Yue, Wang and Wei 2008), at most sqrt(n). Other arguments, result and errors as in `hierarchical_risk_parity`.
    """
    sigma = _checked(sigma, limits)
    if limits.n < 3:
        inverse = 1.0 / np.diagonal(sigma)
        return nearest(limits.net * inverse / inverse.sum(), limits, "hierarchical equal risk")
    tree = _tree(sigma, method, is_ordered=False)
    distances = _distances(sigma)
    count = clusters or _cluster_count(tree, distances)
    if not 1 <= count <= limits.n:
        raise ValueError(f"{count} clusters of {limits.n} assets are not possible; choose 1 to {limits.n}")
    labels = fcluster(tree, count, criterion="maxclust").astype(np.int64)
    weights = np.zeros(limits.n)
    risks = np.zeros(int(labels.max()) + 1)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        inverse = 1.0 / np.diagonal(sigma)[members]
        weights[members] = inverse / inverse.sum()
        risks[label] = weights[members] @ sigma[np.ix_(members, members)] @ weights[members]
    shares = _shares(tree, labels, risks)
    return nearest(limits.net * weights * shares[labels], limits, "hierarchical equal risk")


def _checked(sigma: Array, limits: Limits) -> Array:
    check_box(limits)
    sigma = checked_covariance(sigma, limits)
    refuse_riskless(np.diagonal(sigma), limits)
    return sigma


def _distances(sigma: Array) -> Array:
    """Return `sqrt((1 - correlation) / 2)`, (n, n), zero on the diagonal."""
    deviations = np.sqrt(np.diagonal(sigma))
    correlation = np.clip(sigma / np.outer(deviations, deviations), -1.0, 1.0)
    distances = np.sqrt(np.maximum(0.0, (1.0 - correlation) / 2.0))
    np.fill_diagonal(distances, 0.0)
    return np.asarray(distances)


def _tree(sigma: Array, method: Linkage, is_ordered: bool) -> Array:
    n = len(sigma)
    if n < 2:
        return np.zeros((0, 4))
    pairs = _distances(sigma)[np.triu_indices(n, 1)]
    tree = linkage(pairs, method)
    return np.asarray(optimal_leaf_ordering(tree, pairs) if is_ordered else tree)


def _variance(ordered: Array, precision: Array, first: int, end: int) -> float:
    """Return the variance of the inverse-variance portfolio of a run of assets."""
    weights = precision[first:end] / precision[first:end].sum()
    return float(weights @ ordered[first:end, first:end] @ weights)


def _cluster_count(tree: Array, distances: Array) -> int:
    """Return the number of clusters where the distances within them stop falling fast, 1 to about sqrt(n)."""
    n = len(distances)
    most = min(n, int(np.ceil(np.sqrt(n))) + 2)
    within = np.zeros(most)
    for count in range(1, most + 1):
        labels = fcluster(tree, count, criterion="maxclust")
        for label in np.unique(labels):
            members = np.flatnonzero(labels == label)
            within[count - 1] += distances[np.ix_(members, members)].sum() / (2.0 * members.size)
    return int(np.argmax(within[2:] + within[:-2] - 2.0 * within[1:-1])) + 2


def _shares(tree: Array, labels: Labels, risks: Array) -> Array:
    """Return the share of the capital of each cluster, indexed by label: split down the tree by inverse risk."""
    n = len(labels)
    inside: list[frozenset[int]] = [frozenset((int(label),)) for label in labels]
    for left, right, *_ in tree:
        inside.append(inside[int(left)] | inside[int(right)])
    shares = np.zeros_like(risks)
    todo = [(2 * n - 2, 1.0)]
    while todo:
        node, share = todo.pop()
        if len(inside[node]) == 1:
            shares[next(iter(inside[node]))] += share
            continue
        left, right = int(tree[node - n, 0]), int(tree[node - n, 1])
        risk_left = float(sum(risks[label] for label in inside[left]))
        risk_right = float(sum(risks[label] for label in inside[right]))
        part = _split(risk_left, risk_right)
        todo.append((left, share * part))
        todo.append((right, share * (1.0 - part)))
    return shares


def _split(left: float, right: float) -> float:
    """Return the share of the left side, in inverse proportion to the risks; half where neither has any."""
    return right / (left + right) if left + right > 0 else 0.5
