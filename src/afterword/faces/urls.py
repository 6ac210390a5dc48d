"""Addresses of what all faces share, under `/look/`."""

from django.urls import path

from . import pages

app_name = "look"
urlpatterns = [
    path("brand.css", pages.brand, name="brand"),
    path("logo/<str:name>", pages.logo, name="logo"),
]
