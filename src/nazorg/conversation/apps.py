from django.utils.translation import gettext_lazy as _

from nazorg.suite.house import HouseApp


class ConversationConfig(HouseApp):
    name = "nazorg.conversation"
    label = "conversation"
    verbose_name = _("Conversation")
    mount = "threads/"
