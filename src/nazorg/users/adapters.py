"""What allauth asks: nobody signs up by themselves, people are invited."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter


class InvitedOnly(DefaultAccountAdapter):
    """No open sign-up; the language of the mail is the reader's."""

    def is_open_for_signup(self, request):
        return False
