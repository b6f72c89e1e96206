"""The ticket page as a server answers it: its cost, its refusals, and its working without JavaScript."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from nazorg.conversation import actions as conversing
from nazorg.conversation.models import Entry
from nazorg.helpdesk import actions
from nazorg.helpdesk.models import Stage, Tag, Team, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, nora):
    """Nora's browser without JavaScript."""
    client.force_login(nora, backend="nazorg.access.backend.Backend")
    return client


def url(ticket, part=""):
    return f"/helpdesk/tickets/{ticket.pk}/{part}"


def write(desk, ticket, **given):
    last = Entry.objects.filter(thread=ticket.thread_id).latest("id").pk
    return desk.post(url(ticket, "write/"), {"kind": "sent", "text": "", "since": last, "key": str(uuid.uuid4()), **given})


def test_opening_a_ticket_costs_at_most_twelve_queries_however_long_it_is(desk, ticket, nora, pim, django_assert_max_num_queries):
    actions.add_follower(ticket=ticket, email="peter@acme.example", by=nora, at=timezone.now())
    with django_assert_max_num_queries(12) as short:
        assert desk.get(url(ticket)).status_code == 200
    for i in range(120):
        actions.note(ticket=ticket, text=f"Note {i}", by=pim, at=timezone.now(), files=[SimpleUploadedFile(f"{i}.txt", b"x")] if i > 110 else ())
    with django_assert_max_num_queries(12) as long:
        answer = desk.get(url(ticket))
    assert len(long) == len(short)
    assert b"Show earlier" in answer.content
    assert answer.content.count(b"entry is-note") == 60


def test_earlier_entries_come_in_windows(desk, ticket, pim):
    for i in range(70):
        actions.note(ticket=ticket, text=f"Note number {i}.", by=pim, at=timezone.now())
    newest = list(Entry.objects.filter(thread=ticket.thread_id).order_by("-id")[:60])
    answer = desk.get(url(ticket, "thread/"), {"before": newest[-1].pk}, headers={"HX-Request": "true"})
    assert "Note number 9." in answer.content.decode()
    assert "Note number 10." not in answer.content.decode()
    assert "It leaks at the bottom." in answer.content.decode()
    assert b"Show earlier" not in answer.content


def test_the_page_opens_at_the_first_entry_that_was_not_read(desk, ticket, nora, pim):
    now = timezone.now()
    conversing.seen(record=ticket, by=nora, entry_id=Entry.objects.filter(thread=ticket.thread_id).latest("id").pk, at=now)
    assert b'id="unread"' not in desk.get(url(ticket)).content
    actions.note(ticket=ticket, text="My own", by=nora, at=now)
    assert b'id="unread"' not in desk.get(url(ticket)).content
    actions.note(ticket=ticket, text="Of another", by=pim, at=now)
    assert b'id="unread"' in desk.get(url(ticket)).content


def test_the_thread_can_be_filtered(desk, ticket, nora):
    actions.note(ticket=ticket, text="Only for us", by=nora, at=timezone.now())
    shown = {show: desk.get(url(ticket), {"show": show}).content.decode() for show in ("messages", "notes", "documents", "changes", "nonsense")}
    assert "It leaks" in shown["messages"] and "Only for us" not in shown["messages"]
    assert "Only for us" in shown["notes"] and "It leaks" not in shown["notes"]
    assert "No documents yet" in shown["documents"]
    assert "opened this ticket" in shown["changes"] and "It leaks" not in shown["changes"]
    assert "It leaks" in shown["nonsense"] and "Only for us" in shown["nonsense"]


def test_a_reply_is_kept_once_however_often_it_is_sent(desk, ticket):
    key = str(uuid.uuid4())
    for _turn in range(3):
        assert write(desk, ticket, text="Hello Ida", key=key).status_code == 303
    assert Entry.objects.filter(kind="sent").count() == 1


def test_reply_and_close(desk, ticket):
    write(desk, ticket, text="Done", then="close")
    assert Ticket.objects.get(pk=ticket.pk).is_closed


def test_an_empty_reply_is_refused_and_says_so(desk, ticket):
    answer = write(desk, ticket, text="   ")
    assert answer.status_code == 422
    assert "There is nothing to send yet" in answer.content.decode()


def test_a_reply_waits_when_somebody_wrote_meanwhile(desk, ticket, pim):
    opened_at = Entry.objects.filter(thread=ticket.thread_id).latest("id").pk
    actions.reply(ticket=ticket, text="I have sent her a new one.", by=pim, at=timezone.now())
    answer = write(desk, ticket, text="Here is your money", since=opened_at)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Somebody wrote in this ticket" in page and "I have sent her a new one." in page and "Here is your money" in page
    assert not Entry.objects.filter(text="Here is your money").exists()
    assert write(desk, ticket, text="Here is your money", since=opened_at, anyway="1").status_code == 303
    assert Entry.objects.filter(text="Here is your money").count() == 1


def test_a_note_does_not_wait(desk, ticket, pim):
    opened_at = Entry.objects.filter(thread=ticket.thread_id).latest("id").pk
    actions.reply(ticket=ticket, text="Sent.", by=pim, at=timezone.now())
    assert write(desk, ticket, kind="note", text="Seen", since=opened_at).status_code == 303


