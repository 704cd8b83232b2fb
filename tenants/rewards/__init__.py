"""Prizes, and claims of them: what a cagnotte is spent on."""
