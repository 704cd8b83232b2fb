"""A merchant who signs up: from the link in the email to the first page of its back office."""

import re
import statistics
import time
import uuid
from typing import Any

from tests.benchmarks.partners import PASSWORD, browser
from tests.benchmarks.results import Row


def measure(*, rounds: int) -> list[Row]:
    """Through the pages, in this process: the form behind the link is sent, and the way that its
    answer leads is followed to the guided set-up. What was waited for before, the email's way,
    is no part of it.
    """
    # What is cached once for a process is no part of any merchant's time.
    _one(-1)
    confirmed, whole = zip(*(_one(number) for number in range(rounds)), strict=True)
    ours, ready = statistics.median(whole), statistics.median(confirmed)
    return [
        Row(
            what="A merchant's back office, from confirm to the first page of the set-up",
            ours=f"{ours * 1000:.0f} ms ({ready * 1000:.0f} ms to confirm)",
            aim="under 1 s",
            reached=ours < 1,
        )
    ]


def _one(number: int) -> tuple[float, float]:
    """Seconds until the back office is ready, and until its owner has the first page."""
    slug, token = _asked(number)
    platform = browser("")
    started = time.perf_counter()
    ready = platform.post(f"/inscription/{token}", {"slug": slug, "password": PASSWORD})
    confirmed = time.perf_counter() - started
    assert ready.status_code == 200, re.sub("<[^>]+>", " ", ready.content.decode())
    way = "/" + ready["Refresh"].split("://", 1)[1].split("/", 1)[1]
    first = browser(slug).post(way, follow=True)
    whole = time.perf_counter() - started
    assert first.status_code == 200
    assert first.request["PATH_INFO"].startswith("/mise-en-route/"), first.request["PATH_INFO"]
    return confirmed, whole


def _asked(number: int) -> tuple[str, Any]:
    """The address that was asked for, and what the email's link ends with."""
    from django.utils import timezone

    from accounts.tokens import token_for
    from signup import texts
    from signup.services.asking import Asked, ask

    slug = f"boutique-{uuid.uuid4().hex[:10]}"
    asked = Asked(
        email=f"{slug}@exemple.fr",
        shop_name=f"Boutique {number}",
        slug=slug,
        plan="growing",
        interval="month",
        terms=texts.LATEST,
    )
    row = ask(
        asked=asked,
        key=uuid.uuid4(),
        connection_from=f"192.0.2.{number % 200 + 1}",
        now=timezone.now(),
    )
    return slug, token_for(row.id)
