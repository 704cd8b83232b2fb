"""What stands behind the page: the rules, what becomes of people's data, and the picture."""

import uuid
from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from operations import official, optins, selectors
from operations.fields import within
from operations.models import OperationModule, Picture
from operations.models.modules import followed
from operations.public.drawing import language_of, shown_or_404, spoken
from operations.public.frame import public_page, show, tenant_of
from operations.public.parts import part_of
from operations.sample_rules.following import rules_of
from operations.words import pick
from partnerships.selectors import agreed, contacts
from tenants.programme.explanation import as_html


@dataclass(slots=True)
class Told:
    """One partner, and the fields that its own box lets go there, by label."""

    name: str
    policy_url: str
    asks: bool
    contact: str = ""
    labels: list[str] = field(default_factory=list)


@require_safe
@public_page
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """The official rules in the merchant's words: those in force, and each earlier version."""
    test = request.GET.get("essai", "")
    operation = shown_or_404(slug, timezone.now(), test=test)
    every = [] if test else official.versions(operation=operation)
    chosen = request.GET.get("version", "")
    shown = next((row for row in every if str(row.number) == chosen), None)
    if chosen and shown is None:
        raise Http404
    shown = shown or (every[-1] if every else None)
    with translation.override(language_of(request)):
        text = pick(shown.text if shown is not None else rules_of(operation), spoken())
        if not text:
            raise Http404
        context = {
            "text": as_html(text),
            "test": test,
            "shown": shown,
            "latest": every[-1] if every else None,
            "versions": every[::-1] if len(every) > 1 else [],
        }
        return show(request, "rules", context, operation=operation)


@require_safe
@public_page
def data(request: HttpRequest, slug: str) -> HttpResponse:
    """Who does what with what people leave, and for how long (D5, D6)."""
    test = request.GET.get("essai", "")
    operation = shown_or_404(slug, timezone.now(), test=test)
    with translation.override(language_of(request)):
        modules = selectors.modules_of(operation)
        language = spoken()
        context = {
            "asked": _asked_by(modules, language),
            "partners": _partners(modules, test=bool(test)),
            "contact": tenant_of(request).public_email,
            "answers_mail": bool(tenant_of(request).contact_email),
            "policy_url": followed(tenant_of(request).policy_url),
            "test": test,
        }
        return show(request, "data", context, operation=operation)


def _asked_by(modules: list[OperationModule], language: str) -> list[str]:
    labels: dict[str, str] = {}
    for module in modules:
        for drawn in part_of(module, language=language, seal="").fields:
            labels.setdefault(drawn.asked.name, within(drawn.asked))
    return list(labels.values())


def _partners(modules: list[OperationModule], *, test: bool) -> list[Told]:
    """Each partner who agreed, as it is called now.

    Whoever has not receives nothing; in a test all of them are told of, as its form does. One that
    nobody has confirmed has no box, and knows a number.
    """
    found: dict[uuid.UUID, Told] = {}
    named = [partner.partnership_id for module in modules for partner in module.partners.all()]
    ready = set(named) if test else agreed(partnership_ids=named)
    reached = contacts(partnership_ids=named) if named else {}
    for module in modules:
        part = part_of(module, language=spoken(), seal="")
        for partner in module.partners.all():
            if partner.partnership_id not in ready:
                continue
            asks = partner.asks_optin and not optins.is_another(module, partner)
            name, policy = optins.name_of(module, partner), optins.policy_of(module, partner)
            told = found.setdefault(
                partner.partnership_id,
                Told(name, policy, asks, reached.get(partner.partnership_id, "")),
            )
            told.labels += [
                within(drawn.asked)
                for drawn in part.fields
                if str(partner.partnership_id) in drawn.asked.partners
            ]
    return list(found.values())


@require_safe
def image(request: HttpRequest, digest: str) -> HttpResponse:
    """A picture of a page, under an address that never changes what it holds."""
    row = Picture.objects.filter(digest=digest).first()
    if row is None:
        raise Http404
    response = HttpResponse(bytes(row.content), content_type="image/webp")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