def test_a_draft_that_comes_after_its_message_is_none(desk, ticket):
    key = str(uuid.uuid4())
    desk.post(url(ticket, "draft/"), {"kind": "note", "text": "Half a sent", "key": key})
    assert "Half a sent" in desk.get(url(ticket)).content.decode()
    write(desk, ticket, kind="note", text="Half a sentence", key=key)
    desk.post(url(ticket, "draft/"), {"kind": "note", "text": "Half a sentence", "key": key})
    assert "</textarea>" in desk.get(url(ticket)).content.decode()
    assert "Half a sentence</textarea>" not in desk.get(url(ticket)).content.decode()


@pytest.mark.parametrize(("given", "name", "expected"), [
    ({"title": "Kettle leaks at the seam"}, "title", "Kettle leaks at the seam"), ({"priority": "3"}, "priority", 3),
    ({"serial": "SN-1"}, "serial", "SN-1"), ({"order_reference": "S00412"}, "order_reference", "S00412"), ({"language": "fr"}, "language", "fr"),
])
def test_a_property_is_saved_at_once(desk, ticket, given, name, expected):
    assert desk.post(url(ticket, "change/"), given).status_code == 303
    assert getattr(Ticket.objects.get(pk=ticket.pk), name) == expected


def test_tags_are_chosen_and_taken_off(desk, ticket):
    tag = Tag.objects.create(name="leak", colour=1)
    desk.post(url(ticket, "change/"), {"tags_shown": "1", "tags": [tag.pk]})
    assert list(ticket.tags.all()) == [tag]
    desk.post(url(ticket, "change/"), {"tags_shown": "1"})
    assert list(ticket.tags.all()) == []


@pytest.mark.parametrize("given", [{"title": " "}, {"title": "x" * 300}, {"priority": "9"}, {"stage": "999999"}, {"customer": "x"}, {"tags": ["x"]}, {"language": "xx"}])
def test_nonsense_gets_a_sentence_and_changes_nothing(desk, ticket, given):
    before = Ticket.objects.values().get(pk=ticket.pk)
    answer = desk.post(url(ticket, "change/"), given)
    assert answer.status_code == 422
    assert Ticket.objects.values().get(pk=ticket.pk) == before


def test_two_who_move_a_ticket_at_once_do_not_undo_each_other(desk, ticket, pim):
    stages = {one.kind: one for one in Stage.objects.filter(team=ticket.team_id)}
    seen = ticket.stage_id
    actions.move(ticket=ticket, stage=stages["waiting"], by=pim, at=timezone.now())
    answer = desk.post(url(ticket, "change/"), {"stage": stages["closed"].pk, "stage_seen": seen})
    assert answer.status_code == 422
    assert "Somebody moved this ticket" in answer.content.decode()
    assert Ticket.objects.get(pk=ticket.pk).stage_id == stages["waiting"].pk


def test_followers_come_and_go(desk, ticket, pim):
    desk.post(url(ticket, "followers/"), {"who": "Pim Jacobs"})
    desk.post(url(ticket, "followers/"), {"who": "peter@acme.example"})
    assert {str(one) for one in ticket.thread.followers.all()} == {"Pim Jacobs", "peter@acme.example"}
    assert "Nobody here is called" in desk.post(url(ticket, "followers/"), {"who": "Xanthippe"}).content.decode()
    follower = ticket.thread.followers.get(user=pim)
    desk.post(url(ticket, "followers/"), {"remove": follower.pk})
    assert [str(one) for one in ticket.thread.followers.all()] == ["peter@acme.example"]


def test_what_was_sold_stands_beside_the_thread(desk, ticket):
    page = desk.get(url(ticket), {"around": "1"}).content.decode()
    assert "Kettle X2, steel" in page and "SN-8841" in page and "until" in page and "€106.61" in page and "1 ticket · 1 open" in page


def test_who_else_looks_is_said_and_what_came_is_brought(desk, ticket, pim, nora):
    now = timezone.now()
    last = Entry.objects.filter(thread=ticket.thread_id).latest("id").pk
    conversing.seen(record=ticket, by=pim, entry_id=last, at=now)
    actions.reply(ticket=ticket, text="On its way.", by=pim, at=now)
    page = desk.post(url(ticket, "here/"), {"last": last, "look": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "Pim Jacobs is looking too" in page and "On its way." in page
    conversing.seen(record=ticket, by=pim, entry_id=last, at=now - timedelta(minutes=5))
    assert "Pim" not in desk.post(url(ticket, "here/"), {"last": 2**40, "look": "1"}).content.decode()


@pytest.mark.parametrize("part", ["", "thread/", "around/", "services/", "neighbours/"])
def test_a_closed_team_s_ticket_is_not_there_for_others(client, ticket, pim, part):
    Team.objects.filter(pk=ticket.team_id).update(visibility=Team.Visibility.MEMBERS)
    client.force_login(pim, backend="nazorg.access.backend.Backend")
    assert client.get(url(ticket, part)).status_code == 404


@pytest.mark.parametrize("part", ["write/", "change/", "draft/", "here/", "followers/"])
def test_nor_can_others_write_in_it(client, ticket, pim, part):
    Team.objects.filter(pk=ticket.team_id).update(visibility=Team.Visibility.MEMBERS)
    client.force_login(pim, backend="nazorg.access.backend.Backend")
    assert client.post(url(ticket, part), {"kind": "sent", "text": "x", "title": "x", "who": "x"}).status_code == 404


def test_the_neighbours_are_those_of_the_list(desk, ticket, team):
    later = actions.open_ticket(title="Toaster", team=team, by=None, at=timezone.now())
    answer = desk.get(url(ticket, "neighbours/"), {"list": "status=unsettled"}).content.decode()
    assert f"/helpdesk/tickets/{later.pk}/?list=" in answer and 'rel="prev"' in answer and 'rel="next"' not in answer
