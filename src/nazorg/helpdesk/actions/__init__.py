"""The only writers of tickets, teams and what hangs on them."""

from nazorg.helpdesk.actions.services import record_remedy, switch_service
from nazorg.helpdesk.actions.talk import add_follower, call, note, receive, remove_follower, reply
from nazorg.helpdesk.actions.teams import (
    add_member,
    add_stage,
    add_team,
    change_stage,
    change_team,
    order_stages,
    remove_member,
    remove_stage,
)
from nazorg.helpdesk.actions.terms import add_tag, add_type, change_tag, change_type, remove_tag
from nazorg.helpdesk.actions.tickets import KEEP, assign, change, close, lock, move, open_ticket
from nazorg.helpdesk.actions.views import choose_view, delete_view, save_view

follow, unfollow = add_follower, remove_follower

__all__ = [
    "KEEP", "add_follower", "add_member", "add_stage", "add_tag", "add_team", "add_type", "assign", "call", "change",
    "change_stage", "change_tag", "change_team", "change_type", "choose_view", "close", "delete_view", "follow", "lock",
    "move", "note", "open_ticket", "order_stages", "receive", "record_remedy", "remove_follower", "remove_member",
    "remove_stage", "remove_tag", "reply", "save_view", "switch_service", "unfollow",
]
