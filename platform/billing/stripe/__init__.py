"""Stripe: what is asked of it, what it tells, and how both become an account's absolute state."""
