"""Maison Lumen's shop: a stand-in for a merchant's site, on another site than Ricochet's.

It is written as a merchant would write it: nothing of Ricochet's code is imported, only its
public script and API are used. Standard library only.
"""
