from django.apps import AppConfig


class RecalculationConfig(AppConfig):
    name = "tenants.loyalty.recalculation"
    label = "recalculation"
