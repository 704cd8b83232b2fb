"""Stripe's own way of refusing: a type, a code, the parameter, and a sentence."""

from billing.sandbox.store import Json


class RefusalError(Exception):
    """An answer other than yes. `keep`: what was written so far stays (a card that was tried)."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        decline_code: str = "",
        keep: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.keep = keep
        optional = {"code": code, "param": param, "decline_code": decline_code}
        self.body: Json = {
            "error": {
                "message": message,
                "type": kind,
                **{name: value for name, value in optional.items() if value},
            }
        }


def missing(thing: str, thing_id: str, *, param: str = "id") -> RefusalError:
    """No such object: 404 where it is the address, 400 where it is a parameter."""
    return RefusalError(
        f"No such {thing}: '{thing_id}'",
        status=404 if param == "id" else 400,
        code="resource_missing",
        param=param,
    )


def declined(message: str = "Your card was declined.", *, keep: bool = True) -> RefusalError:
    return RefusalError(
        message,
        status=402,
        kind="card_error",
        code="card_declined",
        decline_code="generic_decline",
        keep=keep,
    )


def invalid(param: str, message: str) -> RefusalError:
    return RefusalError(message, code="parameter_invalid", param=param)
