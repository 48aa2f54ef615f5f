"""The shortest way alone, among what is at rest: exact, and quick enough to follow a hand that drags."""
