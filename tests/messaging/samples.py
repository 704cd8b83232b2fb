"""One believable context for each kind of email."""

from typing import Any

SAMPLES: dict[str, dict[str, Any]] = {
    "invitation": {
        "referrer": "Camille Rouvière",
        "first_name": "Thomas",
        "code": "CAMILLE-7Q3X",
        "invitation": "inv_01jd00000000000000000000aa",
        "amount": 500,
        "unit": "EUR",
        "minimum_order": 3000,
    },
    "cagnotte_opened": {"first_name": "Camille", "code": "CAMILLE-7Q3X"},
    "reward_promised_referrer": {
        "first_name": "Camille",
        "referee": "Thomas",
        "referrer": "Camille",
        "amount": 800,
        "unit": "EUR",
        "due_at": "2026-12-02T09:00:00+00:00",
    },
    "reward_promised_referee": {
        "first_name": "Thomas",
        "referee": "Thomas",
        "referrer": "Camille",
        "amount": 500,
        "unit": "EUR",
        "due_at": None,
    },
    "reward_posted": {
        "first_name": "Camille",
        "referee": "Thomas",
        "side": "referrer",
        "amount": 800,
        "unit": "EUR",
    },
    "reward_reversed": {
        "first_name": "Camille",
        "referee": "Thomas",
        "side": "referrer",
        "amount": 800,
        "unit": "EUR",
    },
    "prize_claimed": {"first_name": "Camille", "prize": "Bougie Aube 190 g", "code": "ACD34679XY"},
    "space_link": {"first_name": "Camille", "link": "0193f0a0-0000-7000-8000-000000000001"},
}
