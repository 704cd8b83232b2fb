"""The public site: home, pricing, sign-up."""
