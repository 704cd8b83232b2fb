"""Log-in from the shop: its server signs who is there, and their cagnotte opens."""
