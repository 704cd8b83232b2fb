"""The conductor: a fact comes in, the features answer, in one place and one order."""
