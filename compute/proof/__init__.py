"""Proof of compute: a receipt says that a device did a known amount of int8 matrix work, and the work can be checked.

`receipt` and `signatures` are light; `attempt` (making) and `verification` (checking) load NumPy and compiled loops, so
that only processes that work import them. Sending receipts, nonces and keys on disk belong to `services/proof`.
"""
