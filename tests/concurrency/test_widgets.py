"""R3: the form of one widget, sent by several clicks at the same moment."""

import pytest

from kernel.ids import uuid7
from tenants.models import Tenant
from tests.concurrency.conftest import Race
from tests.fixtures.operations import make_module
from tests.widgets.displaying import make
from widgets.display import services
from widgets.models import Widget


def test_r3_one_form_sent_many_times_at_once_makes_one_widget(
    lumen: Tenant, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each click is answered with the widget, also where it is the last that there may be."""
    monkeypatch.setattr(services, "MOST", 1)
    module, number = make_module(), uuid7()
    answers = race([lambda: make(module, widget_id=number) for _ in range(7)])
    assert [getattr(one, "id", one) for one in answers] == [number] * 7
    assert Widget.objects.count() == 1
    [refused] = race([lambda: make(module)])
    assert isinstance(refused, services.TooManyWidgetsError)
    assert Widget.objects.count() == 1
