"""Coupons: one code for each person who takes part, ours or the merchant's own."""
