"""What the worker does for the team."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from afterword.kit import clock

from .models import SignInLink

KEPT_FOR = timedelta(days=30)


def forget_spent(now: datetime) -> int:
    """Drop sessions that have ended and sign-in links that can no longer be used; how many. By the real time, whatever is shown."""
    real = clock.real_now()
    sessions, _ = Session.objects.filter(expire_date__lt=real).delete()
    links, _ = SignInLink.objects.filter(expires_at__lt=real - KEPT_FOR).delete()
    return sessions + links
