"""Stripe's HTTP API, as far as it is used here."""
