"""Brings a database to where the processes can start: one Django start-up for all the steps.

`python -m deploy.local.prepare [--seed]` writes a line `@step <title>` before each step, which the
demo shows while it waits.
"""

import io
import os
import sys

from deploy.local.messages import compile_messages

_STEPS = (
    ("Migrating the shared tables", ["migrate_schemas", "--shared", "--verbosity", "0"]),
    ("Migrating every merchant", ["tenants", "migrate"]),
    ("Putting the plans on sale", ["billing", "products"]),
)


class _Steps(io.TextIOBase):
    """What the seed says, a step for each line."""

    def write(self, text: str) -> int:
        for line in filter(str.strip, text.splitlines()):
            print(f"@step {line.strip()}", flush=True)
        return len(text)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    print("@step Compiling the translations", flush=True)
    compile_messages()

    import django
    from django.core.management import call_command

    django.setup()
    for title, command in _STEPS:
        print(f"@step {title}", flush=True)
        call_command(*command)
    if "--seed" in sys.argv[1:]:
        print("@step Looking for the demo merchants", flush=True)
        call_command("seed_demo", stdout=_Steps())


if __name__ == "__main__":
    main()
