"""The back office's pages that rest on the whole programme."""
