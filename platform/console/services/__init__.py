"""What operators do. Each act is written to the trail in its own transaction."""
