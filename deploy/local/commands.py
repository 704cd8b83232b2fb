"""How each process is started, with what environment, and where it listens."""

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.processes import ROOT, free_port

DOMAIN = "ricochet.localhost"
# Another site than the platform's, so that the script and its cookies really cross sites.
SHOP_HOST = "boutique-lumen.localhost"
MERCHANT = "maison-lumen"
PROCESSES = ("stripe", "mail", "web", "worker", "beat", "shop")
# Where the seed leaves keys, the merchant's origin and log-ins, in the data directory.
DEMO_FILE = "demo.json"


@dataclass(frozen=True)
class Ports:
    """Where each part listens on 127.0.0.1."""

    web: int
    shop: int
    inbox: int
    stripe: int
    smtp: int

    @classmethod
    def beside(cls, web: int) -> "Ports":
        """The demo's: the shop 100, the inbox 200 and the double of Stripe 300 above the web."""
        return cls(web=web, shop=web + 100, inbox=web + 200, stripe=web + 300, smtp=free_port())

    @classmethod
    def free(cls) -> "Ports":
        return cls(
            web=free_port(),
            shop=free_port(),
            inbox=free_port(),
            stripe=free_port(),
            smtp=free_port(),
        )


def environment(
    *,
    ports: Ports,
    data_dir: Path,
    database_url: str,
    redis_url: str,
    demo: Mapping[str, Any],
    extra: Mapping[str, str],
) -> dict[str, str]:
    """What every process sees: ours, without what a shell may hold about another Ricochet.

    `demo` is what the seed left behind; `extra` has the last word.
    """
    # Nor about a real account at Stripe: here the double takes the payments.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("RICOCHET_", "STRIPE_"))}
    return {
        **inherited,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": _kept_secret(data_dir, "secret_key"),
        "EMAIL_URL": f"smtp://127.0.0.1:{ports.smtp}",
        "PORT": str(ports.web),
        "STRIPE_API_URL": f"http://localhost:{ports.stripe}",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{_kept_secret(data_dir, 'stripe_secret')}",
        "RICOCHET_DEMO": "1",
        "RICOCHET_DOMAIN": DOMAIN,
        "RICOCHET_PUBLIC_PORT": str(ports.web),
        "RICOCHET_DEMO_FILE": str(data_dir / DEMO_FILE),
        "RICOCHET_SHOP_URL": f"http://{SHOP_HOST}:{ports.shop}",
        "RICOCHET_INBOX_URL": f"http://localhost:{ports.inbox}",
        "RICOCHET_URL": f"http://{MERCHANT}.{DOMAIN}:{ports.web}",
        "RICOCHET_SECRET_KEY": str(demo.get("secret_key", "")),
        "RICOCHET_PUBLIC_KEY": str(demo.get("public_key", "")),
        "RICOCHET_LOGIN_KEY": str(demo.get("login_key", "")),
        "RICOCHET_LOGIN_SECRET": str(demo.get("login_secret", "")),
        **extra,
    }


def _kept_secret(data_dir: Path, name: str) -> str:
    """One random text for a data directory, so that log-ins outlive a restart."""
    file = data_dir / name
    if not file.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text()


def command(name: str, *, ports: Ports, data_dir: Path, web_workers: int = 2) -> list[str]:
    """The command line of one of `PROCESSES`. Two web and two task processes meet every race.

    The web processes share a dozen threads, of which each has two at least.
    """
    celery = [sys.executable, "-m", "celery", "-A", "config.celery"]
    commands: dict[str, list[str]] = {
        "web": [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
            *("--port", str(ports.web), "--workers", str(web_workers)),
            *("--blocking-threads", str(max(2, 12 // web_workers))),
            *("--workers-kill-timeout", "5", "--log-level", "warning"),
            "config.wsgi:application",
        ],
        "worker": [
            # On one machine, who waits for a page comes before who waits for an email.
            *("nice", "-n", "5"),
            *(*celery, "worker", "--pool", "prefork", "--concurrency", "2"),
            *("--loglevel", "INFO", "--hostname", f"ricochet-{ports.web}@%h"),
            *("--without-gossip", "--without-mingle"),
        ],
        "beat": [
            *(*celery, "beat", "--loglevel", "INFO", "--pidfile", ""),
            *("--schedule", str(data_dir / "beat-schedule")),
        ],
        "mail": [
            *(sys.executable, "-m", "deploy.local.mail", "--smtp-port", str(ports.smtp)),
            *("--port", str(ports.inbox), "--directory", str(data_dir / "mail")),
        ],
        "stripe": [
            *(sys.executable, "-m", "billing.sandbox", "--port", str(ports.stripe)),
            *("--file", str(data_dir / "stripe.sqlite3")),
            *("--webhook", f"http://{DOMAIN}:{ports.web}/stripe/webhook"),
        ],
        "shop": [
            *(sys.executable, "-m", "deploy.demo_shop", "--port", str(ports.shop)),
            *("--orders", str(data_dir / "shop-orders.json")),
        ],
    }
    return commands[name]
