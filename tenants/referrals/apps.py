from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "tenants.referrals"
    default_auto_field = "django.db.models.BigAutoField"
