"""Loyalty: what paid orders, invoices and sessions earn, and how it is used at checkout."""
