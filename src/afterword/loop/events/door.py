"""What other rooms may ask of the log."""

from __future__ import annotations

from afterword.kernel.shapes import Vocabulary

from .actions import views
from .actions.append import append, mark_of, ready
from .actions.seal import projections, register_projection, seal
from .queries import frontier, order_id, personal_of, product_id, reference_files, secret, shipment_id, waiting
from .rules import faults_of_envelope, shape, sort_out

__all__ = [
    "append", "faults_of_envelope", "frontier", "mark_of", "order_id", "personal_of", "print_views", "product_id", "projections", "ready",
    "reference_files", "register_projection", "seal", "secret", "shape", "shipment_id", "sort_out", "vocabulary", "waiting",
]  # fmt: skip

vocabulary = Vocabulary()


def print_views() -> int:
    """Make or renew the typed views, one for each event name; called after every migration."""
    return views.print_views(vocabulary)
