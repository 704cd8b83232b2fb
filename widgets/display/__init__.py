"""Widgets for operations: on a brand's own site, they lead to a module and carry their source."""
