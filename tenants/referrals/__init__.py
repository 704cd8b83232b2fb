"""Codes, links, clicks, invitations, and who referred whom."""
