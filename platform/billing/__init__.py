"""Plans and what they allow; Stripe subscriptions."""
