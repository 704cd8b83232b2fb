"""The operator's admin: one host of its own, for staff with a second factor."""
