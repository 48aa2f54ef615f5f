"""Closed loop: a robot that sees, believes, chooses and moves among what moves on its own.

`run` is the front door; `simulate` has the world as it is, `sensing` what a range sensor tells of it, `agent` the
robot's mind, `survey` what that knows of a map it explores, `shield` what it never does, `tracking` a mind that follows
a plan.
"""
