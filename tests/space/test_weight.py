"""S1: what a shopper's page weighs before any script: at most 50 KB of HTML and CSS, gzipped."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.fixtures.tenants import TenantClient
from tests.space.conftest import Earns

MOST = 50 * 1024
PAGES = [
    "/espace",
    "/espace/fidelite",
    "/espace/commandes",
    "/espace/qr",
    "/espace/carte",
    "/espace/regles",
    "/programme",
    "/r/{code}",
    "/r/PERSONNE-99",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_shopper_is_light(
    at_home: TenantClient, code: str, camille_earns: Earns, path: str
) -> None:
    for number in range(25):
        camille_earns(f"Ami{number}")
    html = at_home.get(path.format(code=code)).content.decode()
    sheets = re.findall(r'<link rel="stylesheet" href="[^"]*/static/([^"]+)"', html)
    assert sheets or "<style" in html
    weight = len(gzip.compress(html.encode()))
    for name in sheets:
        file = finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.css$)", "", name))
        assert file, name
        weight += len(gzip.compress(Path(str(file)).read_bytes()))
    assert weight <= MOST, f"{path}: {weight} bytes"
