"""What lines come to: a table of cases, and what holds for any lines at all."""

from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nazorg.catalogue.taxes import Priced, TaxFacts, totals
from nazorg.core.money import minor_units, rounded


def percent(rate, *, included=False, pk=None, category="S"):
    return TaxFacts(pk or int(D(rate) * 100) + included, f"{rate}%", "percent", D(rate), category, included)


def fixed(rate, pk=900):
    return TaxFacts(pk, f"{rate} a piece", "fixed", D(rate), "S", False)


FIFTEEN, OTHER_FIFTEEN = percent("15", pk=1), percent("15", pk=2)
ON_TOP, INSIDE, SIX = percent("21"), percent("21", included=True), percent("6")


def line(quantity, price, *taxes, discount="0"):
    return Priced(D(quantity), D(price), D(discount), taxes)


CASES = {
    "R1: a tax of 15 %, and two of 15 % on the other line": (
        [line(1, 1000, FIFTEEN), line(1, 200, FIFTEEN, OTHER_FIFTEEN)], "EUR",
        ["1000.00", "200.00"], {1: ("1200.00", "180.00"), 2: ("200.00", "30.00")}, "1200.00", "210.00", "1410.00",
    ),
    "R2: 4 × 500 at 50 % is 1,000": (
        [line(4, 500, FIFTEEN, discount=50), line(1, 200, FIFTEEN, OTHER_FIFTEEN)], "EUR",
        ["1000.00", "200.00"], {1: ("1200.00", "180.00"), 2: ("200.00", "30.00")}, "1200.00", "210.00", "1410.00",
    ),
    "R10: 3 × 33.33 at 21 %": ([line(3, "33.33", ON_TOP)], "EUR", ["99.99"], {2100: ("99.99", "21.00")}, "99.99", "21.00", "120.99"),
    "3 × 33.33 with 21 % included comes to 99.99": ([line(3, "33.33", INSIDE)], "EUR", ["82.64"], {2101: ("82.64", "17.35")}, "82.64", "17.35", "99.99"),
    "three lines of 33.33 with 21 % included come to 99.99 too": (
        [line(1, "33.33", INSIDE)] * 3, "EUR", ["27.55", "27.55", "27.54"], {2101: ("82.64", "17.35")}, "82.64", "17.35", "99.99",
    ),
    "0.03 with 21 % included": ([line(1, "0.03", INSIDE)], "EUR", ["0.02"], {2101: ("0.02", "0.01")}, "0.02", "0.01", "0.03"),
    "three times 0.01 with 21 % included": ([line(1, "0.01", INSIDE)] * 3, "EUR", ["0.01", "0.01", "0.00"], {2101: ("0.02", "0.01")}, "0.02", "0.01", "0.03"),
    "one tax once over the document, not line by line": (
        [line(1, "0.07", ON_TOP)] * 10, "EUR", ["0.07"] * 10, {2100: ("0.70", "0.15")}, "0.70", "0.15", "0.85",
    ),
    "included beside on top": (
        [line(1, "121", INSIDE), line(1, 100, ON_TOP), line(2, 50, SIX)], "EUR",
        ["100.00", "100.00", "100.00"], {2101: ("100.00", "21.00"), 2100: ("100.00", "21.00"), 600: ("100.00", "6.00")}, "300.00", "48.00", "348.00",
    ),
    "included and on top on one line: the second on the net": (
        [line(1, "121", INSIDE, SIX)], "EUR", ["100.00"], {2101: ("100.00", "21.00"), 600: ("100.00", "6.00")}, "100.00", "27.00", "127.00",
    ),
    "two included taxes come out of the price together": (
        [line(1, "127", INSIDE, percent("6", included=True))], "EUR", ["100.00"], {2101: ("100.00", "21.00"), 601: ("100.00", "6.00")}, "100.00", "27.00", "127.00",
    ),
    "a fixed amount per unit": ([line(3, 10, fixed("0.25"), ON_TOP)], "EUR", ["30.00"], {900: ("30.00", "0.75"), 2100: ("30.00", "6.30")}, "30.00", "7.05", "37.05"),
    "a discount below zero is taken off the same tax": (
        [line(1, 100, ON_TOP), line(1, -10, ON_TOP)], "EUR", ["100.00", "-10.00"], {2100: ("90.00", "18.90")}, "90.00", "18.90", "108.90",
    ),
    "a voucher below zero with the tax included": (
        [line(1, 121, INSIDE), line(1, "-12.10", INSIDE)], "EUR", ["100.00", "-10.00"], {2101: ("90.00", "18.90")}, "90.00", "18.90", "108.90",
    ),
    "gross lines that cancel each other out": ([line(1, 121, INSIDE), line(1, -121, INSIDE)], "EUR", ["100.00", "-100.00"], {2101: ("0.00", "0.00")}, "0.00", "0.00", "0.00"),
    "yen have no cents": ([line(3, 333, percent("10"))], "JPY", ["999"], {1000: ("999", "100")}, "999", "100", "1099"),
    "dinars have thousandths": ([line(1, "10.1255", percent("5"))], "KWD", ["10.126"], {500: ("10.126", "0.506")}, "10.126", "0.506", "10.632"),
    "a rate with decimals": ([line(1, 100, percent("5.5"))], "EUR", ["100.00"], {550: ("100.00", "5.50")}, "100.00", "5.50", "105.50"),
    "halves round away from zero, down as well as up": (
        [line(1, "0.50", percent("1", pk=7)), line(1, "-0.50", percent("1", pk=8))], "EUR", ["0.50", "-0.50"], {7: ("0.50", "0.01"), 8: ("-0.50", "-0.01")}, "0.00", "0.00", "0.00",
    ),
    "zero percent is a tax too": ([line(1, 100, percent("0", category="Z"))], "EUR", ["100.00"], {0: ("100.00", "0.00")}, "100.00", "0.00", "100.00"),
    "all of it given away": ([line(2, 100, ON_TOP, discount=100)], "EUR", ["0.00"], {2100: ("0.00", "0.00")}, "0.00", "0.00", "0.00"),
    "no tax at all": ([line(2, "1.005")], "EUR", ["2.01"], {}, "2.01", "0", "2.01"),
    "no lines": ([], "EUR", [], {}, "0", "0", "0"),
}


