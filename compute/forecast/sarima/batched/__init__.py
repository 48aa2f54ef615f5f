"""Seasonal ARIMA of many series at once on a device: every step of the work is one operation for all of them.

The formulas are those of `kernels` beside this folder, which is quicker on a CPU; here a GPU is fed. Tensors have the
series last, so that neighbours in memory are neighbours in the batch: a filter's rows are (n, columns, B), coefficients
(K, B) in the order (phi, theta, Phi, Theta). Models of one batch may differ: each is the largest of them with some
coefficients held at zero, which changes nothing of its likelihood. Series end at different steps and are zero from
there on.

A GPU that is told what to do by Python waits for Python, so what counts is the number of operations. A filter of k
coefficients over n steps takes about `k sqrt(2 n) + 2 sqrt(2 n)` of them instead of k n (`recursion.py`); an evaluation
of the likelihood of (2,1,1) 250 over 100 steps and 370 over 1000, with its gradient 560 and 860, an iteration of least
squares 300; the whole search, from nine starts to the maximum, 64 000 and 87 000, however many series there are.
Nothing waits for the device but the ends of loops, once an iteration.
"""

from compute.forecast.sarima.batched.fit import fit_batch

__all__ = ["fit_batch"]
