from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "tenants.profiles"
    default_auto_field = "django.db.models.BigAutoField"
