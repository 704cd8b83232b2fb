"""Settings › Boutique et marque: the shop's address, the script to place, name and colour."""
