"""Balanced, append-only books: accounts, and transfers between them."""
