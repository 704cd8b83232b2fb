from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "tenants.loyalty"
    label = "loyalty"
