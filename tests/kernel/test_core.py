"""Money, numbers, idempotency and the outbox."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from nazorg.core import outbox
from nazorg.core.actions import action
from nazorg.core.idempotency import once
from nazorg.core.models import IdempotencyKey, Outgoing, Series
from nazorg.core.money import minor_units, rounded, split
from nazorg.core.numbering import take
from nazorg.core.refusals import Refused

D = Decimal


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("1.005", "EUR", "1.01"), ("-1.005", "EUR", "-1.01"), ("1234.5", "JPY", "1235"), ("1.2345", "KWD", "1.235"), ("0.004", "EUR", "0.00")],
)
def test_amounts_round_half_away_from_zero_at_the_minor_units(amount, currency, expected):
    assert rounded(D(amount), currency) == D(expected)


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [("10.00", [1, 1, 1], ["3.34", "3.33", "3.33"]), ("0.01", [1, 1], ["0.01", "0.00"]), ("-10.00", [1, 1, 1], ["-3.33", "-3.33", "-3.34"]), ("5.00", [0, 0], ["2.50", "2.50"])],
)
def test_a_split_loses_nothing(total, weights, expected):
    shares = split(D(total), [D(w) for w in weights], "EUR")
    assert sum(shares) == D(total)
    assert sorted(shares) == sorted(D(x) for x in expected)


@given(
    total=st.decimals(-100000, 100000, places=2), weights=st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=12), currency=st.sampled_from(["EUR", "USD", "GBP"])
)
def test_shares_add_up_and_lie_within_a_unit_of_exact(total, weights, currency):
    shares = split(total, weights, currency)
    assert sum(shares) == total
    whole = sum(weights)
    if whole:
        step = D(1).scaleb(-minor_units(currency))
        assert all(abs(share - total * weight / whole) < step for share, weight in zip(shares, weights, strict=True))


def test_an_action_takes_keywords_only():
    with pytest.raises(TypeError):

        @action
        def pay(invoice):
            return invoice


@pytest.mark.django_db(transaction=True)
def test_fifty_who_take_a_number_at_once_leave_no_gap_even_when_some_fail():
    barrier, taken = threading.Barrier(50), []

    def work(i):
        try:
            barrier.wait()
            with transaction.atomic():
                number = take("INV", date(2026, 3, 1))
                if i % 3 == 0:
                    raise RuntimeError("the posting failed")
            taken.append(number)
        except RuntimeError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [f"INV/2026/{n:05d}" for n in range(1, 34)]
    assert Series.objects.get(prefix="INV", year=2026).last == 33


@pytest.mark.django_db
def test_a_key_gives_the_same_answer_and_refuses_another_body(nora):
    made = []

    def do():
        made.append(1)
        return {"number": len(made)}

    first = once(by=nora, key="k1", scope="things", body={"a": 1}, do=do)
    again = once(by=nora, key="k1", scope="things", body={"a": 1}, do=do)
    assert first == again == {"number": 1}
    with pytest.raises(Refused) as refusal:
        once(by=nora, key="k1", scope="things", body={"a": 2}, do=do)
    assert refusal.value.code == "key_reused"
    assert made == [1]


@pytest.mark.django_db
def test_a_key_whose_request_was_refused_can_be_tried_again(nora):
    def refuse():
        raise Refused("not now")

    with pytest.raises(Refused):
        once(by=nora, key="k2", scope="things", body={}, do=refuse)
    assert not IdempotencyKey.objects.exists()
    assert once(by=nora, key="k2", scope="things", body={}, do=lambda: "done") == "done"


@pytest.mark.django_db(transaction=True)
def test_twenty_repetitions_at_once_do_the_work_once(nora):
    barrier, answers, made = threading.Barrier(20), [], []

    def do():
        made.append(1)
        return {"n": len(made)}

    def work():
        try:
            barrier.wait()
            answers.append(once(by=nora, key="race", scope="things", body={}, do=do)["n"])
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    assert answers == [1] * 20


@pytest.mark.django_db
def test_the_outbox_sends_once_and_keeps_what_failed(monkeypatch):
    sent, broken = [], True

    def send(key, payload):
        if broken:
            raise OSError("the line is down")
        sent.append((key, payload))

    monkeypatch.setitem(outbox._channels, "test", send)
    key = outbox.put("test", {"a": 1}, at=timezone.now())
    assert outbox.send_due() == 0
    row = Outgoing.objects.get(pk=key)
    assert (row.attempts, row.sent_at, row.failure) == (1, None, "the line is down")
    broken = False
    Outgoing.objects.update(due_at=timezone.now())
    assert outbox.send_due() == 1
    assert outbox.send_due() == 0
    assert sent == [(key, {"a": 1})]
