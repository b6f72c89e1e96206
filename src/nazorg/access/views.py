"""One's own API tokens."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from nazorg.access import actions
from nazorg.access.models import ApiToken
from nazorg.core.refusals import Refused
from nazorg.ui.forms import Moment


class TokenForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("What is it for?"), max_length=80, widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Web shop, nightly report, …")}))
    abilities = forms.MultipleChoiceField(
        label=gettext_lazy("It may"), widget=forms.CheckboxSelectMultiple, initial=["*:read"],
        choices=[("*:read", gettext_lazy("Read everything that I may see")), ("*:write", gettext_lazy("Do everything that I may do"))],
    )
    expires_at = forms.DateTimeField(label=gettext_lazy("Expires"), required=False, widget=Moment, help_text=gettext_lazy("Empty: it works until you withdraw it."))


@login_required
def tokens(request):
    """The list, and the form that makes a token; its secret is shown this once."""
    form, secret = TokenForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = actions.make_token(user=request.user, **form.cleaned_data, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            form = TokenForm()
    mine = ApiToken.objects.filter(user=request.user, withdrawn_at=None).order_by("-made_at")
    context = {"page": Paginator(mine, 50).get_page(request.GET.get("page")), "form": form, "secret": secret}
    return render(request, "access/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw(request, pk):
    token = ApiToken.objects.filter(user=request.user, pk=pk).first()
    if token is None:
        raise Http404
    actions.withdraw_token(token=token, by=request.user, at=timezone.now())
    messages.success(request, _("The token “%s” no longer works.") % token.name)
    return redirect("access:tokens")
