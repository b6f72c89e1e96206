"""The reader's choices, and a sheet with and without JavaScript."""

import pytest

pytestmark = pytest.mark.django_db


def test_the_theme_is_kept_and_read_by_the_server(client):
    answer = client.post("/ui/theme/", {"theme": "dark", "next": "/ui/"})
    assert (answer.status_code, answer["Location"], answer.cookies["theme"].value) == (303, "/ui/", "dark")
    assert 'data-bs-theme="dark"' in client.get("/ui/").text.split(">", 2)[1]


@pytest.mark.parametrize("theme", ["pink", ""])
def test_a_theme_that_does_not_exist_is_not_kept(client, theme):
    assert "theme" not in client.post("/ui/theme/", {"theme": theme}).cookies


def test_the_theme_never_leads_to_another_site(client):
    assert client.post("/ui/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})["Location"] == "/"


def test_a_sheet_is_a_page_of_its_own_without_javascript(client):
    page = client.get("/ui/sheet/").text
    assert "<!doctype html>" in page and '<form method="post" action="/ui/sheet/"' in page


def test_a_sheet_is_a_fragment_for_htmx(client):
    piece = client.get("/ui/sheet/", headers={"HX-Request": "true"}).text
    assert "<html" not in piece and 'class="sheet ' in piece


def test_a_refused_sheet_comes_back_with_its_errors(client):
    answer = client.post("/ui/sheet/", {"reason": ""}, headers={"HX-Request": "true"})
    assert answer.status_code == 422 and "field-error" in answer.text


def test_a_lookup_answers_options(client):
    assert 'data-value="2" data-label="Ida Claes"' in client.get("/ui/lookup/?q=ida").text
    assert "role=\"option\"" not in client.get("/ui/lookup/?q=nobody").text


def test_an_address_that_leads_nowhere_says_so(client):
    answer = client.get("/nowhere-at-all/")
    assert answer.status_code == 404 and "There is nothing here" in answer.text
