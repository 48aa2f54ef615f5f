"""Solvers: arrays in, weights with a certificate out. Workers only: they load scipy."""
