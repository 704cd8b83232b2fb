"""Two people of a joint operation: somebody who takes part, and Nora of the guest brand."""

import csv
import html as entities
import io
import re
from datetime import timedelta

from django.http import HttpResponse

from tenants.models import Tenant
from tests.acceptance.conftest import PASSWORD, Lumen, words
from tests.fixtures.tenants import TenantClient

NORA = "nora@brulerie-noe.fr"
PAGE = "/o/un-automne-a-la-maison"


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, words(page)
    return entities.unescape(found[1])


class Shopper:
    """Somebody with a browser and no account, at the address of the brand that runs it."""

    def __init__(self, lumen: Lumen) -> None:
        self.lumen = lumen
        self.client = TenantClient(lumen.tenant)

    def take_part(
        self, name: str, *boxes: str, path: str = PAGE, phone: str = "0612345678"
    ) -> HttpResponse:
        page = self.client.get(path).content.decode()
        self.lumen.clock.shift(timedelta(seconds=20))
        form = {
            "form": field(page, "form"),
            "first_name": name.title(),
            "last_name": "Guérin",
            "phone": phone,
            "email": f"{name}@exemple.fr",
            "box": list(boxes),
        }
        answer = self.client.post(path.split("?", maxsplit=1)[0], form)
        assert answer.status_code == 302, words(answer.content.decode())
        return self.client.get(answer["Location"])


class Guest:
    """Nora's browser in her own back office."""

    def __init__(self, tenant: Tenant) -> None:
        self.client = TenantClient(tenant)
        answer = self.client.post("/connexion", {"email": NORA, "password": PASSWORD})
        assert answer.status_code == 302

    def get(self, path: str) -> HttpResponse:
        return self.client.get(path)

    def html(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()

    def operation(self) -> str:
        """The path of the operation, found in the list."""
        found = re.search(r"/operations/recues/rop_\w+", self.html("/operations/recues"))
        assert found
        return found[0]

    def figures(self) -> tuple[str, str, str]:
        """Participants, opt-ins and new profiles, as the page says them."""
        values = re.findall(r'figure-value">([^<]+)<', self.html(self.operation()))
        return tuple(values[:3])

    def file(self, kind: str = "csv") -> list[dict[str, str]]:
        answer = self.get(f"{self.operation()}/donnees?export={kind}")
        assert answer.status_code == 200
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text), delimiter=";"))
