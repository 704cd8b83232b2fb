from django.apps import AppConfig


class BulkConfig(AppConfig):
    name = "tenants.programme.bulk"
    label = "bulk"
