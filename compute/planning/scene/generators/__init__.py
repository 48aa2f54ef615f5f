"""Scenes that are made up from a seed: mazes, scattered shapes, rooms; equal requests give equal scenes.

Only NumPy: a scene is made while somebody waits for it, where nothing is compiled.
"""

from compute.planning.scene.generators.generate import generate
from compute.planning.scene.generators.request import GeneratedScene, GenerateRequest

__all__ = ["GenerateRequest", "GeneratedScene", "generate"]
