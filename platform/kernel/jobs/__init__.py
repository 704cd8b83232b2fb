"""Long work in short steps: each one is a transaction that asks for the next."""
