"""Addresses of the mailbox, under `/mailbox/`."""

from django.urls import path

from . import pages

app_name = "mailbox"
urlpatterns = [
    path("", pages.show_list, name="list"),
    path("<int:id>/", pages.show_mail, name="mail"),
    path("<int:id>/text/", pages.show_text, name="text"),
    path("<int:id>/source/", pages.show_source, name="source"),
    path("<int:id>/html", pages.show_html, name="html"),
    path("message/<uuid:message_id>/", pages.show_message, name="message"),
    path("empty/", pages.empty, name="empty"),
]
