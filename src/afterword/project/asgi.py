"""The web application for an ASGI server, for those who run their own."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterword.project.settings")
application = get_asgi_application()
