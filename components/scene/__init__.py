"""The drawing board of motion planning, and what it draws of a result. `assets/scene_*.js` does the drawing."""

from components.scene.board import board
from components.scene.plan_layers import plan_layers
from components.scene.run_layers import run_layers

__all__ = ["board", "plan_layers", "run_layers"]
