"""An operator sees a merchant's back office as its team does: with a reason, and reading only."""
