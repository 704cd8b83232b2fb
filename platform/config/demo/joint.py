"""An operation of two brands, under way: Maison Lumen and Brûlerie Noé, "Un automne à la maison".

Told through the same services that people use, each participation at its own moment, and delivered
to the partner as the outbox would have. Called in public; whoever is there already is left alone.
"""

import random
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from config.demo import cast, showing
from config.demo.mail import send_past
from kernel.errors import RicochetError
from operations import editing, modules, optins, parties, running, withdrawing
from operations.models import ModulePartner, Operation, OperationModule, SourceKind
from operations.participating import Source, Submission, participate
from operations.sharing import delivering, describing
from partnerships.models import Partnership, State
from partnerships.selectors import minors
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles.models import Consent

_NAME = "Un automne à la maison"
_PEOPLE = 300
_DAYS = 14
# How many come each day, from the first on: word gets round, and Sundays are quiet.
_RHYTHM = (9, 12, 11, 14, 17, 20, 18, 13, 13, 18, 22, 26, 24, 20)
_WORDS = {
    "title": {"fr": "Un automne à la maison", "en": "An autumn at home"},
    "subtitle": {
        "fr": "Une lampe Halo et un an de café pour vos soirées d’automne.",
        "en": "A Halo lamp and a year of coffee for your autumn evenings.",
    },
    "texts": {
        "thanks": {
            "fr": "Merci, votre participation est enregistrée. Le tirage a lieu le lendemain de la"
            " fin de l’opération.",
            "en": "Thank you, you have taken part. The draw is the day after the operation ends.",
        },
    },
    "rules": {
        "fr": "# Règlement\n\nMaison Lumen organise cette opération avec Brûlerie Noé. Une"
        " participation par personne majeure résidant en France.\n\n## Le lot\n\nUne lampe Halo et"
        " un an de café, d’une valeur de 480 €.\n\nCocher une case ne change rien à vos chances.",
        "en": "# Rules\n\nMaison Lumen runs this operation with Brûlerie Noé. One participation for"
        " each adult living in France.\n\n## The prize\n\nA Halo lamp and a year of coffee, worth"
        " €480.\n\nTicking a box changes nothing about your chances.",
    },
}


def play(*, major: Tenant, minor_name: str, now: datetime) -> None:
    """Fourteen days of it, with nine to come."""
    row = (
        Partnership.objects.select_related("minor")
        .filter(major=major, minor__name=minor_name, state=State.ACTIVE)
        .first()
    )
    if row is None or row.minor is None:
        return
    with enter(major):
        if Operation.objects.filter(name=_NAME).exists():
            return
        module = _make(row, row.minor, major, now)
        _people(module, row, now)
        describing.tell(operation_id=module.operation_id, partnership_id=row.id, now=now)
        while delivering.deliver(partnership_id=row.id, now=now).more:
            pass
        _regrets(row, now)
        showing.show(module=module, minor=row.minor, now=now)
        send_past(now=now)


def _make(row: Partnership, minor: Tenant, major: Tenant, now: datetime) -> OperationModule:
    zone = ZoneInfo(major.timezone)
    first = (now.astimezone(zone) - timedelta(days=_DAYS - 1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    before = first - timedelta(days=4)
    operation = editing.create(
        name=_NAME, starts_at=first, ends_at=first + timedelta(days=23, minutes=-1), now=before
    )
    editing.save_words(operation_id=operation.id, now=before, **_WORDS)
    module = modules.add_module(operation_id=operation.id, kind="form", now=before)
    modules.save_acquisition(
        module=module,
        fields=[
            {"name": "first_name", "required": True, "partners": [str(row.id)]},
            {"name": "email", "required": True, "partners": [str(row.id)]},
            {"name": "postcode", "required": False, "partners": []},
        ],
        asks_optin=True,
        optin_text={},
        double_optin=False,
        partners=[
            ModulePartner(
                module=module,
                partnership_id=row.id,
                partner_tenant_id=minor.id,
                name=minor.name,
                policy_url=f"{minor.site_url}/confidentialite" if minor.site_url else "",
                asks_optin=True,
                added_at=before,
            )
        ],
        offered={row.id},
        read={row.id: parties.seal_of(minors(partnership_ids=[row.id])[row.id])},
        now=before,
    )
    running.go_live(operation_id=operation.id, now=before)
    return OperationModule.objects.select_related("operation").get(id=module.id)


def _people(module: OperationModule, row: Partnership, now: datetime) -> None:
    rng = random.Random(11)  # noqa: S311 - a story, not a secret
    version = optins.form_version(module)
    begins = module.operation.starts_at or now
    people = iter(_crowd(rng))
    for day, count in enumerate(_RHYTHM):
        start = begins + timedelta(days=day, hours=7)
        moments = sorted(start + timedelta(minutes=rng.randint(0, 15 * 60)) for _ in range(count))
        for moment in moments:
            person = next(people, None)
            if person is None or moment >= now:
                continue
            _one(module=module, row=row, version=version, person=person, rng=rng, now=moment)


def _crowd(rng: random.Random) -> list[dict[str, str]]:
    """Some of the shop's own customers, and many whom it never saw."""
    known = cast.people(random.Random(7), 60)  # noqa: S311 - the cast of the story
    others = cast.people(random.Random(23), _PEOPLE)[len(cast.NAMED) :]  # noqa: S311
    for person in others:
        person["email"] = person["email"].replace(
            "@exemple.fr", f"{rng.randint(1, 99)}@exemple.org"
        )
    crowd = [*known[12:], *others]
    rng.shuffle(crowd)
    return crowd


def _one(
    *,
    module: OperationModule,
    row: Partnership,
    version: str,
    person: dict[str, str],
    rng: random.Random,
    now: datetime,
) -> None:
    boxes = {name for name, share in (("own", 0.52), (str(row.id), 0.46)) if rng.random() < share}
    source = rng.choices(
        [
            Source(SourceKind.WIDGET, showing.ref(showing.TAB)),
            Source(SourceKind.WIDGET, showing.ref(showing.INLINE), row.id),
            Source(SourceKind.EMAIL),
            Source(SourceKind.QR),
            Source(),
        ],
        weights=[40, 29, 16, 10, 5],
    )[0]
    try:
        participate(
            module=module,
            submission=Submission(
                key=uuid.UUID(int=rng.getrandbits(128)).hex,
                version=version,
                fields={
                    "first_name": person["first_name"],
                    "email": person["email"],
                    "postcode": rng.choice(["69003", "69006", "38000", "42000", "71000", ""]),
                },
                boxes=frozenset(boxes),
            ),
            source=source,
            now=now,
        )
    except RicochetError:
        return  # somebody who took part already


def _regrets(row: Partnership, now: datetime) -> None:
    """Two people took their yes to the partner back, and the partner knows."""
    given = Consent.objects.filter(controller_tenant_id=row.minor_id).order_by("granted_at", "id")
    for consent in given[5:7]:
        withdrawing.withdraw(consent=consent, how="link", now=now - timedelta(hours=2))
    delivering.deliver(partnership_id=row.id, now=now)
