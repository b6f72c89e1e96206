from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from nazorg.suite.house import HouseApp


class AccessConfig(HouseApp):
    name = "nazorg.access"
    label = "access"
    verbose_name = _("Access")
    mount = "access/"

    def ready(self):
        from nazorg.access.roles import sync_roles

        # After the last app's permissions exist: post_migrate runs app by app, and the sync is idempotent.
        post_migrate.connect(sync_roles, sender=self, dispatch_uid="access.sync_roles")
