"""A real shop's invoices: what they say is told, what they do not say is not."""

from __future__ import annotations

from afterword.sample.online_retail.payloads import LACKS, events


def row(invoice: str, code: str, quantity: int, at: str = "12/1/2010 8:26", price: str = "2.55", customer: str = "17850") -> dict[str, str]:
    return {
        "InvoiceNo": invoice, "StockCode": code, "Description": "WHITE  HEART HOLDER", "Quantity": str(quantity), "InvoiceDate": at,
        "UnitPrice": price, "CustomerID": customer, "Country": "France",
    }  # fmt: skip


def test_an_invoice_is_an_order_at_the_shop_s_own_clock() -> None:
    told, lacks = events([row("1", "85123A", 6, at="7/1/2011 8:26"), row("1", "POST", 1, at="7/1/2011 8:26", price="18.00")])
    assert [t.name for t in told] == ["order.placed"]
    assert told[0].occurred_at.isoformat() == "2011-07-01T07:26:00+00:00"
    assert (told[0].properties["total_minor"], told[0].properties["shipping_minor"]) == (1530 + 1800, 1800)
    assert told[0].properties["lines"][0]["title"] == "White heart holder"
    assert (told[0].properties["country"], told[0].properties["zone"]) == ("FR", "Europe/Paris")
    assert lacks["parcels"] == 1


def test_a_return_belongs_to_the_latest_earlier_order_that_has_so_many() -> None:
    told, lacks = events(
        [
            row("1", "A", 10),
            row("2", "A", 4, at="12/2/2010 9:00"),
            row("C3", "A", -6, at="12/3/2010 9:00"),
            row("C4", "A", -4, at="12/4/2010 9:00"),
            row("C5", "A", -9, at="12/5/2010 9:00"),
        ]
    )
    refunds = [(t.order, t.properties["amount_minor"]) for t in told if t.name == "order.refunded"]
    assert refunds == [("1", 6 * 255), ("2", 4 * 255)]
    assert lacks["returns_without_order"] == 1


def test_what_has_no_customer_or_holds_no_goods_is_counted() -> None:
    told, lacks = events([row("1", "A", 1, customer=""), row("2", "M", 1), row("C3", "D", -1), row("4", "A", 1, price="0.0")])
    assert told == []
    assert (lacks["rows_without_customer"], lacks["orders_without_goods"], lacks["returned_no_goods"]) == (1, 2, 1)
    assert set(lacks) <= set(LACKS)
