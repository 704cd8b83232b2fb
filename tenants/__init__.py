"""One merchant: its schema, its addresses, and (in the sub-packages) its data."""
