"""Latency: how long answers take."""
