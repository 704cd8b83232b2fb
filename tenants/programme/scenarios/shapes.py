"""What a scenario is to the clock: whom it takes in, and what it says to one person now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.features import Feature
from tenants.messaging.catalogue.shapes import Words
from tenants.messaging.models import Enrolment, Scenario
from tenants.programme.models import ProgrammeVersion


class StopError(Exception):
    """This person leaves the scenario: `reason` is a key of `sentences.STOPS`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Moment:
    """What every question of one run shares. `days` is the delay of the first step."""

    now: datetime
    version: ProgrammeVersion
    scenario: Scenario
    days: int


Find = Callable[[Moment, int], list[Enrolment]]
Speak = Callable[[Enrolment, Moment], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Spec:
    """One ready-made scenario.

    - `find(moment, limit)`: new enrolments, unsaved, of people who are not in it for this occasion
    - `speak(enrolment, moment)`: the email's context now; StopError when it is no longer called for
    - `before`: the fact lies ahead, and the first step's days count backwards from it
    - `stops`: what ends it, as sentences
    """

    key: str
    name: Words
    who: Words
    anchor: Words
    find: Find
    speak: Speak
    stops: tuple[Words, ...]
    before: bool = False
    friends: bool = False
    feature: Feature | None = None
