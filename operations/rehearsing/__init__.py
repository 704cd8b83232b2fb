"""Trying an operation before people do: the true engine, with rows that count for nothing.

A test makes no profile, no consent, no share and no email, and takes nothing from any stock; its
trace tells what each of these would have been. Wiping it leaves nothing.
"""
