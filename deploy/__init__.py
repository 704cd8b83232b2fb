"""How Ricochet is run."""
