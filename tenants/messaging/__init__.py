"""Emails to customers: written once, sent by the outbox."""
