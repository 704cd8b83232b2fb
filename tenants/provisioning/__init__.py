"""Makes, checks, exports and removes a merchant's schema."""
