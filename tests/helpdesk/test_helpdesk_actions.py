"""What agents do to tickets, alone and at once; who may; what the history says; what the database holds whoever writes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone, translation

from nazorg.conversation.models import Entry
from nazorg.core.events import say
from nazorg.core.refusals import NotAllowed, Refused
from nazorg.helpdesk import actions, queries
from nazorg.helpdesk.models import Stage, Ticket
from nazorg.parties.models import Party


def now():
    return timezone.now()


# Who may -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [
    lambda t, by: actions.change(ticket=t, title="x", by=by, at=now()), lambda t, by: actions.assign(ticket=t, assignee=by, by=by, at=now()),
    lambda t, by: actions.close(ticket=t, by=by, at=now()), lambda t, by: actions.reply(ticket=t, text="x", by=by, at=now()), lambda t, by: actions.note(ticket=t, text="x", by=by, at=now()),
    lambda t, by: actions.call(ticket=t, text="x", by=by, at=now()), lambda t, by: actions.receive(ticket=t, text="x", by=by, at=now()),
    lambda t, by: actions.add_follower(ticket=t, user=by, by=by, at=now()), lambda t, by: actions.remove_follower(ticket=t, follower_id=1, by=by, at=now()),
])
def test_nobody_works_on_a_ticket_that_they_may_not_see(house, act):
    before = (Entry.objects.count(), Ticket.objects.values_list("updated_at", "title", "stage", "assignee").get(pk=house.secret.pk))
    for stranger in (house.nora, house.lena, house.victor):
        with pytest.raises(NotAllowed):
            act(house.secret, stranger)
    assert before == (Entry.objects.count(), Ticket.objects.values_list("updated_at", "title", "stage", "assignee").get(pk=house.secret.pk))
    act(house.secret, house.pim)
    act(house.secret, house.ada)


def test_a_closed_teams_tickets_are_for_members_and_administrators(house):
    def seen(user):
        return {ticket.title for ticket in queries.visible_to(user)}

    assert seen(house.nora) == seen(house.lena) == {"Kettle leaks"}
    assert seen(house.pim) == seen(house.ada) == {"Kettle leaks", "Summons"}
    assert seen(house.victor) == set()
    actions.remove_member(team=house.legal, user=house.pim, by=house.ada, at=now())
    assert seen(house.pim) == {"Kettle leaks"}


def test_who_leaves_a_closed_team_leaves_its_tickets(house, told):
    actions.assign(ticket=house.secret, assignee=house.pim, by=house.pim, at=now())
    actions.remove_member(team=house.legal, user=house.pim, by=house.ada, at=now())
    house.secret.refresh_from_db()
    assert house.secret.assignee is None
    assert told(house.secret)[-1] == "TicketUnassigned"


def test_a_ticket_is_only_given_to_who_may_answer_it(house):
    with pytest.raises(Refused, match="no role that answers"):
        actions.assign(ticket=house.kettle, assignee=house.victor, by=house.nora, at=now())
    with pytest.raises(Refused, match="Make them a member first"):
        actions.assign(ticket=house.secret, assignee=house.nora, by=house.pim, at=now())


# Changing ------------------------------------------------------------------------------------------------------------------


def test_every_field_that_changes_tells_one_line_and_no_other_does(house, told):
    product = None
    actions.change(
        ticket=house.kettle, title="Kettle  leaks badly", priority=3, assignee=house.nora, stage=house.support.stages.get(kind="open"), serial="SN1", order_reference="S00012",
        product=product, language="", by=house.nora, at=now(),
    )
    assert sorted(told(house.kettle)) == sorted(["TicketOpened", "TicketMoved", "TicketChanged", "TicketChanged", "TicketChanged", "TicketChanged", "TicketAssigned"])
    actions.change(ticket=house.kettle, title="Kettle leaks badly", priority=3, assignee=house.nora, by=house.nora, at=now())
    assert len(told(house.kettle)) == 7


def test_history_is_said_in_the_readers_language(house):
    with translation.override("nl"):
        actions.change(ticket=house.kettle, priority=3, by=house.nora, at=now())
    entry = house.kettle.thread.entries.filter(event="helpdesk.TicketChanged").get()
    assert entry.facts["after"] == {"term": "Urgent"}
    with translation.override("en"):
        assert say(entry.event, entry.facts, "Nora") == "Nora changed priority from Normal to Urgent."


def test_a_contact_belongs_to_the_customer(house):
    eva = Party.objects.create(name="Eva")
    with pytest.raises(Refused, match="Eva is not a contact of Acme BV"):
        actions.change(ticket=house.kettle, contact=eva, by=house.nora, at=now())
    changed = actions.change(ticket=house.kettle, customer=eva, by=house.nora, at=now())
    assert (changed.customer, changed.contact) == (eva, None)
    changed = actions.change(ticket=house.kettle, contact=house.ida, customer=house.acme, by=house.nora, at=now())
    assert (changed.customer, changed.contact) == (house.acme, house.ida)


def test_handing_over_finds_a_stage_of_the_same_kind_and_drops_who_cannot_follow(house, told):
    actions.change(ticket=house.kettle, stage=house.support.stages.get(kind="waiting"), assignee=house.nora, by=house.nora, at=now())
    ticket = actions.change(ticket=house.kettle, team=house.legal, by=house.ada, at=now())
    assert (ticket.team, ticket.stage, ticket.assignee) == (house.legal, house.legal.stages.get(kind="waiting"), None)
    assert told(ticket)[-1] == "TicketHandedOver"


def test_a_customers_word_opens_a_closed_ticket_again(house, told):
    actions.reply(ticket=house.kettle, text="A new one is on its way.", stage=house.support.stages.get(kind="closed"), by=house.nora, at=now())
    actions.receive(ticket=Ticket.objects.get(pk=house.kettle.pk), text="It leaks too.", at=now())
    ticket = Ticket.objects.get(pk=house.kettle.pk)
    assert (ticket.stage.kind, ticket.closed_at) == ("open", None)
    assert told(ticket) == ["TicketOpened", "TicketClosed", "TicketReopened"]


@pytest.mark.parametrize(("changes", "code"), [
    ({"title": " "}, "title"), ({"title": "x" * 201}, "title"), ({"title": "x" * 10_000_000}, "title"), ({"priority": 4}, "priority"), ({"priority": -1}, "priority"), ({"serial": "x" * 81}, "serial"),
])
def test_bad_input_gets_a_sentence_and_changes_nothing(house, told, changes, code):
    with pytest.raises(Refused) as refusal:
        actions.change(ticket=house.kettle, **changes, by=house.nora, at=now())
    assert refusal.value.field == code
    assert told(house.kettle) == ["TicketOpened"]


def test_followers_may_see_what_they_follow(house, told):
    with pytest.raises(Refused, match="Nora may not see"):
        actions.add_follower(ticket=house.secret, user=house.nora, by=house.pim, at=now())
    with pytest.raises(Refused, match="not an e-mail address"):
        actions.add_follower(ticket=house.kettle, email="nobody", by=house.nora, at=now())
    for _twice in range(2):
        actions.add_follower(ticket=house.kettle, email="Eva@Example.org", by=house.nora, at=now())
    follower = house.kettle.thread.followers.get()
    assert follower.email == "eva@example.org"
    actions.remove_follower(ticket=house.kettle, follower_id=follower.pk, by=house.nora, at=now())
    assert told(house.kettle) == ["TicketOpened", "FollowerAdded", "FollowerRemoved"]


def test_a_stage_in_use_stays(house):
    stage = house.kettle.stage
    with pytest.raises(Refused, match="Move them"):
        actions.change_stage(stage=stage, kind="closed", by=house.lena, at=now())
    with pytest.raises(Refused, match="Move them"):
        actions.remove_stage(stage=stage, by=house.lena, at=now())


# At once -------------------------------------------------------------------------------------------------------------------


def at_once(*acts):
    """Run each in a thread of its own, all at the same moment; gives results and refusals in order."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait()
            return act()
        except (Refused, NotAllowed) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_agents_take_a_ticket_and_one_gets_it(busy_house, told):
    house = busy_house
    results = at_once(*(lambda who=who: actions.assign(ticket=house.kettle, assignee=who, by=who, seen=None, at=now()) for who in (house.nora, house.pim)))
    refused = [one for one in results if isinstance(one, Refused)]
    assert len(refused) == 1
    assert refused[0].code == "changed"
    assert told(house.kettle) == ["TicketOpened", "TicketAssigned"]


