"""The proof-of-compute worker and its verifier: what they keep, what they send, and the processes they run in.

The computation is in `compute/proof`. `python -m services.proof.prove` is the worker's process; the verifier is a part
of the server (`api/proof_routes`) or a process of its own (`verifying`).
"""
