"""Addresses of billing on a tenant's host."""

app_name = "billing"
urlpatterns: list[object] = []
