"""Amounts and dates stand as the reader writes them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from nazorg.core import formats


@pytest.mark.parametrize(
    ("language", "value", "currency", "text"),
    [
        ("nl", "1234.5", "EUR", "€\xa01.234,50"),
        ("en", "1234.5", "EUR", "€1,234.50"),
        ("en", "-49", "EUR", "−€49.00"),
        ("nl", "-49", "EUR", "−€\xa049,00"),
        ("en", "1200", "JPY", "JP¥1,200"),
        ("en", "1.234", "KWD", "KWD\xa01.234"),
        ("en", None, "EUR", ""),
    ],
)
def test_an_amount_speaks_the_readers_language(language, value, currency, text):
    with translation.override(language):
        assert formats.amount(value, currency) == text


@pytest.mark.parametrize(
    ("language", "value", "text"), [("nl", "2.5000", "2,5"), ("en", "3.0000", "3"), ("en", "1250", "1,250"), ("nl", "1250", "1.250")]
)
def test_a_quantity_has_no_empty_zeros(language, value, text):
    with translation.override(language):
        assert formats.quantity(Decimal(value)) == text


@pytest.mark.parametrize(("language", "value", "text"), [("nl", "5.5", "5,5%"), ("en", "21.00", "21%"), ("en", "0", "0%")])
def test_a_rate_is_written_in_percents_already(language, value, text):
    with translation.override(language):
        assert formats.percent(Decimal(value)).replace("\xa0", "") == text


def test_a_moment_is_told_in_the_time_zone_of_the_house(settings):
    at = dt.datetime(2026, 11, 9, 23, 30, tzinfo=dt.UTC)
    with translation.override("nl"):
        assert formats.moment(at) == "10 nov 2026, 00:30"
    with translation.override("en"):
        assert formats.day(dt.date(2026, 11, 9)) == "9 Nov 2026"
        assert formats.ago(at, at + dt.timedelta(minutes=3)) == "3 minutes ago"
        assert formats.ago(at, at - dt.timedelta(hours=2)) == "in 2 hours"
