"""Errors that a person or a program can act on.

Each one stands beside the function that raises it, as a subclass with a `code` that never
changes. `api.problems` and `shell.errors` turn the code's kind into an HTTP status.
"""

from typing import Any, ClassVar

from django.utils.functional import Promise


class RicochetError(Exception):
    """Base of every expected refusal: a stable code, a sentence, and what it is about.

    `words` is what a person reads where the raise says nothing more exact.
    `param` names the offending input field; `retry` says whether the same call can succeed
    later; `facts` are values for the sentence, never personal data.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    retry: ClassVar[bool] = False
    words: ClassVar[str | Promise] = ""

    def __init__(self, message: str = "", *, param: str | None = None, **facts: Any) -> None:
        # What may stand on a screen: the docstring is for programmers, and in English.
        self.said = message or str(self.words)
        self.message = self.said or (self.__doc__ or "").strip().splitlines()[0]
        self.param = param
        self.facts = facts
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class InvalidInputError(RicochetError):
    """The input cannot be used as it is."""

    code = "invalid_input"
    status = 400


class NotFoundError(RicochetError):
    """There is no such object here."""

    code = "not_found"
    status = 404


class ConflictError(RicochetError):
    """The object is not in a state that allows this."""

    code = "conflict"
    status = 409


class TemporaryError(RicochetError):
    """The service cannot answer just now; the same call can be made again."""

    code = "temporarily_unavailable"
    status = 503
    retry = True
