"""Addresses of the console, at the root. Each module of pages lists its own."""

from .pages import (
    campaigns,
    channels,
    customers,
    errands,
    fatigue,
    home,
    journeys,
    log,
    messages,
    orders,
    quarantine,
    second_person,
    segments,
    sending,
    settings,
    sign_in,
    writing,
)

app_name = "console"
urlpatterns = [
    *home.urls,
    *customers.urls,
    *orders.urls,
    *log.urls,
    *quarantine.urls,
    *sign_in.urls,
    *segments.urls,
    *journeys.urls,
    *campaigns.urls,
    *fatigue.urls,
    *second_person.urls,
    *writing.urls,
    *messages.urls,
    *errands.urls,
    *sending.urls,
    *channels.urls,
    *settings.urls,
]
