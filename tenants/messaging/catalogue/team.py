"""Emails to the merchant's own team."""

from tenants.messaging.catalogue.shapes import Kind

TEAM: tuple[Kind, ...] = ()
