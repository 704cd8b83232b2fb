"""Operations in the back office of a partner who is no merchant: those it takes part in."""

from operations.received.urls import urlpatterns

app_name = "operations"
__all__ = ["app_name", "urlpatterns"]
