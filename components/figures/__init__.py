"""Figures: a result goes in, a Plotly figure comes out. One file per subject."""
