"""The payment terms that a new installation begins with."""

from django.utils.translation import gettext_noop

TERMS = [(gettext_noop("Immediate payment"), 0), (gettext_noop("14 days"), 14), (gettext_noop("30 days"), 30), (gettext_noop("60 days"), 60)]
