"""The boxes of the emails that a customer wants: what a page shows, and what was ticked."""

from typing import Any

from django.http import HttpRequest

from tenants.messaging.catalogue.shapes import Topic
from tenants.messaging.choosing import TOPICS, Wishes


def shown(wishes: Wishes) -> dict[str, Any]:
    """The context of `space/email_choices.html`."""
    return {
        "topics": [
            (str(topic), label, about, topic in wishes.wanted)
            for topic, (label, about) in TOPICS.items()
        ],
        "opens": wishes.opens and not wishes.ended,
    }


def asked_for(request: HttpRequest) -> dict[str, Any]:
    """What was ticked; names that are no topics are nought."""
    ticked = set(request.POST.getlist("sujets"))
    return {
        "wanted": tuple(topic for topic in Topic if topic in ticked),
        "opens": request.POST.get("ouvertures") == "oui",
    }
