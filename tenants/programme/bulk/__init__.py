"""One act on many rows: first to which it applies, then done in the background (B7)."""
