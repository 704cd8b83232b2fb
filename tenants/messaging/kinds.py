"""Every kind of email there is, and which of them are marketing.

Marketing goes out at most once, and never to somebody who unsubscribed. What tells a customer
about their own money or opens their own space goes out whatever they chose, at least once.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its templates are `messaging/emails/<name>.{subject.txt,txt,html}`."""

    name: str
    marketing: bool = False


KINDS = {
    kind.name: kind
    for kind in (
        Kind("invitation", marketing=True),
        Kind("cagnotte_opened"),
        Kind("reward_promised_referrer"),
        Kind("reward_promised_referee"),
        Kind("reward_posted"),
        Kind("reward_reversed"),
        Kind("prize_claimed"),
        Kind("space_link"),
    )
}
