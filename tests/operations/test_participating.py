"""Taking part: once by the rule, all or nothing, and each refusal with its own answer."""

from datetime import timedelta

import pytest

from kernel.errors import RicochetError
from kernel.outbox.models import Event
from operations.errors import KeyReusedError, OperationOverError
from operations.models import Participation, Rule, Share
from operations.participating import Source
from tenants.messaging.models import Email
from tenants.profiles.models import Consent, Profile
from tests.fixtures.operations import (
    BEGINS,
    ENDS,
    NOE,
    NOES_TENANT,
    NOW,
    add_partner,
    confirm,
    make_module,
    make_operation,
    sent,
    take,
)


def everything() -> tuple[int, ...]:
    """How much there is of all that a participation writes."""
    tables = (Participation, Profile, Consent, Share, Email, Event)
    return tuple(table._base_manager.count() for table in tables)


def refused(module, **changes) -> str:
    """The code of a refusal, after which nothing is there that was not there before."""
    before = everything()
    with pytest.raises(RicochetError) as caught:
        take(module, **changes)
    assert everything() == before
    assert caught.value.said
    return caught.value.code


def test_a_participation_makes_a_profile_and_is_kept_with_what_was_asked():
    taken = take(make_module())
    row = Participation.objects.get()
    assert row.id == taken.participation.id and not taken.replayed
    assert row.fields == {"first_name": "Thomas", "email": "thomas@exemple.fr"}
    assert (row.state, row.outcome, row.was_new) == ("counted", {"kind": "taken"}, True)
    assert Profile.objects.get().email == "thomas@exemple.fr"
    assert row.day == NOW.date()


def test_somebody_known_before_is_not_new():
    module = make_module()
    take(module)
    take(make_module(make_operation(slug="autre")), email="THOMAS@exemple.fr")
    rows = Participation.objects.order_by("created_at", "id")
    assert [row.was_new for row in rows] == [True, False]
    assert Profile.objects.count() == 1


def test_the_same_form_sent_again_gets_the_same_answer_and_does_nothing():
    """R3: a double click, a reload, a retry."""
    module = make_module()
    form = sent(module, key="a" * 32, boxes=frozenset({"own"}))
    first = take(module, key=form.key, boxes=form.boxes)
    before = everything()
    again = take(module, key=form.key, boxes=form.boxes)
    assert again.replayed and again.participation.id == first.participation.id
    assert everything() == before


def test_the_same_form_with_other_answers_is_refused():
    """R3: the same key with another body."""
    module = make_module()
    take(module, key="a" * 32)
    with pytest.raises(KeyReusedError):
        take(module, email="autre@exemple.fr", key="a" * 32)
    assert Participation.objects.count() == 1


def test_once_means_once_whatever_the_spelling():
    module = make_module()
    take(module)
    assert refused(module, email="Thomas@Exemple.fr") == "already_took_part"


def test_daily_means_once_on_each_of_the_merchants_days():
    """R11: the day is that of the merchant's clock: 23 h 30 in Paris is 22 h 30 here."""
    module = make_module(rule=Rule.DAILY)
    evening = NOW.replace(hour=22, minute=30)
    take(module, now=evening)
    assert refused(module, now=NOW) == "already_took_part"
    take(module, now=evening + timedelta(hours=1))
    assert sorted(Participation.objects.values_list("slot", flat=True)) == [
        "2026-11-12",
        "2026-11-13",
    ]


def test_n_times_means_n():
    module = make_module(rule=Rule.TIMES, times=3)
    for _ in range(3):
        take(module)
    assert refused(module) == "already_took_part"


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (BEGINS - timedelta(seconds=1), "operation_not_open_yet"),
        (ENDS, "operation_over"),
        (ENDS + timedelta(days=1), "operation_over"),
    ],
)
def test_too_early_and_too_late_each_have_an_answer(now, code):
    assert refused(make_module(), now=now) == code


@pytest.mark.parametrize("state", ["draft", "test"])
def test_what_is_not_live_is_not_there(state):
    assert refused(make_module(make_operation(state=state))) == "unknown_operation"


def test_a_module_that_was_taken_away_is_not_there():
    assert refused(make_module(removed_at=NOW)) == "unknown_operation"


def test_fields_that_were_not_asked_are_refused():
    """R26: nothing slips into a profile that the page did not ask for."""
    given = {"first_name": "T", "email": "t@exemple.fr", "phone": "0612345678"}
    assert refused(make_module(), fields=given) == "fields_not_asked"


def test_a_box_that_was_not_offered_is_refused():
    """D1: nobody says yes to a brand that the page did not name."""
    assert refused(make_module(), boxes=frozenset({str(NOE)})) == "fields_not_asked"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"first_name": "T", "email": "nowhere"}, {"email"}),
        ({"email": ""}, {"first_name", "email"}),
        ({"first_name": "www.spam.example", "email": "t@exemple.fr"}, {"first_name"}),
        ({"first_name": "T" * 300, "email": "t@exemple.fr"}, {"first_name"}),
    ],
)
def test_each_wrong_field_has_its_own_sentence(given, wrong):
    module = make_module()
    before = everything()
    with pytest.raises(RicochetError) as caught:
        take(module, fields=given)
    assert set(caught.value.errors) == wrong
    assert all(caught.value.errors.values())
    assert everything() == before


