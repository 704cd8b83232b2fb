"""Settings, addresses and processes: imports every other room, and is imported by none."""
