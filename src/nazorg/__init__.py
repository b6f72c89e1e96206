"""Nazorg: a self-hosted helpdesk that settles what a ticket is about."""

__version__ = "0.1.0"
