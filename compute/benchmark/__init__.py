"""Benchmarks: how fast a device is at what, with each answer checked before its time counts.

Here are the engine (sizes, repeats, checks, verdicts, roofline) and what needs no other subject: matrices, convolution
and memory. Workloads of other subjects come in from `services.benchmark`; so do clocks and sensors.
"""