@pytest.mark.parametrize("case", CASES)
def test_lines_come_to(case):
    lines, currency, nets, taxes, net, tax, total = CASES[case]

    sums = totals(lines, currency)

    assert sums.nets == [D(one) for one in nets]
    assert {one.tax.id: (one.base, one.amount) for one in sums.taxes} == {pk: (D(base), D(amount)) for pk, (base, amount) in taxes.items()}
    assert (sums.net, sums.tax, sums.total) == (D(net), D(tax), D(total))


def test_the_same_tax_twice_on_a_line_counts_once():
    assert totals([line(1, 100, ON_TOP, ON_TOP)], "EUR").tax == D("21.00")


def test_a_rate_is_the_same_however_many_zeros_it_is_kept_with():
    written, stored = (TaxFacts(5, "21%", "percent", D(rate), "S", False) for rate in ("21", "21.0000"))
    assert TaxFacts.from_json(stored.as_json()) == written
    assert len(totals([line(1, 50, written), line(1, 50, stored)], "EUR").taxes) == 1


@pytest.mark.parametrize(("rate", "kept"), [("100.0000", "100"), ("0.0000", "0"), ("5.5000", "5.5")])
def test_a_rate_is_kept_as_people_write_it(rate, kept):
    assert percent(rate).as_json()["rate"] == kept


TAXES = [percent("21", pk=1), percent("6", pk=2), percent("5.5", pk=3), percent("21", included=True, pk=4), percent("9", included=True, pk=5), fixed("0.30", pk=6)]
lines_of_any_kind = st.lists(
    st.builds(
        Priced,
        st.decimals("0.001", 999, places=3, allow_nan=False),
        st.decimals(0, 9999, places=4, allow_nan=False),
        st.decimals(0, 100, places=2, allow_nan=False),
        st.lists(st.sampled_from(TAXES), max_size=3, unique=True).map(tuple),
    ),
    max_size=12,
)
currencies = st.sampled_from(["EUR", "JPY", "KWD"])


@settings(deadline=None)
@given(lines_of_any_kind, currencies)
def test_nets_and_taxes_add_up_to_the_total(lines, currency):
    sums = totals(lines, currency)

    assert sum(sums.nets, D(0)) == sums.net
    assert sum((one.amount for one in sums.taxes), D(0)) == sums.tax
    assert sums.net + sums.tax == sums.total
    for amount in (*sums.nets, *(one.amount for one in sums.taxes), sums.total):
        assert amount == rounded(amount, currency) and amount >= 0
    for one in sums.taxes:
        assert one.base == sum((net for net, each in zip(sums.nets, lines, strict=True) if one.tax in each.taxes), D(0))


@settings(deadline=None)
@given(lines_of_any_kind, currencies)
def test_prices_with_tax_included_add_up_to_what_the_customer_was_shown(lines, currency):
    included = [one for one in lines if one.taxes and all(tax.included for tax in one.taxes)]

    sums = totals(included, currency)

    assert sums.total == sum((rounded(one.exact, currency) for one in included), D(0))


@settings(deadline=None)
@given(lines_of_any_kind, currencies)
def test_no_line_is_further_than_a_few_minor_units_from_its_own_net(lines, currency):
    step = D(1).scaleb(-minor_units(currency))
    for one, net in zip(lines, totals(lines, currency).nets, strict=True):
        rate = sum((tax.rate for tax in one.taxes if tax.included), D(0))
        assert abs(net - rounded(one.exact, currency) * 100 / (100 + rate)) <= 2 * step


@settings(deadline=None)
@given(lines_of_any_kind.filter(bool), currencies, st.randoms())
def test_the_order_of_lines_does_not_change_the_total(lines, currency, random):
    shuffled = lines[:]
    random.shuffle(shuffled)

    assert totals(shuffled, currency).total == totals(lines, currency).total
