"""Whatever colour a shop chooses, its mails can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.loop.accounts.types import Brand
from afterword.loop.messages.rules.brand import PAGE, PAGE_DARK, Dress, NotAColour, contrast, palette


@given(st.integers(0, 0xFFFFFF))
def test_every_brand_colour_gets_readable_partners_in_both_lights(value: int) -> None:
    made = palette(f"#{value:06x}")
    assert contrast(made["fill"], made["on_fill"]) >= 4.5
    assert contrast(made["fill_dark"], made["on_fill_dark"]) >= 4.5
    assert contrast(made["ink"], PAGE) >= 4.5
    assert contrast(made["ink_dark"], PAGE_DARK) >= 4.5


def test_what_is_no_colour_is_refused() -> None:
    with pytest.raises(NotAColour):
        Dress("x", Brand(colour="red; background: url(x)")).worn()
