"""Benchmarks of this machine: its facts, what disturbs it, the workloads of other subjects, and what was found before.

The engine is `compute.benchmark`; `run` is the way in for a job, `history` for whoever shows earlier runs.
"""
