"""Changing the words of an email, going back to earlier ones, turning a kind off."""

import uuid
from dataclasses import replace
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from kernel.db import atomic_with_retry, insert_if_absent
from kernel.errors import ConflictError, InvalidInputError
from kernel.ids import uuid7
from shell import letters
from tenants.messaging import services
from tenants.messaging.catalogue.values import values_of
from tenants.messaging.kinds import Kind
from tenants.messaging.models import Email, EmailText, KindSwitch
from tenants.messaging.render import Rendered, render
from tenants.messaging.wording import latest_version, text_in, text_of
from tenants.messaging.writing import liquid
from tenants.messaging.writing.texts import FIELDS, LANGUAGES, Text
from tenants.models import Tenant

LONGEST = {"subject": 300, "preheader": 400, "body": liquid.LONGEST, "button": 120}


class TextChangedError(ConflictError):
    """Somebody saved other words since this page was opened."""

    code = "email_text_changed"


class NotYoursToChangeError(InvalidInputError):
    """This email's words, or whether it goes out, are not the merchant's to choose."""

    code = "email_fixed"


def check(*, kind: Kind, text: Text, tenant: Tenant, language: str = "fr") -> Rendered:
    """The email with these words, as a sample; liquid.TextError where they cannot be used."""
    names = {value.name for value in values_of(kind)}
    for field in FIELDS:
        liquid.check(getattr(text, field), names=names, field=field)
    if not text.subject.strip():
        raise liquid.TextError(
            _("Écrivez un objet : c’est ce que vos clients voient d’abord."), param="subject"
        )
    if not text.body.strip():
        raise liquid.TextError(_("Écrivez le texte du message."), param="body")
    _check_needs(kind, text)
    rendered = sample(kind=kind, text=text, tenant=tenant, language=language)
    if len(rendered.html.encode()) >= letters.LARGEST:
        raise liquid.TextError(
            _("Raccourcissez le texte : au-delà de 102 Ko, les messageries le coupent."),
            param="body",
        )
    return rendered


def sample(*, kind: Kind, tenant: Tenant, language: str, text: Text | None = None) -> Rendered:
    """The email with the sample's values; nothing is stored, and its links open nothing."""
    email = Email(kind=kind.name, language=language, context=dict(kind.sample))
    return render(email=email, tenant=tenant, text=text)


@atomic_with_retry
def save_text(
    *,
    kind: Kind,
    language: str,
    text: Text,
    tenant: Tenant,
    author_id: uuid.UUID | None,
    now: datetime,
    seen_version: int | None = None,
) -> EmailText | None:
    """Put words into force, as a new version; the same words again change nothing.

    `seen_version` is the one that the editor showed: TextChangedError where another came since.
    Also TextError and NotYoursToChangeError.
    """
    _changeable(kind)
    text = _cleaned(text)
    check(kind=kind, text=text, tenant=tenant, language=language)
    if text == _plain(text_of(kind=kind, language=language)):
        return latest_version(kind=kind.name, language=language)
    values = {name: getattr(text, name) for name in FIELDS}
    return _add(kind, language, seen_version, author_id, now, is_original=False, **values)


@atomic_with_retry
def use_original(
    *, kind: Kind, language: str, author_id: uuid.UUID | None, now: datetime
) -> EmailText | None:
    """Go back to the words that the email came with. Earlier versions stay in the history."""
    _changeable(kind)
    latest = latest_version(kind=kind.name, language=language)
    if latest is None or latest.is_original:
        return latest
    return _add(kind, language, None, author_id, now, is_original=True)


@atomic_with_retry
def restore(
    *, kind: Kind, language: str, version: int, author_id: uuid.UUID | None, now: datetime
) -> EmailText | None:
    """Put an earlier version into force again; version 0 is the original."""
    if version == 0:
        return use_original(kind=kind, language=language, author_id=author_id, now=now)
    row = EmailText.objects.filter(kind=kind.name, language=language, version=version).first()
    if row is None:
        return None
    if row.is_original:
        return use_original(kind=kind, language=language, author_id=author_id, now=now)
    latest = latest_version(kind=kind.name, language=language)
    if latest is not None and not latest.is_original and text_in(latest) == text_in(row):
        return latest
    values = {name: getattr(row, name) for name in FIELDS}
    return _add(kind, language, None, author_id, now, is_original=False, **values)


@atomic_with_retry
def set_enabled(*, kind: Kind, enabled: bool, author_id: uuid.UUID | None, now: datetime) -> None:
    """Turn a kind of email on or off. NotYoursToChangeError for one that must go out."""
    if not kind.optional:
        raise NotYoursToChangeError(str(kind.always))
    KindSwitch.objects.update_or_create(
        kind=kind.name,
        defaults={"enabled": enabled, "changed_at": now, "author_id": author_id},
    )


def send_test(*, kind: Kind, language: str, text: Text, to: str, now: datetime) -> None:
    """Send these words with sample values to a member of the team; marked as a test."""
    services.queue_all(
        drafts=[
            services.Draft(
                kind=kind.name,
                to=to,
                key=f"test:{uuid7()}",
                context={**kind.sample, "text": {n: getattr(text, n) for n in FIELDS}},
                language=language,
                is_test=True,
            )
        ],
        now=now,
    )


def _changeable(kind: Kind) -> None:
    if not kind.editable:
        raise NotYoursToChangeError(_("Ce message n’est pas modifiable."))


def _check_needs(kind: Kind, text: Text) -> None:
    for name in kind.needs:
        behind_button = name == (text.target or kind.target) and text.button.strip()
        if not behind_button and name not in liquid.names_in(text.body):
            raise liquid.TextError(
                _("Gardez {{ %(name)s }} dans le texte : sans lui, ce message ne sert à rien.")
                % {"name": name},
                param="body",
            )


def _cleaned(text: Text) -> Text:
    """Line ends as files have them, and no blanks around."""
    body = text.body.replace("\r\n", "\n").replace("\r", "\n").strip()
    return replace(
        text,
        body=body,
        subject=text.subject.strip(),
        preheader=text.preheader.strip(),
        button=text.button.strip(),
    )


def _plain(text: Text | None) -> Text | None:
    return None if text is None else replace(text, target="")


def _add(
    kind: Kind,
    language: str,
    seen_version: int | None,
    author_id: uuid.UUID | None,
    now: datetime,
    **values: "str | bool",
) -> EmailText:
    if language not in LANGUAGES:
        raise InvalidInputError(_("Choisissez une des langues proposées."), param="language")
    rows = EmailText.objects.filter(kind=kind.name, language=language)
    latest = rows.aggregate(latest=Max("version"))["latest"] or 0
    row = EmailText(
        kind=kind.name,
        language=language,
        version=latest + 1,
        author_id=author_id,
        created_at=now,
        **values,
    )
    # The unique version decides between two who save at once.
    late = seen_version is not None and seen_version != latest
    if late or not insert_if_absent([row]):
        raise TextChangedError(
            _(
                "Une autre version vient d’être enregistrée. Regardez-la dans l’historique ; "
                "enregistrez à nouveau pour garder la vôtre."
            )
        )
    return row
