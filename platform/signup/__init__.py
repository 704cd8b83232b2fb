"""The public site, and how a stranger becomes a merchant."""
