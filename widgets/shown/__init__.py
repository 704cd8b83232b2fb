"""What the merchant shows on the shop: a host for every widget, and a file for each kind."""
