from django.apps import apps
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

        # post_migrate goes app by app and makes each app's permissions: roles are given theirs after the last one.
        last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
        post_migrate.connect(sync_roles, sender=last, dispatch_uid="access.sync_roles")
