"""Every environment variable that the platform reads, in one table.

The README's table is printed from this one (`manage.py env_table`), so that the two agree.
"""

from dataclasses import dataclass
from typing import Any

import environ


@dataclass(frozen=True)
class Variable:
    """One environment variable: how it is parsed, what it is without, what it is for."""

    name: str
    cast: type
    default: Any
    meaning: str


VARIABLES = (
    Variable("SECRET_KEY", str, "", "Signs cookies and links. Required unless RICOCHET_DEMO."),
    Variable("DATABASE_URL", str, "", "PostgreSQL 15 or later; no pooler in transaction mode."),
    Variable("DATABASE_POOL_MAX", int, 8, "Connections that one process keeps at most."),
    Variable("DATABASE_ANSWER_SECONDS", int, 10, "The web waits so long for a statement's answer."),
    Variable("TEST_DATABASE_NAME", str, "", "The tests' own database, when it needs a name."),
    Variable("REDIS_URL", str, "redis://127.0.0.1:6379/0", "Redis or Valkey: broker and cache."),
    Variable("RICOCHET_DOMAIN", str, "ricochet.localhost", "The platform's own host name."),
    Variable("RICOCHET_SCHEME", str, "http", "http or https, as browsers see it."),
    Variable("PORT", int, 8000, "The port that the web server listens on."),
    Variable("RICOCHET_PUBLIC_PORT", int, 0, "The port in links; 0 means the scheme's own."),
    Variable("RICOCHET_DEMO", bool, False, "Serves /_components and the inbox; relaxes secrets."),
    Variable("RICOCHET_DEBUG", bool, False, "Django's debug pages. Never in production."),
    Variable("RICOCHET_TRUST_PROXY", bool, False, "Believe X-Forwarded-Proto from the proxy."),
    Variable("EMAIL_URL", str, "smtp://127.0.0.1:1025", "Where mail is handed over."),
    Variable("RICOCHET_FROM_EMAIL", str, "Ricochet <bonjour@ricochet.localhost>", "Sender."),
    Variable("RICOCHET_COMPANY", str, "", "Legal notice: who publishes; lines parted by ;"),
    Variable("RICOCHET_DIRECTOR", str, "", "Legal notice: who answers for what it says."),
    Variable("RICOCHET_HOSTING", str, "", "Legal notice: who hosts; lines parted by ;"),
    Variable("RICOCHET_CONTACT_EMAIL", str, "", "Where visitors and merchants write to."),
    Variable("STRIPE_SECRET_KEY", str, "", "Takes payments; without it the double plays Stripe."),
    Variable("STRIPE_WEBHOOK_SECRET", str, "", "Of /stripe/webhook. Required with a Stripe key."),
    Variable("STRIPE_API_URL", str, "", "Not Stripe's own address: the double's, or a proxy's."),
    Variable("STRIPE_TAX", bool, True, "Stripe Tax reckons the VAT. Off: invoices bear none."),
    Variable("RICOCHET_LOG_LEVEL", str, "INFO", "DEBUG, INFO, WARNING or ERROR."),
)


def read() -> dict[str, Any]:
    """Read the table from the environment; a value that cannot be parsed raises at start-up."""
    env = environ.Env()
    return {v.name: env.get_value(v.name, cast=v.cast, default=v.default) for v in VARIABLES}
