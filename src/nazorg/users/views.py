"""Pages about people: the list, invitations, one's own profile; and the way in."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from nazorg.access.roles import label_of
from nazorg.access.rules import must
from nazorg.core.refusals import Refused
from nazorg.suite.queries import menu_for
from nazorg.users import actions
from nazorg.users.forms import AcceptForm, InviteForm, PersonForm, ProfileForm, SetUpForm
from nazorg.users.models import Invitation, User


@login_required
def home(request):
    """The first page that this reader's menu has."""
    menu = menu_for(request)
    return redirect(menu[0]["items"][0]["url"] if menu else "users:profile")


@require_POST
def set_language(request):
    """Speak this language: to a signed-in person always, to a visitor as long as the cookie lasts."""
    wanted = request.POST.get("language", "")
    target = request.POST.get("next") or request.headers.get("Referer") or "/"
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "/"
    answer = redirect(target)
    if wanted in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=wanted)
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=365 * 86400, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return answer


@login_required
def people(request):
    must(request.user, "users.manage_user")
    page = Paginator(User.objects.prefetch_related("groups").order_by("name", "pk"), 50).get_page(request.GET.get("page"))
    for user in page:
        user.role_labels = [label_of(group.name) for group in user.groups.all()]
    invitations = Invitation.objects.filter(accepted_at=None, withdrawn_at=None).order_by("-invited_at")[:50]
    return render(request, "users/people.html", {"page": page, "invitations": invitations})


@login_required
def invite(request):
    must(request.user, "users.manage_user")
    form = InviteForm(request.POST or None, initial={"language": request.user.language})
    if request.method == "POST" and form.is_valid():
        try:
            invitation, secret = actions.invite(**form.cleaned_data, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            link = request.build_absolute_uri(reverse("users:accept", args=[secret]))
            return render(request, "users/invited.html", {"invitation": invitation, "link": link})
    return render(request, "users/invite.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw(request, pk):
    must(request.user, "users.manage_user")
    Invitation.objects.filter(pk=pk, accepted_at=None).update(withdrawn_at=timezone.now())
    messages.success(request, _("The invitation was withdrawn: its link no longer works."))
    return redirect("users:people")


@never_cache
@sensitive_post_parameters("password")
def accept(request, secret):
    """The invited person chooses a user name and a password; the very first one also says who they are."""
    invitation = actions.open_invitation(secret, timezone.now())
    if invitation is None:
        return render(request, "users/invitation_over.html", status=410)
    is_first = invitation.invited_by_id is None and not User.objects.exists()
    suggestion = {} if is_first else {"username": invitation.email.partition("@")[0]}
    form = (SetUpForm if is_first else AcceptForm)(request.POST or None, initial=suggestion)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            user = actions.accept(secret=secret, username=said["username"], password=said["password"], at=timezone.now())
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            if is_first:
                User.objects.filter(pk=user.pk).update(name=said["name"], email=said["email"].lower(), language=translation.get_language())
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("home")
    return render(request, "users/accept.html", {"form": form, "invitation": invitation, "is_first": is_first}, status=422 if form.errors else 200)


@login_required
def person(request, pk):
    must(request.user, "users.manage_user")
    user = get_object_or_404(User, pk=pk)
    form = PersonForm(request.POST or None, initial={"roles": user.groups.all(), "is_active": user.is_active})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_roles(user=user, **form.cleaned_data, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("%s was changed.") % user)
            return redirect("users:people")
    return render(request, "users/person.html", {"person": user, "form": form}, status=422 if form.errors else 200)


@login_required
def profile(request):
    me = request.user
    form = ProfileForm(request.POST or None, initial={"name": me.name, "job_title": me.job_title, "language": me.language})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_profile(user=me, **form.cleaned_data, by=me, at=timezone.now())
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            translation.activate(form.cleaned_data["language"])
            messages.success(request, _("Your profile was saved."))
            return redirect("users:profile")
    return render(request, "users/profile.html", {"form": form}, status=422 if form.errors else 200)


@login_required
def security(request):
    """Password, authenticator app, passkeys and recovery codes in one place; the steps themselves are allauth's."""
    from allauth.mfa.models import Authenticator

    mine = Authenticator.objects.filter(user=request.user)
    kinds = Authenticator.Type
    return render(request, "users/security.html", {
        "has_totp": mine.filter(type=kinds.TOTP).exists(),
        "passkeys": mine.filter(type=kinds.WEBAUTHN).count(),
        "has_recovery_codes": mine.filter(type=kinds.RECOVERY_CODES).exists(),
    })
