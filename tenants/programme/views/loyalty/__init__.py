"""Pages about loyalty: the earning rules, members, the ranking, recalculation."""
