"""Libraries of the tests' own, in C, built when they are first needed."""
