"""What is written to somebody who took part, and what a rehearsal leaves: nothing to anybody."""

from operations import links
from operations.models import Participation, Share
from tenants.messaging.models import Email
from tenants.messaging.render import render
from tenants.profiles.models import Consent, Profile
from tests.fixtures.operations import (
    NOE,
    NOW,
    add_partner,
    confirm,
    make_module,
    make_operation,
    take,
)


def test_the_receipt_names_the_brands_and_leads_to_the_choices():
    module = make_module()
    add_partner(module)
    taken = take(module, boxes=frozenset({"own", str(NOE)}))
    email = Email.objects.get()
    assert email.context["brands"] == "Maison Lumen et Brûlerie Noé"
    token = links.token_for(purpose=links.Purpose.CHOICES, row_id=taken.participation.id)
    assert email.context["path"] == f"/o/choix/{token}"


def test_a_link_of_one_purpose_is_nothing_for_another():
    """R24: the page of choices is not opened by the link that confirms."""
    taken = take(make_module())
    token = links.token_for(purpose=links.Purpose.CONFIRM, row_id=taken.participation.id)
    assert links.read_token(purpose=links.Purpose.CHOICES, token=token) is None
    assert links.read_token(purpose=links.Purpose.CONFIRM, token=token) == taken.participation.id


def test_a_rehearsal_plays_and_leaves_nobody_anywhere():
    """PA-12: the true engine, without profile, consent, share or email."""
    module = make_module(make_operation(state="test"))
    add_partner(module)
    taken = take(module, test=True, boxes=frozenset({"own", str(NOE)}))
    assert taken.participation.outcome == {"kind": "taken"}
    assert Participation.objects.count() == 1
    assert not any(table._base_manager.exists() for table in (Profile, Consent, Share, Email))


def test_what_is_kept_of_an_operations_emails_opens_nothing(lumen):
    """R24: whoever reads sent messages neither confirms for people nor takes back their yes."""
    take(make_module(double_optin=True), boxes=frozenset({"own"}))
    confirm(Participation.objects.get(), now=NOW)
    for email in Email.objects.all():
        written = render(email=email, tenant=lumen)
        token = str(email.context["path"]).rpartition("/")[2]
        assert token in written.text and token in written.html
        assert token not in written.kept(written.text) + written.kept(written.html)
