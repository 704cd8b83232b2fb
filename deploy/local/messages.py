"""The English texts: written anew from the source, checked, and compiled.

`python -m deploy.local.messages update | check | compile`. On screen the product speaks French, and
the French text is the message's name; `platform/config/locale/en` gives each its English. What is
compiled is not kept in the repository.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from deploy.local.extracting import template_catalogue
from deploy.local.processes import ROOT

LOCALES = ROOT / "platform" / "config" / "locale"
_PLACE = Path("LC_MESSAGES") / "django.po"
_HEADER = r"""# The English of Ricochet's French texts.
# `python -m deploy.local.messages update` adds what is new and drops what is gone.
msgid ""
msgstr ""
"Language: en\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%?[sd]|\{\w*\}")
_FRENCH_SPACE = re.compile("[ \u00a0\u202f][:;?!»]|«")
# What stands before a sign must not let the line break there, and `;?!` take the narrow one.
_BREAKING_SPACE = re.compile("(?: [:;?!]|\u00a0[;?!]|\u202f:)(?=\\s|$)|[ \u202f]»|«[ \u202f]")


def compile_messages(locales: Path = LOCALES) -> None:
    """Write the two `.mo` anew where a `.po` is newer; the French one is made of the English.

    `fr` has a few texts of its own: the English ones of packages that speak no French.
    """
    sources = sorted(locales.glob(f"*/{_PLACE}"))
    newest = max((source.stat().st_mtime for source in sources), default=0.0)
    late = []
    for language in {source.parent.parent.name for source in sources} | {"fr"}:
        compiled = (locales / language / _PLACE).with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < newest:
            late.append((language, compiled))
    if not late:
        return
    catalogues = {source.parent.parent.name: _read(source) for source in sources}
    own = catalogues.pop("fr", None)
    for language, compiled in late:
        if language != "fr":
            _compile(catalogues[language], compiled)
            continue
        french = Catalog(locale="fr", charset="utf-8")
        for catalogue in catalogues.values():
            _add_french(french, catalogue)
        for message in filter(_has_text, own or ()):
            french.add(message.id, message.string, context=message.context)
        _compile(french, compiled)


def _compile(catalogue: Catalog, compiled: Path) -> None:
    compiled.parent.mkdir(parents=True, exist_ok=True)
    half_done = compiled.with_suffix(".mo.new")
    with half_done.open("wb") as file:
        write_mo(file, catalogue)
    half_done.replace(compiled)


def _add_french(french: Catalog, other: Catalog) -> None:
    """Each text as it stands in the source, under French plurals: nought is singular there.

    Without it gettext would count as in English, and a French text that happens to be an English
    message of Django would come in Django's words.
    """
    for message in filter(_has_text, other):
        french.add(message.id, message.id, context=message.context)


def _has_text(message: Message) -> bool:
    return bool(message.id)


def _read(source: Path) -> Catalog:
    with source.open("rb") as file:
        return read_po(file, locale=source.parent.parent.name)


def update(root: Path = ROOT, locales: Path = LOCALES) -> int:
    """Bring the English catalogue up to the source; returns how many texts wait for a translation.

    Translations are kept, texts that are gone are dropped, new ones are added empty.
    """
    source = locales / "en" / _PLACE
    known = _read(source) if source.exists() else Catalog(locale="en")
    fresh = template_catalogue(root)
    for message in filter(_has_text, fresh):
        old = known.get(message.id, message.context)
        if old is not None and isinstance(old.string, tuple) == isinstance(message.id, tuple):
            message.string = old.string
    source.parent.mkdir(parents=True, exist_ok=True)
    with source.open("wb") as file:
        file.write(_HEADER.encode())
        write_po(file, fresh, omit_header=True, width=100, include_lineno=False)
    return sum(not _is_translated(message) for message in filter(_has_text, fresh))


def check(root: Path = ROOT, locales: Path = LOCALES) -> list[str]:
    """What is wrong with the English catalogue, a sentence each; nothing when all is well."""
    known = _read(locales / "en" / _PLACE)
    fresh = template_catalogue(root)
    wrong = [
        f"unused: {_name(message)}"
        for message in filter(_has_text, known)
        if fresh.get(message.id, message.context) is None
    ]
    for message in filter(_has_text, fresh):
        english = known.get(message.id, message.context)
        if english is None or not _is_translated(english) or english.fuzzy:
            wrong.append(f"no English: {_name(message)}")
        else:
            wrong += [f"{fault}: {_name(message)}" for fault in _faults(english)]
    return wrong


def _texts(value: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def _name(message: Message) -> str:
    text = _texts(message.id)[0]
    return f"{text} ({message.context})" if message.context else text


def _is_translated(message: Message) -> bool:
    if isinstance(message.id, str) == isinstance(message.string, tuple):
        return False
    return bool(message.string) and all(_texts(message.string))


def _faults(message: Message) -> Iterator[str]:
    """What makes a text unusable: other placeholders in English, or a language's wrong spaces."""
    for french, english in zip(_texts(message.id), _texts(message.string), strict=True):
        if set(_PLACEHOLDER.findall(english)) != set(_PLACEHOLDER.findall(french)):
            yield "other placeholders"
        if _BREAKING_SPACE.search(french):
            yield "wrong spaces in French"
        if _FRENCH_SPACE.search(english):
            yield "French spaces in English"


def main(arguments: list[str]) -> int:
    """0 when the catalogue is complete; 2 for a command that does not exist."""
    match arguments:
        case ["update"]:
            waiting = update()
            print(f"{waiting} texts have no English yet." if waiting else "Every text has English.")
        case ["check"]:
            wrong = check()
            print("\n".join(wrong) if wrong else "Every text has English.")
            return 1 if wrong else 0
        case ["compile"]:
            compile_messages()
        case _:
            print("python -m deploy.local.messages update | check | compile", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
