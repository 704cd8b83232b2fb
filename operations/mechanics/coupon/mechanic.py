"""The coupon: one code for each person, in the transaction of their participation or not at all."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.plans import Allowed
from operations import slots
from operations.mechanics.base import BaseMechanic
from operations.mechanics.coupon import codes
from operations.mechanics.coupon.codes import LIST, AllGivenError
from operations.mechanics.coupon.forms import CouponSettings
from operations.mechanics.shape import (
    Figure,
    Mechanic,
    Outcome,
    Problem,
    ResultEmail,
)
from operations.models import OperationModule, Participation
from operations.words import pick
from tenants.rewards.days import end_of_day
from tenants.rewards.giving_codes import NoCodeLeftError, left, take_code
from tenants.rewards.models import ListedCode

GIVEN = "given"
# In place of a code, on the page after the form: it is mailed, and shown by the mailed link.
MAILED = "mailed"
# What a rehearsal shows: it looks like a code, and opens nothing anywhere.
SAMPLE = "ESSAI-HNKT4"


class Coupon(BaseMechanic):
    """Whoever takes part has a code at once; whoever comes back has the same one."""

    kind = "coupon"
    held_by = Allowed.COUPONS
    label = gettext_lazy("Coupon")
    hint = gettext_lazy("Chaque personne reçoit un code à elle, à utiliser en boutique.")
    heading = gettext_lazy("Votre code")
    icon = "ticket"
    settings_form = CouponSettings

    def check(self, *, module: OperationModule) -> list[Problem]:
        if not module.settings.get("codes"):
            return [Problem(_("Réglez le coupon : ses codes, et ce qu’ils valent."))]
        if module.settings["codes"] == LIST:
            row = codes.list_of(module)
            if row is None or not left(code_list_id=row.id):
                return [Problem(_("Ajoutez des codes à la liste du coupon : elle est vide."))]
        return []

    def prepare(
        self, *, module: OperationModule, now: datetime, author_id: uuid.UUID | None = None
    ) -> None:
        codes.prepare(module=module, now=now)

    def questions(self, *, module: OperationModule, language: str) -> Mapping[str, Any]:
        row = codes.list_of(module)
        return {
            "button": pick(module.settings.get("button"), language) or _("Recevoir mon code"),
            "description": pick(module.settings.get("description"), language),
            # A list that is still to be made has not run out.
            "all_given": row is not None and not _any_left(row.id),
        }

    def clean(
        self, *, module: OperationModule, data: QueryDict, language: str
    ) -> Mapping[str, Any]:
        """Nobody is asked for anything; once all are given that is said before anybody is known."""
        row = codes.list_of(module)
        if row is not None and not _any_left(row.id):
            raise AllGivenError
        return {}

    def play(
        self,
        *,
        module: OperationModule,
        participation: Participation,
        answers: Mapping[str, Any],
        now: datetime,
    ) -> Outcome:
        days = module.settings.get("valid_days")
        until = end_of_day(now, days=days).isoformat() if days else ""
        if participation.profile is None:
            return Outcome(GIVEN, {"code": SAMPLE, "until": until})
        # The person's row is locked: nobody has two codes, whatever the rule of the module.
        before = (
            Participation.objects.filter(
                slots.of_person(participation.profile),
                module=module,
                is_test=False,
                outcome__kind=GIVEN,
            )
            .exclude(id=participation.id)
            .order_by("created_at", "id")
            .first()
        )
        if before is not None:
            return Outcome(GIVEN, {**_told(before.outcome), "again": True})
        row = codes.list_of(module)
        if row is None:
            raise AllGivenError
        try:
            code = take_code(code_list=row, taken_by=f"participation:{participation.id}", now=now)
        except NoCodeLeftError as error:
            raise AllGivenError from error
        return Outcome(GIVEN, {"code": code, "until": until})

    def result(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> Mapping[str, Any]:
        outcome = participation.outcome
        until = str(outcome.get("until") or "")
        return {
            "code": outcome.get("code", ""),
            "again": bool(outcome.get("again")),
            "mailed": outcome.get("kind") == MAILED,
            "until": datetime.fromisoformat(until) if until else None,
            "description": pick(module.settings.get("description"), language),
        }

    def at_once(
        self,
        *,
        module: OperationModule,
        answers: Mapping[str, Any],
        outcome: Mapping[str, Any] | None,
    ) -> Mapping[str, Any]:
        return {"kind": MAILED}

    def in_words(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> str:
        code = str(participation.outcome.get("code") or "")
        if participation.outcome.get("again"):
            return _("Vous aviez déjà un code, et c’est toujours celui-ci : %(code)s.") % {
                "code": code
            }
        return _("Votre code vous parvient dans un autre e-mail.")

    def outcome_label(self, *, outcome: Mapping[str, Any]) -> str:
        code = str(outcome.get("code") or "")
        return _("Code %(code)s") % {"code": code} if code else ""

    def result_email(
        self, *, module: OperationModule, participation: Participation
    ) -> ResultEmail | None:
        outcome = participation.outcome
        if not outcome.get("code") or outcome.get("again"):
            return None
        context = {
            "code": outcome["code"],
            "description": pick(module.settings.get("description"), participation.language),
            "expires_at": outcome.get("until") or None,
        }
        return ResultEmail("operation_coupon", context)

    def figures(self, *, module: OperationModule) -> list[Figure]:
        row = codes.list_of(module)
        if row is None:
            return []
        names = {"operation": module.operation.public_id, "module": module.public_id}
        url = reverse("operations:coupon_codes", kwargs=names)
        given = ListedCode.objects.filter(code_list=row, taken_at__isnull=False).count()
        return [
            Figure(gettext_lazy("Codes donnés"), given, href=f"{url}?vue=donnes"),
            Figure(
                gettext_lazy("Codes restants"), left(code_list_id=row.id), href=f"{url}?vue=libres"
            ),
        ]

    def close(
        self, *, module: OperationModule, now: datetime, author_id: uuid.UUID | None = None
    ) -> None:
        codes.release(module)


def _any_left(list_id: Any) -> bool:
    return ListedCode.objects.filter(code_list_id=list_id, taken_at__isnull=True).exists()


def _told(outcome: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": outcome.get("code", ""), "until": outcome.get("until", "")}


COUPON: Mechanic = Coupon()
