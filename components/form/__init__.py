"""Forms drawn from pydantic schemas: title, help, unit, bounds and default come from the `Field` only."""

from components.form.form import Form, problem_alert
from components.form.problems import PlacedProblems

__all__ = ["Form", "PlacedProblems", "problem_alert"]
