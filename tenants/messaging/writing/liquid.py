"""Named values and conditions in a merchant's text: no loops, no code, one pass (R38).

What a value holds is never read as liquid, Markdown or HTML: it leaves this module as a mark of
letters and digits, which `markup` turns into the value at the very end.
"""

import difflib
import functools
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TextIO

from django.utils.translation import gettext as _
from liquid import Environment, RenderContext
from liquid.builtin import content, illegal, output
from liquid.builtin.filters.misc import default
from liquid.builtin.filters.string import capitalize, downcase, upcase
from liquid.builtin.tags import case_tag, if_tag, unless_tag
from liquid.exceptions import LiquidError
from liquid.template import BoundTemplate
from liquid.undefined import StrictUndefined

from kernel.errors import InvalidInputError
from shell import formats

LONGEST = 10_000
_MOST_MARKS = 120
_LONGEST_OUTPUT = 100_000
# A formula stands on one line. What opens or closes and is no formula is a slip of the keyboard.
_FORMULA = re.compile(r"\{\{[^{}\n]{0,160}\}\}|\{%[^{}%\n]{0,160}%\}|\{\{|\{%|\}\}|%\}")
_TAG = re.compile(r"\{%-?\s*(\w*)")
_TAGS = frozenset("if elsif else endif unless endunless case when endcase".split())
_LOOPS = frozenset("for endfor tablerow endtablerow cycle include render".split())
_FILTERS = {"capitalize": capitalize, "default": default, "downcase": downcase, "upcase": upcase}
_VALUE = re.compile(r"zq[vc]([0-9a-f]+)vqz")
_CODE = re.compile(r"zqc[0-9a-f]+vqz")


class Code(str):
    """A value that is copied letter by letter: an email shows it in a face of its own."""

    __slots__ = ()


class TextError(InvalidInputError):
    """A text cannot be used: it names the field (`param`), the line, and what to do."""

    code = "email_text_wrong"


class _MarkedOutput(output.OutputNode):
    """`{{ value }}` writes a mark in place of the value."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        value = self.expression.evaluate(context)
        return buffer.write(mark(value if isinstance(value, str) else _text(value)))


class _Output(output.Output):
    node_class = _MarkedOutput


class _House(Environment):
    block_nesting_limit = 6
    context_depth_limit = 10
    loop_iteration_limit = 0
    output_stream_limit = _LONGEST_OUTPUT

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        tags = (content.Literal, _Output, illegal.Illegal)
        for tag in (*tags, if_tag.IfTag, unless_tag.UnlessTag, case_tag.CaseTag):
            self.add_tag(tag)
        for name, function in _FILTERS.items():
            self.add_filter(name, function)


_ENVIRONMENT = _House(undefined=StrictUndefined)


def mark(value: str) -> str:
    """What stands for a value until the markup is made: nothing in it means anything."""
    one_line = " ".join(value.split("\n"))
    kind = "c" if isinstance(value, Code) else "v"
    return f"zq{kind}{one_line.encode().hex()}vqz" if one_line else ""


def is_code(text: str) -> bool:
    """Whether a text is the mark of a code, and nothing else."""
    return _CODE.fullmatch(text) is not None


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def unmark(text: str) -> str:
    """The text with its values in place."""
    return _VALUE.sub(_revealed, text)


def marks_in(text: str) -> list[str]:
    """The values whose marks a text holds."""
    return [_revealed(found) for found in _VALUE.finditer(text)]


def fill(source: str, values: Mapping[str, Any]) -> str:
    """The text with a mark for each value; LiquidError where a name is unknown."""
    return _parsed(source).render(values)


def names_in(source: str) -> set[str]:
    """The values that a text names."""
    found = _parsed(source).analyze(include_partials=False)
    return {str(path) for paths in found.variables.values() for path in paths}


def check(source: str, *, names: Collection[str], field: str) -> None:
    """TextError where a text does not parse, loops, or names a value that this email has not."""
    if len(source) > LONGEST:
        raise TextError(
            _("Raccourcissez ce texte : %(most)s caractères au plus.")
            % {"most": formats.number(LONGEST)},
            param=field,
        )
    _check_formulas(source, field)
    try:
        found = _parsed(source).analyze(include_partials=False)
    except LiquidError as error:
        raise _unreadable(source, error, field) from error
    for paths in found.variables.values():
        for path in paths:
            if str(path) not in names:
                raise _unknown_value(source, str(path), path.span.index, names, field)
    try:
        # Conditions may still compare what cannot be compared: tried with every value there.
        _parsed(source).render(dict.fromkeys(names, "x"))
    except LiquidError as error:
        raise _unreadable(source, error, field) from error


def _check_formulas(source: str, field: str) -> None:
    count = 0
    for found in _FORMULA.finditer(source):
        line = _line(source, found.start())
        if len(found[0]) == 2:
            raise TextError(
                _(
                    "Ligne %(line)s : une balise n’est pas fermée. Écrivez-la sur une"
                    " seule ligne, par exemple {{ first_name }}."
                )
                % {"line": line},
                param=field,
            )
        tag = _TAG.match(found[0])
        if tag is not None and tag[1] not in _TAGS:
            raise TextError(_refusal(tag[1], line), param=field)
        count += 1
    if count > _MOST_MARKS:
        raise TextError(
            _("Retirez des balises : %(most)s au plus dans un texte.")
            % {"most": formats.number(_MOST_MARKS)},
            param=field,
        )


def _refusal(tag: str, line: int) -> str:
    if tag in _LOOPS:
        words = _(
            "Ligne %(line)s : « %(tag)s » répète un texte. Un message n’a pas de boucle : "
            "retirez-la et écrivez le texte une fois."
        )
    else:
        words = _(
            "Ligne %(line)s : « %(tag)s » n’existe pas ici. Les conditions s’écrivent avec if, "
            "unless ou case."
        )
    return words % {"line": line, "tag": tag or "{% %}"}


def _unknown_value(source: str, name: str, at: int, names: Iterable[str], field: str) -> TextError:
    near = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    hint = _(" Vouliez-vous écrire « %(near)s » ?") % {"near": near[0]} if near else ""
    said = _(
        "Ligne %(line)s : « %(name)s » n’est pas une valeur de ce message. Prenez-la dans la liste "
        "à côté du texte."
    )
    return TextError(said % {"line": _line(source, at), "name": name} + hint, param=field)


def _unreadable(source: str, error: LiquidError, field: str) -> TextError:
    where = error.token.start_index if error.token is not None else -1
    line = _line(source, where) if where >= 0 else source.count("\n") + 1
    said = _(
        "Ligne %(line)s : cette balise ne se lit pas. Vérifiez que chaque {%% if %%}"
        " a son {%% endif %%}, et que chaque valeur est dans la liste."
    )
    return TextError(said % {"line": line}, param=field)


def _line(source: str, index: int) -> int:
    return source.count("\n", 0, max(index, 0)) + 1


@functools.lru_cache(maxsize=512)
def _parsed(source: str) -> BoundTemplate:
    """A pure function of the text: the same for every merchant who wrote it."""
    return _ENVIRONMENT.from_string(source)


def _revealed(found: "re.Match[str]") -> str:
    try:
        return bytes.fromhex(found[1]).decode()
    except ValueError:
        return found[0]
