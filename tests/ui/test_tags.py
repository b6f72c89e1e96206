"""What the template tags make of values, and of other people's HTML."""

from django import forms
from django.template import engines
from django.test import RequestFactory

from nazorg.ui.forms import Amount, Switch
from nazorg.ui.templatetags.ui import markup


def rendered(source, path="/", **context):
    request = RequestFactory().get(path)
    return engines["django"].from_string(source).render({"request": request, **context}, request)


def test_a_mail_cannot_run_spy_or_dress_up():
    made = markup(
        "<p style='position:fixed' onclick='x()'>Hello</p><script>alert(1)</script><img src='https://spy.example/1.gif' alt='a > b'>"
        "<a href='javascript:x()'>no</a><a href='https://ok.example/'>yes</a><iframe src='/'></iframe><img src='/file/1'>"
    )
    for forbidden in ("style", "onclick", "script", "spy.example", "iframe"):
        assert forbidden not in made
    assert '<img src="/file/1" alt="">' in made
    assert 'href="https://ok.example/"' in made and 'rel="noopener noreferrer nofollow"' in made


def test_a_changed_parameter_keeps_the_others():
    assert rendered("{% query page=2 %}", "/tickets/?q=kettle&page=9") == "/tickets/?q=kettle&amp;page=2"
    assert rendered("{% query q=None %}", "/tickets/?q=kettle") == "/tickets/"


def test_a_column_turns_round_and_starts_at_the_first_page():
    made = rendered("{% sorting 'total' as s %}{{ s.direction }} {{ s.url }}", "/i/?order=total&page=4")
    assert made == "ascending /i/?order=-total"


def test_a_text_with_markup_stays_text_in_a_component():
    made = rendered('<c-button label="{{ title }}" title="{{ title }}" />', title='"><script>x</script>')
    assert "<script>" not in made


class Faulty(forms.Form):
    amount = forms.DecimalField(label="Amount", min_value=1, help_text="In euros.", widget=Amount(currency="EUR"))
    tell = forms.BooleanField(label="Tell", widget=Switch(), required=False)


def test_a_field_joins_its_label_help_and_error():
    form = Faulty({"amount": "0"})
    made = rendered("{% field form.amount hx_get='/x' %}{% field form.tell %}", form=form)
    assert '<label class="field-label" for="id_amount">Amount</label>' in made
    assert 'aria-describedby="id_amount_helptext id_amount_error"' in made
    assert 'aria-invalid="true"' in made and 'hx-get="/x"' in made
    assert 'id="id_amount_error"' in made and "EUR" in made and "form-switch" in made


def test_a_plain_form_comes_out_in_the_look_of_the_house():
    made = rendered("{{ form }}", form=Faulty({"amount": "0"}))
    assert made.count("field-error") == 1 and "alert-box is-danger" in made and "form-control" in made
