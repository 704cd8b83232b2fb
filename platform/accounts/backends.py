"""Checks an email and a password, for members of the request's tenant only."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from accounts.models import Membership, User


class MemberBackend(ModelBackend):
    """R33: unknown email, wrong password and right password without membership are one answer.

    Each of them costs one query and one run of the password hasher, so their times agree too.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        tenant = getattr(request, "tenant", None)
        if tenant is None or not username or password is None:
            return None
        belongs = Membership.objects.filter(user=OuterRef("pk"), tenant_id=tenant.id)
        user = User.objects.by_email(username).annotate(is_member=Exists(belongs)).first()
        if user is None:
            User().set_password(password)
            return None
        right = user.check_password(password)
        return user if right and user.is_member and user.is_active else None
