"""Payments: Stripe with a key, its local double without one."""

import hashlib
import hmac

from django.core.exceptions import ImproperlyConfigured

from config import env as environment

_env = environment.read()

STRIPE_SECRET_KEY = _env["STRIPE_SECRET_KEY"].strip()
STRIPE_WEBHOOK_SECRET = _env["STRIPE_WEBHOOK_SECRET"].strip()
STRIPE_LIVE = STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_"))
STRIPE_TAX = _env["STRIPE_TAX"]
# The double of `make demo` listens 300 above the web.
STRIPE_API_URL = _env["STRIPE_API_URL"].strip().rstrip("/") or (
    "" if STRIPE_SECRET_KEY else f"http://localhost:{_env['PORT'] + 300}"
)
if STRIPE_SECRET_KEY and not STRIPE_WEBHOOK_SECRET:
    # R15: with an empty secret anybody could sign an event.
    raise ImproperlyConfigured(
        "Set STRIPE_WEBHOOK_SECRET (whsec_…) beside STRIPE_SECRET_KEY: Stripe shows it where the"
        " webhook's address, /stripe/webhook on the platform's own host, is entered."
    )
if STRIPE_SECRET_KEY and not STRIPE_SECRET_KEY.startswith(
    ("sk_live_", "sk_test_", "rk_live_", "rk_test_")
):
    raise ImproperlyConfigured("STRIPE_SECRET_KEY is no secret key: those begin with sk_ or rk_.")
if not STRIPE_WEBHOOK_SECRET:
    # Nobody else knows it: without a double that was given a secret, no event is believed.
    _key = (_env["SECRET_KEY"] or "demo-only").encode()
    STRIPE_WEBHOOK_SECRET = f"whsec_{hmac.new(_key, b'stripe double', hashlib.sha256).hexdigest()}"
