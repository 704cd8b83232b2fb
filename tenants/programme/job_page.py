"""How a kind of long work is shown: its title, what it says on its way, and what comes after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kernel.errors import RicochetError
from kernel.jobs.models import Job
from shell import formats


@dataclass(frozen=True, slots=True)
class Link:
    """A button or a link of a job's page; the first is the main one. `post` sends a form."""

    label: str
    url: str
    icon: str = ""
    post: bool = False
    danger: bool = False


def _count(job: Job) -> str:
    """`918 sur 1 480`, or what is done so far while the total is not known."""
    if job.total is None:
        return ngettext("%(n)s fait", "%(n)s faits", job.done) % {"n": formats.number(job.done)}
    return _("%(done)s sur %(total)s") % {
        "done": formats.number(job.done),
        "total": formats.number(job.total),
    }


def _finished(_job: Job) -> str:
    return _("C’est terminé.")


def _none(_job: Job) -> Sequence[Link]:
    return ()


@dataclass(frozen=True, slots=True)
class JobPage:
    """What the page of a kind of work says.

    `title` names the work, `back` gives the address and the label of the page it belongs to.
    `going`, `done` and `stopped` are sentences about one job: on its way, finished, cancelled.
    `links` are offered once it is over, whatever the end. Where `lands` gives an address, work that
    is done leads straight there.
    """

    title: str | Promise | Callable[[Job], str]
    back: Callable[[Job], tuple[str, str]]
    going: Callable[[Job], str] = _count
    done: Callable[[Job], str] = _finished
    stopped: Callable[[Job], str] | None = None
    links: Callable[[Job], Sequence[Link]] = _none
    can_cancel: bool = True
    lands: Callable[[Job], str] | None = None

    def title_of(self, job: Job) -> str:
        return self.title(job) if callable(self.title) else str(self.title)


_ANY_FAILURE = gettext_lazy(
    "Une panne nous a arrêtés en chemin. Ce qui était fait est gardé : reprenez là où"
    " nous en étions."
)


def failure(job: Job) -> str:
    """Why a job failed, in the words of the error whose code it kept."""
    return words_of_error(job.error_code) or str(_ANY_FAILURE)


def words_of_error(code: str) -> str:
    """What a person reads of the error with this code; "" where it has no words."""
    return str(_words_of(RicochetError, code))


def _words_of(kind: type[RicochetError], code: str) -> Any:
    if kind.code == code and kind.words:
        return kind.words
    found = (_words_of(child, code) for child in kind.__subclasses__())
    return next((words for words in found if words), "")
