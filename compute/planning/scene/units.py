"""Kinds of numbers that scenes are made of: lengths in metres, angles in radians, times in seconds."""

from typing import Annotated

from pydantic import Field

LARGEST = 1e6  # metres: closer than 1e-9 m cannot be told apart beyond it
SMALLEST_SIZE = 1e-6  # metres: a thousandth of a millimetre is the thickness of nothing that a robot meets

Coordinate = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
Point = tuple[Coordinate, Coordinate]
Size = Annotated[float, Field(ge=SMALLEST_SIZE, le=LARGEST)]
Heights = tuple[Coordinate, Coordinate]
