"""Instant win: moments drawn ahead; whoever plays first from then on has won."""
