"""What is said stays, is read by whom it concerns, and leaves as a download only."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone

from nazorg.access.actions import grant
from nazorg.conversation import actions, notify, queries, rules
from nazorg.conversation.models import Attachment, Draft, Entry, Thread
from nazorg.conversation.quoting import fold
from nazorg.core.refusals import Refused
from nazorg.helpdesk import actions as helpdesk
from nazorg.helpdesk.models import Team

pytestmark = pytest.mark.django_db


def file(name="leak.png", content=b"\x89PNG\r\n\x1a\n" + b"0" * 40):
    return SimpleUploadedFile(name, content)


def test_an_entry_is_never_changed_nor_removed(ticket, nora):
    entry = helpdesk.note(ticket=ticket, text="Bottom seam.", by=nora, at=timezone.now())
    for spoil in (lambda: Entry.objects.filter(pk=entry.pk).update(text="Tap."), lambda: Entry.objects.filter(pk=entry.pk).delete()):
        with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
            spoil()
    assert Entry.objects.get(pk=entry.pk).text == "Bottom seam."


def test_nothing_is_not_a_message(ticket, nora):
    before = Entry.objects.count()
    with pytest.raises(Refused, match="nothing to send"):
        helpdesk.reply(ticket=ticket, text="  \x00 ", by=nora, at=timezone.now())
    assert Entry.objects.count() == before


def test_a_script_in_a_message_does_not_survive(ticket):
    entry = helpdesk.receive(ticket=ticket, html="<p>Hi <script>alert(1)</script><a href='javascript:x()'>there</a></p>", at=timezone.now())
    assert "script" not in entry.body
    assert entry.text == "Hi there"


def test_a_file_is_typed_by_its_content_and_cannot_be_empty(ticket, nora):
    entry = helpdesk.note(ticket=ticket, files=[file("photo.txt")], by=nora, at=timezone.now())
    assert entry.attachments.get().content_type == "image/png"
    with pytest.raises(Refused, match="is empty"):
        helpdesk.note(ticket=ticket, text="See", files=[file(content=b"")], by=nora, at=timezone.now())


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(ticket, nora, settings):
    settings.ATTACHMENT_LIMIT = 1024 * 1024
    with pytest.raises(Refused, match="larger than 1 MB"):
        helpdesk.note(ticket=ticket, text="See", files=[file(content=b"x" * (1024 * 1024 + 1))], by=nora, at=timezone.now())
    assert not Attachment.objects.exists()


def test_a_download_never_shows_inside_a_page(client, ticket, nora):
    attachment = helpdesk.note(ticket=ticket, files=[file("page.html", b"<script>alert(1)</script>")], by=nora, at=timezone.now()).attachments.get()
    client.force_login(nora, backend="nazorg.access.backend.Backend")
    answer = client.get(f"/threads/files/{attachment.pk}/page.html")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"


def test_a_file_of_a_closed_team_is_not_there_for_others_until_it_is_granted(client, ticket, nora, pim):
    attachment = helpdesk.note(ticket=ticket, files=[file()], by=nora, at=timezone.now()).attachments.get()
    Team.objects.filter(pk=ticket.team_id).update(visibility=Team.Visibility.MEMBERS)
    url = f"/threads/files/{attachment.pk}/leak.png"
    client.force_login(pim, backend="nazorg.access.backend.Backend")
    assert client.get(url).status_code == 404
    grant(user=pim, thread_id=ticket.thread_id, by=None, at=timezone.now(), reason="test")
    assert client.get(url).status_code == 200
    client.logout()
    assert client.get(url).status_code == 302


def test_a_thread_for_which_nobody_answers_is_seen_by_nobody(ada):
    thread = Thread.objects.create(kind="core.series", started_at=timezone.now())
    assert not rules.may_read(ada, thread)
    assert not rules.may_read(ada, Thread(pk=0, kind="no.such", started_at=timezone.now()))


def test_followers_from_outside_hear_of_replies_only(ticket, nora, pim):
    now = timezone.now()
    helpdesk.add_follower(ticket=ticket, user=pim, by=nora, at=now)
    helpdesk.add_follower(ticket=ticket, email="peter@acme.example", by=nora, at=now)
    helpdesk.add_follower(ticket=ticket, user=nora, by=nora, at=now)
    reply = helpdesk.reply(ticket=ticket, text="Hello", by=nora, at=now)
    note = helpdesk.note(ticket=ticket, text="Internal", by=nora, at=now)
    assert [str(one) for one in notify.told_of(reply)] == [str(pim), "peter@acme.example"]
    assert [str(one) for one in notify.told_of(note)] == [str(pim)]


def test_reading_never_goes_back_and_drafts_are_one_per_person(ticket, nora):
    now = timezone.now()
    actions.seen(record=ticket, by=nora, entry_id=9, at=now)
    actions.seen(record=ticket, by=nora, entry_id=4, at=now)
    assert queries.read_up_to(ticket, nora) == 9
    actions.keep_draft(record=ticket, by=nora, kind="sent", text="Dear", at=now)
    actions.keep_draft(record=ticket, by=nora, kind="note", text="Dear Anna", at=now)
    assert queries.draft(ticket, nora).text == "Dear Anna"
    helpdesk.reply(ticket=ticket, text="Dear Anna, hello", by=nora, at=now)
    assert not Draft.objects.exists()


@pytest.mark.parametrize("start", [
    "On Mon, 21 Nov 2026 at 10:01, Nora &lt;desk@demo.example&gt; wrote:",
    "Op ma 21 nov 2026 om 10:01 schreef Nora &lt;desk@demo.example&gt;:",
    "Le lun. 21 nov. 2026 à 10:01, Nora a écrit :",
    "Am Mo., 21. Nov. 2026 um 10:01 Uhr schrieb Nora:",
    "-----Oorspronkelijk bericht-----",
    "<blockquote>",
])
def test_what_a_mail_repeats_is_folded(start):
    fresh, quoted = fold(f"<p>Yes, please.</p><p>{start}</p><p>Shall we give your money back, or another one?</p>")
    assert "Yes, please." in fresh
    assert "money back" not in fresh
    assert "money back" in quoted


@pytest.mark.parametrize("body", ["<p>On Monday I wrote a review.</p>", "<blockquote><p>Only a quotation in this mail, nothing else.</p></blockquote>", "<p>Op tafel staat hij nu.</p>"])
def test_what_is_new_is_not_folded(body):
    assert fold(body) == (body, "")
