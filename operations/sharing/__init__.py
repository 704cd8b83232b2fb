"""The major's side of sharing: what leaves for a partner, in which state, and whether it arrived.

`delivering` carries participations and takes them back, `describing` tells a partner of the
operation itself, `reconciling` compares both sides. `handlers` is what the outbox calls.
"""
