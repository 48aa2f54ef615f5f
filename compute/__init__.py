"""Pure computations: arrays and frozen schemas in, frozen schemas out.

No file, clock, network, log, Flask or Dash belongs here, and no subject imports another; what subjects share
lies at the bottom: `schema`, `job`, `series`, `timeindex`, `device`.
"""
