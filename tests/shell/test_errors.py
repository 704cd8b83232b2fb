"""Every refusal is a page that says what happened, what to do, and which request it was (B13)."""

from collections.abc import Callable
from typing import ClassVar

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.test import RequestFactory

from kernel.errors import RicochetError
from shell import errors

STATUSES = [400, 403, 404, 405, 409, 410, 422, 429, 500, 503]


def request(**headers: str) -> HttpRequest:
    made = RequestFactory().get("/x", headers={"Accept": "text/html", **headers})
    made.request_id = "req_abc"  # type: ignore[attr-defined]
    return made


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_its_page_with_the_request_id(status: int) -> None:
    """B13, without a database: this test has none."""
    response = errors.page(request(), status)
    html = response.content.decode()
    assert response.status_code == status
    assert 'lang="fr"' in html
    assert f"Erreur {status}" in html
    assert "req_abc" in html
    assert response["Cache-Control"] == "no-store"
    assert "oups" not in html.lower()


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_says_something_else(status: int) -> None:
    titles = [str(errors._TEXTS[s].title) for s in STATUSES]
    assert titles.count(str(errors._TEXTS[status].title)) == 1


def test_the_page_speaks_the_readers_language_and_wears_their_theme() -> None:
    """B13, B11."""
    asked = request(**{"Accept-Language": "en"})
    asked.COOKIES["__Host-theme"] = "dark"
    html = errors.page(asked, 404).content.decode()
    assert 'lang="en"' in html
    assert 'data-theme="dark"' in html
    asked.COOKIES["__Host-theme"] = '"><script>'
    assert "<script>" not in errors.page(asked, 404).content.decode()


def test_a_broken_template_still_gives_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """B13: the page of last resort needs nothing."""

    def fail(name: str) -> None:
        raise OperationalError

    monkeypatch.setattr("shell.errors.loader.get_template", fail)
    html = errors.page(request(), 500).content.decode()
    assert "Nous n’avons pas pu afficher cette page" in html
    assert "req_abc" in html


class GoneError(RicochetError):
    """This link was used already."""

    code: ClassVar[str] = "gone"
    status: ClassVar[int] = 410


def middleware(view: Callable[[HttpRequest], HttpResponse]) -> errors.ErrorPagesMiddleware:
    return errors.ErrorPagesMiddleware(view)


def test_an_error_of_ours_becomes_its_page_with_its_own_sentence() -> None:
    answer = middleware(lambda _: HttpResponse()).process_exception(
        request(), GoneError("Ce lien a déjà servi.")
    )
    assert answer is not None
    assert answer.status_code == 410
    assert "Ce lien a déjà servi." in answer.content.decode()


def test_what_is_written_for_programmers_is_not_shown() -> None:
    answer = middleware(lambda _: HttpResponse()).process_exception(request(), GoneError())
    assert answer is not None
    html = answer.content.decode()
    assert "This link" not in html
    assert str(errors._TEXTS[410].text) in html


def test_a_database_that_is_down_is_a_503_that_says_when_to_come_back() -> None:
    """R9, B13."""
    answer = middleware(lambda _: HttpResponse()).process_exception(request(), OperationalError())
    assert answer is not None
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")


def test_other_errors_are_left_to_django() -> None:
    assert middleware(lambda _: HttpResponse()).process_exception(request(), KeyError()) is None


def test_an_empty_refusal_is_drawn_and_keeps_its_headers() -> None:
    answer = middleware(lambda _: HttpResponseNotAllowed(["POST"]))(request())
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "Erreur 405" in answer.content.decode()


def test_a_program_gets_what_its_own_layer_answers() -> None:
    asked = RequestFactory().get("/x", headers={"Accept": "application/json"})
    assert middleware(lambda _: HttpResponse()).process_exception(asked, GoneError()) is None
    empty = middleware(lambda _: HttpResponse(status=429))(asked)
    assert empty.content == b""
    told = middleware(lambda _: JsonResponse({"a": 1}, status=400))(request())
    assert told.content == b'{"a": 1}'


def test_a_forged_form_is_told_apart_from_a_missing_right() -> None:
    """R28."""
    html = errors.csrf_failure(request()).content.decode()
    assert "Le formulaire n’est plus valable" in html
