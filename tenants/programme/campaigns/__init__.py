"""Campaigns: whom a segment chooses, who of them may be written to, and the work that sends."""
