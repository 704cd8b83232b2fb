"""What the demo's merchants wrote to many: campaigns with their results, reminders that run.

Campaigns leave and reminders run while the story is told, at their own dates, so that the orders
and referrals of the weeks after are those that the pages count. Who clicked is drawn afterwards.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from kernel.jobs.models import Job
from kernel.jobs.services import run_step
from tenants.context import current_tenant
from tenants.messaging import campaigns, choosing, scenarios, unsubscribing
from tenants.messaging.catalogue.shapes import Topic
from tenants.messaging.models import Campaign, Click, Email, EmailLink, EmailState
from tenants.messaging.writing.texts import Text
from tenants.profiles.models import Profile
from tenants.programme.campaigns import sending
from tenants.programme.scenarios import clock

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Letter:
    """A campaign: its name, its words, whom it is for. `days` is how long ago it left."""

    name: str
    subject: str
    body: str
    segment: dict[str, object]
    days: int = 0
    preheader: str = ""
    button: str = "Inviter un proche"
    target: str = "referral_url"


LUMEN = (
    Letter(
        "Un proche, un cadeau",
        "{{ first_name }}, offrez {{ amount }} de lumière à un proche",
        "# Faites-nous découvrir\n\n{{ greeting }}\n\nUn proche qui vient de votre part a son "
        "cadeau sur sa première commande, et vous avez le vôtre.\n\n> Votre code\n> **{{ code }}**",
        {"referrals_max": 0, "ordered_within": 365},
        days=74,
        preheader="Votre lien est prêt, il suffit de le partager.",
    ),
    Letter(
        "Merci à nos ambassadeurs",
        "Merci, {{ first_name }}",
        "# Merci\n\n{{ greeting }}\n\nVos proches sont devenus nos clients, et c’est grâce à "
        "vous. Votre cagnotte vous attend.",
        {"referrals_min": 1},
        days=23,
        preheader="Vos proches sont devenus nos clients.",
        button="Ouvrir ma cagnotte",
        target="space_url",
    ),
)
_COMING = Letter(
    "La nouvelle collection",
    "Nos bougies de saison sont là",
    "# La collection est arrivée\n\n{{ greeting }}\n\nQuatre senteurs nouvelles, coulées à "
    "l’atelier. Invitez un proche à les découvrir : vous y gagnez tous les deux.",
    {"not_ordered_for": 60, "language": "fr"},
    button="Inviter un proche",
)
_DRAFT = Letter(
    "Cagnottes qui dorment",
    "{{ first_name }}, {{ balance }} vous attendent",
    "# Votre cagnotte vous attend\n\n{{ greeting }}\n\nElle s’utilise sur votre prochaine "
    "commande.",
    {"balance_min": 1000, "not_ordered_for": 90},
    button="Ouvrir ma cagnotte",
    target="space_url",
)
CLAIRVAL = (
    Letter(
        "Une séance à partager",
        "Et si vous veniez à deux, {{ first_name }}",
        "# Une séance, un proche\n\n{{ greeting }}\n\nUn proche qui réserve de votre part vous "
        "rapporte des points, et en reçoit aussi.",
        {},
        days=40,
        preheader="Votre lien de parrainage est prêt.",
    ),
)


@dataclass
class Mailings:
    """One merchant's mailings, in the order of their dates; `tick` is called as time passes."""

    today: datetime
    letters: tuple[Letter, ...]
    reminders: tuple[str, ...]
    reminding_since: timedelta = timedelta(days=150)
    sent: set[str] = field(default_factory=set)

    def tick(self, now: datetime) -> None:
        """What was due by now left."""
        for letter in self.letters:
            at = self.today - timedelta(days=letter.days)
            if letter.name not in self.sent and now >= at:
                self.sent.add(letter.name)
                _send(letter, at)
        if now >= self.today - self.reminding_since:
            for key in self.reminders:
                scenarios.switch(key=key, enabled=True, author_id=None, now=now)
            clock.run(now=now, limit=500)


def _written(letter: Letter, now: datetime) -> Campaign:
    text = Text(
        subject=letter.subject,
        preheader=letter.preheader,
        body=letter.body,
        button=letter.button,
    )
    row = campaigns.create(name=letter.name, text=text, author_id=None, now=now)
    return campaigns.save(
        campaign_id=row.id,
        name=letter.name,
        text=text,
        target=letter.target,
        segment=letter.segment,
        tenant=current_tenant(),
        now=now,
    )


def _send(letter: Letter, at: datetime) -> None:
    row = _written(letter, at - _HOUR)
    row = sending.launch(campaign_id=row.id, now=at)
    job = Job.objects.get(key=f"campaign:{row.id}:{row.run}")
    while job.is_open:
        with transaction.atomic():
            run_step(job_id=job.id, step=job.step, now=at)
        job.refresh_from_db()


def choose(*, now: datetime, seed: int = 3) -> None:
    """Some customers chose what they get, and some let the merchant know what they open."""
    rng = random.Random(seed)  # noqa: S311
    people = list(Profile.objects.exclude(email="").filter(order_count__gt=0).order_by("email"))
    everything = tuple(Topic)
    for person in rng.sample(people, k=len(people) // 3):
        choosing.choose_own(profile=person, wanted=everything, opens=True, now=now)
    for person in rng.sample(people, k=min(3, len(people))):
        kept = (Topic.CAMPAIGNS, Topic.INVITATIONS)
        choosing.choose_own(profile=person, wanted=kept, opens=False, now=now)


def read(*, now: datetime, seed: int = 5) -> None:
    """Who opened, clicked and had enough, of the emails that left; then what is still to come."""
    rng = random.Random(seed)  # noqa: S311
    letters = Email.objects.filter(state=EmailState.SENT, sent_at__isnull=False)
    mailed = letters.filter(kind__startswith="campaign:") | letters.filter(
        kind__startswith="reminder_"
    )
    clicks = []
    for email in mailed.select_related("profile").order_by("sent_at", "id"):
        sent_at = email.sent_at or now
        at = min(sent_at + timedelta(minutes=rng.randint(4, 2_000)), now)
        email.countable = choosing.may_count_opens(email=email)
        opened = rng.random() < 0.48
        email.opened_at = at if email.countable and opened else None
        if opened and rng.random() < 0.3:
            clicks.append(Click(email=email, link=_link(email.kind), first_at=at, last_at=at))
        email.save(update_fields=["countable", "opened_at"])
    Click.objects.bulk_create(clicks)
    for email in list(mailed.exclude(profile=None).order_by("-sent_at", "-id")[5:60:25]):
        unsubscribing.unsubscribe(email=email, now=min((email.sent_at or now) + _HOUR, now))


def announce(*, now: datetime) -> None:
    """One campaign that is planned, and one that is being written."""
    _written(_DRAFT, now - timedelta(days=1))
    row = _written(_COMING, now - timedelta(days=2))
    day = (now + timedelta(days=4)).date()
    at = datetime.combine(day, time(10), ZoneInfo(current_tenant().timezone))
    campaigns.schedule(campaign_id=row.id, at=at, tenant=current_tenant(), now=now)


def _link(kind: str) -> EmailLink:
    row, _made = EmailLink.objects.get_or_create(kind=kind, target="referral_url")
    return row
