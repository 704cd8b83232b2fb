"""What the README prints from the code is what the code says."""

import re
from pathlib import Path

from config.management.commands.env_table import table
from deploy.local.commands import SHOP_HOST, Ports
from deploy.local.demo import DEFAULT_PORT

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_variables_is_the_one_that_env_table_prints() -> None:
    printed = re.search(r"<!-- env_table -->\n(.*?)\n<!-- /env_table -->", README, re.DOTALL)
    assert printed is not None
    assert printed[1] == table(), "paste what `manage.py env_table` prints"


def test_the_addresses_are_the_demos() -> None:
    ports = Ports.beside(DEFAULT_PORT)
    for address in (
        f"http://maison-lumen.ricochet.localhost:{ports.web}",
        f"http://{SHOP_HOST}:{ports.shop}",
        f"http://localhost:{ports.inbox}",
    ):
        assert f"<{address}>" in README


def test_the_log_ins_are_the_seeds() -> None:
    from config.demo import operator
    from config.management.commands.seed_demo import _TEAM, PASSWORD

    for email, _first, _last, role in _TEAM:
        assert f"| {role}: " in README
        assert f"| `{email}` | `{PASSWORD}` |" in README
    assert f"| `{operator.EMAIL}` | `{PASSWORD}` |" in README
    assert f"`{operator.SECRET}`" in README


def test_every_file_that_the_documents_name_is_there() -> None:
    for document in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "deploy/README.md"):
        place = ROOT / document
        links = re.findall(r"\]\((?!https?:|…)([^)#]+)", place.read_text(encoding="utf-8"))
        missing = [link for link in links if not (place.parent / link).exists()]
        assert missing == [], f"{document} names files that are not there"


def test_every_make_target_that_the_readme_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)|^make ([a-z]+)", README, re.MULTILINE))
    assert {first or second for first, second in named} <= targets
