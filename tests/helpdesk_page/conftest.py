"""The people of these tests, a ticket, and a signed-in browser."""

import pytest
from aftercare import ada, house, nora, pim, team, ticket  # noqa: F401


@pytest.fixture
def signed_in(page, client, live_server):
    """`signed_in(nora)`: the browser's page with this person's session."""

    def sign_in(person):
        client.force_login(person, backend="nazorg.access.backend.Backend")
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        return page

    return sign_in
