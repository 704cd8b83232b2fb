"""Réglages › Clés d’API."""
