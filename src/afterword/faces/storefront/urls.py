"""Addresses of the customers' pages, under `/c/`. The letters are those of `loop.messages.rules.links.FOLDER`."""

from django.urls import path

from . import pages

app_name = "storefront"
urlpatterns = [
    path("o/<str:token>", pages.show_order, name="order"),
    path("s/<str:token>", pages.ask_score, name="score"),
    path("s/<str:token>/thanks", pages.thank, name="thanks"),
    path("s/<str:token>/<int:score>", pages.ask_score, name="chosen"),
    path("r/<str:token>", pages.ask_review, name="review"),
    path("r/<str:token>/thanks", pages.thank_review, name="review_thanks"),
    path("r/<str:token>/<int:stars>", pages.ask_review, name="starred"),
    path("u/<str:token>", pages.unsubscribe, name="unsubscribe"),
    path("y/<str:token>", pages.confirm, name="confirm"),
    path("join/<slug:store>", pages.join, name="join"),
    path("v/<str:token>", pages.view, name="view"),
    path("p/<str:token>", pages.preferences, name="preferences"),
    path("l/<str:token>", pages.follow, name="follow"),
    path("w/<str:token>", pages.ways, name="ways"),
    path("worker.js", pages.worker, name="worker"),
    path("g/<str:code>", pages.go_on, name="short"),
    path("i/<str:token>.gif", pages.picture, name="picture"),
]
