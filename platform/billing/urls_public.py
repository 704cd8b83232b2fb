"""Addresses of billing on the platform's own host: the one that Stripe calls."""

from django.urls import path

from billing.stripe.webhook import webhook

urlpatterns = [path("stripe/webhook", webhook, name="stripe_webhook")]
