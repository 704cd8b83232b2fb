"""Facts: orders and refunds, each stored once, with where it came from."""
