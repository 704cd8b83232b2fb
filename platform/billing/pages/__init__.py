"""The owner's pages: the plan, what it costs, and every way to change it."""
