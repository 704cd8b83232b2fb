"""The back office's pages of operations."""