def test_two_agents_move_a_ticket_and_the_history_is_one_line_each(busy_house, told):
    house = busy_house
    stages = [house.support.stages.get(kind=kind) for kind in ("open", "waiting")]
    at_once(*(lambda stage=stage: actions.move(ticket=house.kettle, stage=stage, by=house.nora, at=now()) for stage in stages))
    moves = house.kettle.thread.entries.filter(event="helpdesk.TicketMoved").order_by("id")
    assert [entry.facts["before"]["label"] for entry in moves] == ["New", moves[0].facts["after"]["label"]]
    house.kettle.refresh_from_db()
    assert house.kettle.stage.name == moves[1].facts["after"]["label"]


def test_two_leads_add_the_same_stage_tag_and_member(busy_house):
    house = busy_house
    results = at_once(*(lambda: actions.add_stage(team=house.support, name="Maker", by=house.lena, at=now()) for _n in range(4)))
    assert sum(isinstance(one, Refused) for one in results) == 3
    results = at_once(*(lambda: actions.add_tag(name="Recall", by=house.lena, at=now()) for _n in range(4)))
    assert sum(isinstance(one, Refused) for one in results) == 3
    at_once(*(lambda: actions.add_member(team=house.support, user=house.nora, by=house.lena, at=now()) for _n in range(4)))
    assert list(house.support.members.all()) == [house.nora]


# What the database holds ---------------------------------------------------------------------------------------------------


def test_no_change_of_state_goes_untold(busy_house):
    house = busy_house
    with pytest.raises(IntegrityError, match="without a line of history"), transaction.atomic():
        Ticket.objects.filter(pk=house.kettle.pk).update(assignee=house.nora)
    assert Ticket.objects.get(pk=house.kettle.pk).assignee is None


def test_a_stage_of_another_team_is_refused_by_the_database(busy_house):
    house = busy_house
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE helpdesk_ticket SET stage_id = %s WHERE number = %s", [house.legal.stages.first().pk, house.kettle.pk])


def test_closed_means_closed(busy_house):
    house = busy_house
    with pytest.raises(IntegrityError, match="closed_at"), transaction.atomic():
        Ticket.objects.filter(pk=house.kettle.pk).update(closed_at=now())
    with pytest.raises(IntegrityError, match="tickets stand in stage"), transaction.atomic():
        Stage.objects.filter(pk=house.kettle.stage_id).update(kind="closed")
