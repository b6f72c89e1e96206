"""A searchable box holds few choices in the page and takes every valid one."""

import pytest
from django import forms
from django.contrib.auth.models import Group

from nazorg.ui.forms import Lookup

pytestmark = pytest.mark.django_db


class Choose(forms.Form):
    group = forms.ModelChoiceField(Group.objects.order_by("name"), widget=Lookup(url="/groups/", shown=3))


@pytest.fixture
def groups():
    return [Group.objects.create(name=f"A group {n:02}") for n in range(10)]


def test_the_page_holds_the_first_choices_and_the_chosen_one(groups):
    made = str(Choose({"group": groups[9].pk})["group"])
    assert made.count("<option") == 4
    assert f'<option value="{groups[9].pk}" selected>A group 09</option>' in made
    assert 'data-lookup="/groups/"' in made


def test_a_choice_that_is_not_in_the_page_is_valid_all_the_same(groups):
    form = Choose({"group": groups[8].pk})
    assert form.is_valid() and form.cleaned_data["group"] == groups[8]


@pytest.mark.parametrize("nonsense", ["x", "99999999999999999999999", "-1"])
def test_nonsense_is_refused_with_a_sentence(groups, nonsense):
    form = Choose({"group": nonsense})
    assert not form.is_valid()
    assert "<option" in str(form["group"])
