"""D6: what the platform's own tables tell of a person is declared, too."""

from django.apps import apps

from config.personal import PLATFORM, PLATFORM_TECHNICAL
from tenants.profiles.personal import texts


def test_every_text_of_the_payments_tables_states_its_purpose_or_tells_nothing() -> None:
    models = list(apps.get_app_config("billing").get_models())
    assert models
    silent = [
        f"{model.__name__}.{name}"
        for model in models
        for name in texts(model) - set(PLATFORM[model]) - PLATFORM_TECHNICAL[model]
    ]
    assert silent == []
    for purposes in PLATFORM.values():
        assert all(";" in purpose for purpose in purposes.values())
