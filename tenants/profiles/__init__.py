"""People known to this merchant, and what they agreed to."""
