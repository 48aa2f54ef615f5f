"""The likelihood of complete series and its maximum as compiled loops: microseconds where arrays cost milliseconds.

The same formulas as `likelihood.py`, `css.py` and `optimiser.py` beside this folder, which stay the reference and serve
series with missing values. Importing a module of this package compiles its loops, some seconds in all, so only workers
do, in the functions that need them.

Everywhere `o` holds the orders, (p, q, P, Q, m), and `x` the coefficients (phi, theta, Phi, Theta), (K,). Functions
reach each other through pointers handed down as arguments: numba would otherwise compile the inner ones again inside
every outer one, which triples the time and, with pointers kept as globals, forbids keeping the result on disk.
"""
