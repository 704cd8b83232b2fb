"""Writing an operation: make, rename, duplicate, archive, and its words. Modules: `modules`."""

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError, InvalidInputError
from operations import official
from operations.errors import UnknownOperationError
from operations.models import ModulePartner, Operation, OperationModule
from operations.slugs import free_slug
from operations.telling import changed
from operations.words import same


class NamelessError(InvalidInputError):
    """An operation needs a name."""

    code = "operation_without_name"
    words = _("Donnez un nom à l’opération.")


class EndsBeforeStartError(InvalidInputError):
    """The end does not come after the start."""

    code = "operation_ends_before_start"
    words = _("Choisissez une fin après le début.")


class BegunError(ConflictError):
    """People take part already: when that began is a fact."""

    code = "operation_has_begun"
    words = _("L’opération a déjà commencé : son début ne change plus. Sa fin peut changer.")


class NotEditableError(ConflictError):
    """The operation is in a state, `shown`, in which this does not change any more."""

    code = "operation_not_editable"
    words = _("L’opération n’est pas en ligne : il n’y a rien à changer ainsi.")

    def __init__(self, shown: str) -> None:
        super().__init__(str(_SHUT.get(shown, "")))


_SHUT = {
    "planned": _("L’opération est planifiée et publiée : ceci ne change plus."),
    "live": _("L’opération est en ligne : ceci ne change plus."),
    "ended": _("L’opération est terminée : ceci ne change plus."),
    "archived": _("L’opération est archivée : ceci ne change plus."),
}


def locked(operation_id: uuid.UUID) -> Operation:
    """The operation, locked for a change; UnknownOperationError where there is none."""
    # Without its key: whoever takes part names the operation, and looks at it as they commit.
    rows = Operation.objects.select_for_update(no_key=True)
    found = rows.filter(id=operation_id).first()
    if found is None:
        raise UnknownOperationError
    return found


@atomic_with_retry
def create(
    *, name: str, starts_at: datetime | None, ends_at: datetime | None, now: datetime
) -> Operation:
    """A draft, with its title in French taken from its name."""
    name = _clean_name(name)
    check_dates(starts_at, ends_at)
    return Operation.objects.create(
        slug=free_slug(name),
        name=name,
        starts_at=starts_at,
        ends_at=ends_at,
        title={"fr": name},
        created_at=now,
        updated_at=now,
    )


@atomic_with_retry
def rename(*, operation_id: uuid.UUID, name: str, now: datetime) -> Operation:
    """Another name in the back office; the page's title and address stay as people know them."""
    operation = locked(operation_id)
    operation.name, operation.updated_at = _clean_name(name), now
    operation.save(update_fields=["name", "updated_at"])
    changed(operation_id=operation.id, now=now)
    return operation


@atomic_with_retry
def duplicate(*, operation_id: uuid.UUID, name: str, now: datetime) -> Operation:
    """A draft with the same modules, partners, texts and look; no dates, and nobody in it."""
    source = locked(operation_id)
    copy = Operation.objects.create(
        slug=free_slug(name),
        name=_clean_name(name),
        title=source.title,
        subtitle=source.subtitle,
        texts=source.texts,
        rules={} if source.rules_from_settings else source.rules,
        prizes=source.prizes,
        prize_count=source.prize_count,
        prize_value=source.prize_value,
        look=source.look,
        created_at=now,
        updated_at=now,
    )
    for module in source.modules.filter(removed_at=None):
        _copy_module(module, copy, now)
    return copy


def _copy_module(module: OperationModule, operation: Operation, now: datetime) -> None:
    partners = list(module.partners.all())
    made = OperationModule.objects.create(
        operation=operation,
        position=module.position,
        kind=module.kind,
        title=module.title,
        settings=module.settings,
        fields=module.fields,
        asks_optin=module.asks_optin,
        optin_text=module.optin_text,
        rule=module.rule,
        times=module.times,
        double_optin=module.double_optin,
        minimum_age=module.minimum_age,
        asks_rules=module.asks_rules,
        created_at=now,
    )
    for partner in partners:
        ModulePartner.objects.create(
            module=made,
            partnership_id=partner.partnership_id,
            partner_tenant_id=partner.partner_tenant_id,
            name=partner.name,
            policy_url=partner.policy_url,
            asks_optin=partner.asks_optin,
            optin_text=partner.optin_text,
            added_at=now,
        )


@atomic_with_retry
def archive(*, operation_id: uuid.UUID, away: bool, now: datetime) -> Operation:
    """Put an operation away, or back; one that is live has to be stopped first."""
    operation = locked(operation_id)
    shown = operation.shown_state(now)
    if away and shown in ("live", "planned"):
        raise NotEditableError(shown)
    operation.archived_at = now if away else None
    operation.save(update_fields=["archived_at"])
    changed(operation_id=operation.id, now=now)
    return operation


@atomic_with_retry
def save_words(*, operation_id: uuid.UUID, now: datetime, **values: Any) -> Operation:
    """Titles, texts, rules, prizes: the fields of `Operation` of these names.

    Of an operation that is online other rules are an amendment: see `operations.official`.
    """
    operation = editable(operation_id, now, live=True)
    if "rules" in values and same(values["rules"], operation.rules):
        del values["rules"]  # what people accepted is the same to the letter
    if "rules" in values:
        official.amend(operation=operation, text=values["rules"], now=now)
    for name, value in values.items():
        if name not in _WORDS:
            raise TypeError(f"{name} is no text of an operation")
        setattr(operation, name, value)
    if "rules" in values:
        operation.rules_from_settings = _as_settings_say(operation, now)
    operation.updated_at = now
    operation.save(update_fields=[*values, "rules_from_settings", "updated_at"])
    changed(operation_id=operation.id, now=now)
    return operation


def _as_settings_say(operation: Operation, now: datetime) -> bool:
    """Whether published rules are word for word those of the settings, and go on being compared."""
    from operations.sample_rules import samples  # which reads what is written here

    if operation.shown_state(now) not in official.PUBLIC:
        return False
    return same(operation.rules, samples(operation=operation))


@atomic_with_retry
def follow_settings(*, operation_id: uuid.UUID, now: datetime) -> Operation:
    """Give up a draft's own rules: from now on they are those of its settings.

    See `sample_rules.following`. Twice is once; NotEditableError where it is online or over.
    """
    operation = editable(operation_id, now, live=False)
    operation.rules, operation.updated_at = {}, now
    operation.save(update_fields=["rules", "updated_at"])
    return operation


_WORDS = frozenset(
    {"title", "subtitle", "texts", "rules", "prizes", "prize_count", "prize_value", "look"}
)


def editable(operation_id: uuid.UUID, now: datetime, *, live: bool) -> Operation:
    """The locked operation; NotEditableError where it is over, or online and `live` is False."""
    operation = locked(operation_id)
    shown = operation.shown_state(now)
    if shown in ("ended", "archived") or (shown in ("live", "planned") and not live):
        raise NotEditableError(shown)
    return operation


def _clean_name(name: str) -> str:
    text = " ".join(name.split())[:80]
    if not text:
        raise NamelessError(param="name")
    return text


def check_dates(starts_at: datetime | None, ends_at: datetime | None) -> None:
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise EndsBeforeStartError(param="ends_at")
