from django.utils.translation import gettext_lazy as _

from nazorg.suite.house import HouseApp


class ImportsConfig(HouseApp):
    name = "nazorg.imports"
    label = "imports"
    verbose_name = _("Import")
    icon = "upload"
    mount = "import/"
