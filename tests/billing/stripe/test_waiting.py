"""What waits for the end of a period, and cannot be put back where something fails."""

import pytest
import stripe

from billing.plans import PLANS, PlanKey
from billing.sandbox import subscriptions
from billing.stripe import catalogue, waiting
from billing.stripe.client import StripeRefusedError
from tests.billing.stripe.conftest import Shop
from tests.billing.stripe.test_changing import leave, refuse, step_down, waits


def test_what_cannot_even_be_asked_back_stands_in_the_log(
    paying: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The refusal is what is told, and people read what to put back; `sync` writes the truth."""
    step_down(paying)

    def nobody() -> None:
        raise stripe.APIConnectionError("Nobody answers.")

    with monkeypatch.context() as away:

        def refuse_and_go(*_: object) -> None:
            away.setattr(waiting, "client", nobody)
            refuse()

        away.setattr(subscriptions, "plan_end", refuse_and_go)
        with pytest.raises(StripeRefusedError):
            leave(paying)
    subscription = paying.account.stripe_subscription_id
    price = catalogue.price_id(PLANS[PlanKey.STARTER], "month")
    assert f"subscription {subscription} may have lost what waited" in caplog.text
    assert f"price {price}" in caplog.text
    assert waits(paying) == ("", "", None)
    step_down(paying)
    assert waits(paying) == ("starter", "month", None)