@pytest.mark.parametrize(
    ("born", "taken"), [("13/11/2008", False), ("12/11/2008", True), ("2008-11-13", False)]
)
def test_eighteen_is_a_matter_of_the_day(born, taken):
    module = make_module(
        minimum_age=18,
        fields=[{"name": "birth_date", "required": True}, {"name": "email", "required": True}],
    )
    given = {"birth_date": born, "email": "t@exemple.fr"}
    if taken:
        assert take(module, fields=given).participation.fields["birth_date"] == "2008-11-12"
    else:
        assert refused(module, fields=given) == "too_young"


def test_without_a_date_of_birth_the_person_says_that_they_are_old_enough():
    module = make_module(minimum_age=18)
    assert refused(module) == "too_young"
    take(module, old_enough=True)


def test_rules_that_must_be_accepted_must_be_accepted():
    module = make_module(asks_rules=True)
    assert refused(module) == "rules_not_accepted"
    take(module, accepts_rules=True)


def test_a_form_that_reads_otherwise_today_is_shown_again():
    """D2: what is kept as agreed is what was on the page."""
    module = make_module()
    form = sent(module)
    add_partner(module)
    assert refused(module, version=form.version) == "form_out_of_date"


def test_each_box_becomes_a_consent_with_its_exact_words():
    """D1, D2: one for each brand, with text, hash, version and source."""
    module = make_module()
    add_partner(module)
    taken = take(module, boxes=frozenset({"own", str(NOE)}), source=Source(ref="wdg_1"))
    own, noe = Consent.objects.order_by("controller_tenant_id")[::-1]
    assert own.controller_tenant_id is None and own.controller_name == "Maison Lumen"
    assert "Maison Lumen" in own.text and "Noé" not in own.text
    assert noe.controller_tenant_id == NOES_TENANT
    assert noe.text == "J’accepte de recevoir les offres de Brûlerie Noé par e-mail."
    assert noe.policy_url == "https://brulerie-noe.example/donnees"
    assert len(noe.text_hash) == 64 and noe.form_version == taken.participation.form_version
    assert noe.source["participation"] == taken.participation.public_id
    assert noe.source["reference"] == "wdg_1"


def test_without_a_box_there_is_no_consent_and_the_chances_are_the_same():
    module = make_module()
    take(module)
    assert Consent.objects.count() == 0
    assert Profile.objects.get().consented_at is None


def test_a_partner_gets_the_asked_fields_with_their_opt_in_and_a_count_without():
    """D3: only what the module says goes to this partner."""
    module = make_module(
        fields=[
            {"name": "first_name", "required": True, "partners": []},
            {"name": "email", "required": True, "partners": [str(NOE)]},
        ]
    )
    add_partner(module)
    take(module, boxes=frozenset({str(NOE)}))
    take(module, email="zoe@exemple.fr", boxes=frozenset({"own"}))
    with_yes, without = Share.objects.order_by("participation__created_at", "id")
    assert (with_yes.fields, with_yes.consent is not None) == (["email"], True)
    assert (without.fields, without.consent) == ([], None)
    events = Event.objects.filter(kind="operations.share")
    assert {event.payload["participation"] for event in events} == {
        str(with_yes.participation_id),
        str(without.participation_id),
    }


def test_an_operation_without_partner_shares_nothing():
    take(make_module(), boxes=frozenset({"own"}))
    assert not Share.objects.exists()
    assert not Event.objects.filter(kind="operations.share").exists()


def test_a_yes_to_the_merchant_opens_mailings_but_not_against_an_earlier_no():
    """R44: whoever unsubscribed is not subscribed again by somebody who types their address."""
    module = make_module(rule=Rule.TIMES, times=5)
    take(module, boxes=frozenset({"own"}))
    assert Profile.objects.get().consented_at == NOW
    Profile.objects.update(unsubscribed_at=NOW, consented_at=None)
    take(module, boxes=frozenset({"own"}))
    person = Profile.objects.get()
    assert (person.unsubscribed_at, person.consented_at) == (NOW, None)


def test_with_double_opt_in_nothing_counts_until_the_link_is_pressed():
    module = make_module(double_optin=True)
    add_partner(module)
    taken = take(module, boxes=frozenset({"own", str(NOE)}))
    row = Participation.objects.get()
    assert (row.state, row.outcome) == ("pending", {})
    assert not Share.objects.exists()
    assert Profile.objects.get().consented_at is None
    assert list(Email.objects.values_list("kind", flat=True)) == ["operation_confirm"]
    confirm(taken.participation, now=NOW)
    before = everything()
    confirm(taken.participation, now=NOW)
    assert everything() == before
    row.refresh_from_db()
    assert (row.state, row.outcome, row.confirmed_at) == ("counted", {"kind": "taken"}, NOW)
    assert Share.objects.get().consent is not None
    assert Profile.objects.get().consented_at == NOW
    assert Email.objects.filter(kind="operation_receipt").count() == 1


def test_a_confirmation_after_the_end_counts_for_nothing():
    taken = take(make_module(double_optin=True))
    before = everything()
    with pytest.raises(OperationOverError):
        confirm(taken.participation, now=ENDS)
    assert everything() == before
    assert Participation.objects.get().state == "pending"
