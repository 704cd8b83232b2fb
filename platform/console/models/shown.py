"""Other rooms' rows under the names that operators read: no tables of their own."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.models import Account, Grant, Invoice, StripeEvent
from partnerships.models import Partnership
from tenants.models import Tenant


class Merchant(Tenant):
    class Meta:
        proxy = True
        verbose_name = _("commerçant")
        verbose_name_plural = _("commerçants")

    def __str__(self) -> str:
        return self.name


class Deal(Account):
    class Meta:
        proxy = True
        verbose_name = _("abonnement")
        verbose_name_plural = _("abonnements")


class Bill(Invoice):
    class Meta:
        proxy = True
        verbose_name = _("facture")
        verbose_name_plural = _("factures")


class Told(StripeEvent):
    class Meta:
        proxy = True
        verbose_name = _("événement Stripe")
        verbose_name_plural = _("événements Stripe")


class Given(Grant):
    class Meta:
        proxy = True
        verbose_name = _("octroi")
        verbose_name_plural = _("octrois")


class Pair(Partnership):
    class Meta:
        proxy = True
        verbose_name = _("partenariat")
        verbose_name_plural = _("partenariats")


class Person(User):
    class Meta:
        proxy = True
        verbose_name = _("personne")
        verbose_name_plural = _("personnes")
