"""Effects leave through rows that are written with what caused them."""
