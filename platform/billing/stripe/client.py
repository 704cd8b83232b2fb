"""The official client, and what its errors mean to somebody who waits for an answer.

Without a key it talks to the local double (`billing.sandbox`), and every billing page says so.
"""

import functools
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import stripe
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from stripe import RequestsClient, StripeClient

from kernel.errors import ConflictError, TemporaryError

logger = logging.getLogger(__name__)

_ANSWER_SECONDS = 10
_RETRIES = 1
# What the double accepts in place of a key.
_KEY_OF_THE_DOUBLE = "sk_test_double"


class StripeUnavailableError(TemporaryError):
    """Stripe does not answer, or not as it should: nothing was changed that we know of."""

    code = "payments_unavailable"
    words = _("Le service de paiement ne répond pas. Réessayez dans quelques minutes.")


class CardDeclinedError(ConflictError):
    """The card was declined, and nothing has changed."""

    code = "card_declined"
    status = 402
    words = _("La carte a été refusée : rien n’a changé. Vérifiez-la, ou choisissez-en une autre.")


class StripeRefusedError(ConflictError):
    """Stripe refused what was asked; `facts` has its code and the parameter."""

    code = "payment_refused"
    words = _("Le service de paiement a refusé cette opération. Actualisez la page et réessayez.")


def plays_stripe() -> bool:
    """Whether the local double stands where Stripe would."""
    return not settings.STRIPE_SECRET_KEY


def client() -> StripeClient:
    """The client for the key in force."""
    return _client(settings.STRIPE_SECRET_KEY or _KEY_OF_THE_DOUBLE, settings.STRIPE_API_URL)


@functools.lru_cache(maxsize=4)
def _client(key: str, url: str) -> StripeClient:
    return StripeClient(
        key,
        base_addresses={"api": url} if url else None,
        max_network_retries=_RETRIES,
        http_client=RequestsClient(timeout=_ANSWER_SECONDS),
    )


@contextmanager
def asking() -> Iterator[None]:
    """Turn Stripe's errors into ours; the log has their code and request, never their words."""
    try:
        yield
    except stripe.CardError as error:
        raise CardDeclinedError(decline=error.code) from error
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        logger.error("stripe refused %s (%s)", error.code, error.request_id)
        raise StripeRefusedError(
            param=None, their_code=error.code, their_param=getattr(error, "param", None)
        ) from error
    except stripe.StripeError as error:
        logger.error("stripe failed: %s (%s)", type(error).__name__, error.request_id)
        raise StripeUnavailableError from error
