"""A believable merchant to try the product with. Never used in production."""
