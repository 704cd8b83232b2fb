"""A local double of Stripe: the part of its API that Ricochet uses, in a process of its own.

The official client talks to it unmodified. It keeps Stripe's shapes (of `API_VERSION`, the one
that the client pins), its errors, idempotency keys, pages of lists and expansion; it has a checkout
page, a customer portal, a clock that can be moved forward, and sends signed webhooks that can be
made to come twice, late, in another order or not at all. It takes no money, knows no card number.

It imports nothing of the platform: `python -m billing.sandbox --help`.
"""

API_VERSION = "2026-10-28.endive"
