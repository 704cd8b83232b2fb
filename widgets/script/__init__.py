"""The script for shops: `v1.js`, how it is packed, and the addresses it is served from."""
