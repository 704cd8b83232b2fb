"""Pages about messages, and the few addresses that emails themselves lead to."""
