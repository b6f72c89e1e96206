from tests.masters import all_apps, api, bakery, cast, door, ida, kettle, mixer, vat  # noqa: F401
