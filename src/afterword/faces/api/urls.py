"""The machines' addresses."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("v1/", include("afterword.faces.api.segment.urls")),
    path("api/v1/", include("afterword.faces.api.native.urls")),
]
