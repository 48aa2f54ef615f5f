"""Motion planning on a plane: a disc among obstacles."""
