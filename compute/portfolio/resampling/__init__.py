"""How sure weights and frontiers are: what they would be, had the history been drawn again."""
