"""The merchant's own words: versions, conflicts, the way back, and what must stay."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage

import pytest

from tenants.context import enter
from tenants.messaging import editing
from tenants.messaging.kinds import KINDS
from tenants.messaging.models import Email, EmailText
from tenants.messaging.outbox import send
from tenants.messaging.writing import liquid
from tenants.messaging.writing.texts import Text, original
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tests.fixtures.mail import MailServer
from tests.messaging.conftest import NOW, event_of
from tests.messaging.samples import SAMPLES

POSTED = KINDS["reward_posted"]
MINE = Text(
    subject="Bonne nouvelle, {{ first_name }}",
    preheader="{{ amount }}",
    body="# Merci\n\n{{ greeting }}\n\nVos {{ amount }} vous attendent.",
    button="J’y vais",
)


def save(tenant: Tenant, text: Text = MINE, **more: object) -> EmailText | None:
    return editing.save_text(
        kind=POSTED, language="fr", text=text, tenant=tenant, author_id=None, now=NOW, **more
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_original_text_passes_its_own_rules(
    kind: str, language: str, merchant: Tenant
) -> None:
    text = original(kind=kind, language=language)
    assert text is not None
    editing.check(kind=KINDS[kind], text=text, tenant=merchant, language=language)
    if language == "en":
        assert text != original(kind=kind, language="fr")


def test_an_email_is_written_with_the_merchants_words(
    merchant: Tenant, camille: Profile, delivered: Callable[..., EmailMessage]
) -> None:
    save(merchant)
    message = delivered("reward_posted", profile=camille, **SAMPLES["reward_posted"])
    assert str(message["Subject"]) == "Bonne nouvelle, Camille"
    text = message.get_body(preferencelist=("plain",))
    assert text is not None
    assert "Vos 8,00\u00a0€ vous attendent." in text.get_content()
    assert "J’y vais\u00a0: http" in text.get_content()


def test_words_in_one_language_leave_the_other_alone(
    merchant: Tenant, camille: Profile, delivered: Callable[..., EmailMessage]
) -> None:
    save(merchant)
    message = delivered("reward_posted", profile=camille, language="en", **SAMPLES["reward_posted"])
    assert "are available in your wallet" in str(message["Subject"])


def test_words_of_one_merchant_are_not_anothers(merchant: Tenant, other_merchant: Tenant) -> None:
    save(merchant)
    with enter(other_merchant):
        assert EmailText.objects.count() == 0
        shown = editing.sample(kind=POSTED, tenant=other_merchant, language="fr")
    assert "Bonne nouvelle" not in shown.subject


def test_saving_the_same_words_twice_makes_one_version(merchant: Tenant) -> None:
    """B9: a double click has one effect."""
    save(merchant, seen_version=0)
    save(merchant, seen_version=0)
    assert EmailText.objects.count() == 1


def test_two_who_edit_at_once_do_not_overwrite_each_other(merchant: Tenant) -> None:
    save(merchant, seen_version=0)
    with pytest.raises(editing.TextChangedError):
        save(merchant, replace(MINE, button="Voir"), seen_version=0)
    assert EmailText.objects.get().button == "J’y vais"


def test_going_back_to_the_original_keeps_every_version(merchant: Tenant) -> None:
    save(merchant)
    editing.use_original(kind=POSTED, language="fr", author_id=None, now=NOW)
    shown = editing.sample(kind=POSTED, tenant=merchant, language="fr")
    assert "disponibles dans votre cagnotte" in shown.subject
    editing.restore(kind=POSTED, language="fr", version=1, author_id=None, now=NOW)
    editing.restore(kind=POSTED, language="fr", version=1, author_id=None, now=NOW)
    assert [(row.version, row.is_original) for row in EmailText.objects.order_by("version")] == [
        (1, False),
        (2, True),
        (3, False),
    ]
    shown = editing.sample(kind=POSTED, tenant=merchant, language="fr")
    assert shown.subject == "Bonne nouvelle, Camille"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"subject": " "}, "subject"),
        ({"subject": "{{ nobody }}"}, "subject"),
        ({"body": ""}, "body"),
        ({"body": "{% for x in y %}"}, "body"),
        ({"button": "{{ amount"}, "button"),
        ({"preheader": "{% if %}"}, "preheader"),
    ],
)
def test_a_text_that_cannot_be_used_changes_nothing(
    merchant: Tenant, change: dict[str, str], field: str
) -> None:
    with pytest.raises(liquid.TextError) as caught:
        save(merchant, replace(MINE, **change))  # type: ignore[arg-type]
    assert caught.value.param == field
    assert EmailText.objects.count() == 0


def test_what_an_email_is_for_cannot_be_written_out_of_it(merchant: Tenant) -> None:
    """A log-in email without its code would lock every customer out."""
    kind = KINDS["space_link"]
    text = original(kind="space_link", language="fr")
    assert text is not None
    for broken in (replace(text, body="# Bonjour"), replace(text, button="")):
        with pytest.raises(liquid.TextError, match="Gardez"):
            editing.check(kind=kind, text=broken, tenant=merchant)


def test_money_and_security_cannot_be_turned_off(merchant: Tenant) -> None:
    for name in ("reward_posted", "space_link", "reward_reversed"):
        with pytest.raises(editing.NotYoursToChangeError):
            editing.set_enabled(kind=KINDS[name], enabled=False, author_id=None, now=NOW)


def test_an_email_that_was_turned_off_stays_and_says_why(
    queued: Callable[..., Email], camille: Profile, mail_server: MailServer
) -> None:
    kind = KINDS["cagnotte_opened"]
    editing.set_enabled(kind=kind, enabled=False, author_id=None, now=NOW)
    email = queued("cagnotte_opened", profile=camille, **SAMPLES["cagnotte_opened"])
    send(event_of(email))
    email.refresh_from_db()
    assert (email.state, email.skipped_because) == ("skipped", "turned_off")
    editing.set_enabled(kind=kind, enabled=True, author_id=None, now=NOW)
    again = queued("cagnotte_opened", profile=camille, **SAMPLES["cagnotte_opened"])
    send(event_of(again))
    assert len(mail_server.messages) == 1


def test_a_text_whose_value_is_no_more_gives_way_to_the_original(
    merchant: Tenant, camille: Profile, delivered: Callable[..., EmailMessage]
) -> None:
    """A reader is told about their money also when the merchant's words no longer hold."""
    row = save(merchant)
    assert row is not None
    EmailText.objects.filter(id=row.id).update(body="{{ value_of_yesterday }}")
    message = delivered("reward_posted", profile=camille, **SAMPLES["reward_posted"])
    assert "disponibles dans votre cagnotte" in str(message["Subject"])


def test_a_test_is_marked_and_carries_the_words_of_the_editor(
    merchant: Tenant, mail_server: MailServer
) -> None:
    editing.send_test(kind=POSTED, language="fr", text=MINE, to="claire@maison-lumen.fr", now=NOW)
    email = Email.objects.get()
    send(event_of(email))
    message = mail_server.messages[0]
    assert str(message["Subject"]) == "[TEST] Bonne nouvelle, Camille"
    assert message["X-Envelope-To"] == "claire@maison-lumen.fr"
    assert "Ceci est un essai" in str(message.get_body(preferencelist=("html",)))
