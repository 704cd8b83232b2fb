"""Reading across merchants: states and counts, never a customer."""
