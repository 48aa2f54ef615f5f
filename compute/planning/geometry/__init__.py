"""Shapes, and distances to them."""
