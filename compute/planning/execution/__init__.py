"""Closed loop: a robot that sees, believes, chooses and moves among what moves on its own."""
