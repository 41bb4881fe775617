"""A team's own page: who is in it and as what, who is invited, and the team itself."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations import discarding
from generations.refusal import Refused
from studio import auditing, deleting, membering, refusing
from studio.access import deleted_team_for, invitation_of, leads, makes, member_of, owns, team_for
from studio.accounts import INVITED_BY
from studio.forms.departing import DeleteTeamForm
from studio.forms.people import InviteForm, RenameTeamForm, ReviewRulesForm, RubricForm, role_of
from studio.http import Request
from studio.models import AuditEntry, Criterion, Invitation, ReviewRules, Role, Team


@require_safe
def people(request: Request) -> HttpResponse:
    """Show who is in the current team."""
    return _page(request, team_for(request))


@require_POST
def invite(request: Request) -> HttpResponse:
    """Invite somebody: by email where an address was given, else by a link that is shown once."""
    team = team_for(request, Role.OWNER)
    form = InviteForm(request.POST)
    made = form.invite(team, request.user)
    if made is None:
        return _page(request, team, new=form)
    invitation, token = made
    address = request.build_absolute_uri(reverse("invitation", args=[token]))
    can_send = membering.sends_mail()
    was_sent = bool(invitation.email) and can_send and membering.write_to(invitation, address)
    shown = {"made": invitation, "address": address, "was_sent": was_sent, "can_send": can_send}
    return _page(request, team, **shown)


@require_POST
def withdraw(request: Request, uuid: UUID) -> HttpResponse:
    """Withdraw an invitation that wasn't used."""
    invitation = invitation_of(request, uuid)
    membering.withdraw(invitation.team, invitation)
    messages.success(request, "The invitation is withdrawn: its link works no more.")
    return _back(invitation.team)


@require_POST
def change_role(request: Request, pk: int) -> HttpResponse:
    """Give a member another role."""
    team, member = member_of(request, pk)
    try:
        role = role_of(request.POST.get("role", ""))
        membering.change_role(team, member, role)
        messages.success(request, f"{member.user} is {role.label.lower()} now.")
    except Refused as refused:
        refusing.tell(request, refused)
    return _back(team)


@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    """Take a member out of the team."""
    team, member = member_of(request, pk)
    try:
        membering.remove(team, member)
        messages.success(request, f"{member.user} is out of {team}. What they made stays.")
    except Refused as refused:
        refusing.tell(request, refused)
    return _back(team)


@require_POST
def hand_over(request: Request, pk: int) -> HttpResponse:
    """Make a member the owner."""
    team, member = member_of(request, pk)
    try:
        membering.hand_over(team, request.user, member)
        messages.success(request, f"{member.user} owns {team} now, and you are a producer in it.")
    except Refused as refused:
        refusing.tell(request, refused)
    return _back(team)


@require_POST
def leave(request: Request) -> HttpResponse:
    """Leave the team; its owner can't."""
    team = team_for(request)
    try:
        membering.leave(team, request.user)
    except Refused as refused:
        refusing.tell(request, refused)
        return _back(team)
    messages.success(request, f"You have left {team}.")
    return redirect("home")


@require_POST
def rename(request: Request) -> HttpResponse:
    """Give the team another name."""
    team = team_for(request, Role.OWNER)
    form = RenameTeamForm(request.POST, instance=Team.objects.get(pk=team.pk))
    if not form.is_valid():
        return _page(request, team, name=form)
    form.save()
    auditing.note(AuditEntry.Kind.SETTINGS, team, f"Called the team {form.instance}, before {team}")
    messages.success(request, f"The team is called {form.instance} now.")
    return _back(team)


@require_POST
def set_review_rules(request: Request) -> HttpResponse:
    """Keep what the team wants of its verdicts."""
    team = team_for(request, Role.PRODUCER)
    rules, _ = ReviewRules.objects.get_or_create(team=team)
    form = ReviewRulesForm(request.POST, instance=rules)
    whom = "somebody else than its artist" if form.save().others_approve else "anybody who judges"
    auditing.note(AuditEntry.Kind.SETTINGS, team, f"Had takes approved by {whom}")
    messages.success(request, "Kept.")
    return _back(team)


@require_POST
def set_rubric(request: Request) -> HttpResponse:
    """Keep what the team scores takes by."""
    team = team_for(request, Role.PRODUCER)
    form = RubricForm(request.POST)
    if not form.keep(team):
        return _page(request, team, rubric=form)
    messages.success(request, "Takes are scored by this from now on.")
    return _back(team)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request) -> HttpResponse:
    """Say what goes with the team; or delete it, once its owner has shown that they mean it."""
    team = team_for(request, Role.OWNER)
    form = DeleteTeamForm(request, team, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.delete():
        request.session.pop("team", None)
        messages.success(request, f"{team.name} is deleted.")
        return redirect("home")
    context = {"team": team, "form": form, "going": deleting.Going(team)}
    context |= {"days": discarding.kept_for().days}
    return render(request, "delete_team.html", context, status=422 if form.errors else 200)


@require_POST
def restore(request: Request, uuid: UUID) -> HttpResponse:
    """Restore a deleted team, with who was in it."""
    team = deleted_team_for(request, uuid)
    if deleting.restore(team, request.user):
        request.session["team"] = str(team.uuid)
        messages.success(request, f"{team} is back.")
    return redirect("home")


@never_cache
@login_not_required
@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites into which team; a stranger signs in or makes an account first."""
    user = request.user if request.user.is_authenticated else None
    try:
        found = membering.find(token, user)
    except Refused as refused:
        return render(request, "invitation.html", {"refused": str(refused)}, status=410)
    request.session[INVITED_BY] = token  # opens the sign-up to them
    return render(request, "invitation.html", {"invitation": found, "token": token})


@require_POST
def join(request: Request, token: str) -> HttpResponse:
    """Take the person into the team that invites them."""
    try:
        member = membering.join(token, request.user)
    except Refused as refused:
        return render(request, "invitation.html", {"refused": str(refused)}, status=410)
    request.session.pop(INVITED_BY, None)
    request.session["team"] = str(member.team.uuid)
    role = Role(member.role).label.lower()
    messages.success(request, f"You are in {member.team} now, as {role}.")
    return redirect("home")


def _page(request: Request, team: Team, **forms: object) -> HttpResponse:
    is_owner = owns(team.role)
    members = list(team.memberships.select_related("user").order_by("created_at"))
    rank = {role.value: -role.rank for role in Role}
    members.sort(key=lambda member: rank[member.role])
    invitations = Invitation.objects.filter(team=team).open(timezone.now())
    criteria = Criterion.objects.filter(team=team).kept()
    context = {
        **{"team": team, "is_owner": is_owner, "members": members},
        "is_producer": leads(team.role),
        "may_share": makes(team.role),
        "roles": [role for role in Role if role is not Role.OWNER],
        "invitations": invitations.order_by("-created_at") if is_owner else [],
        "new": InviteForm(),
        "name": RenameTeamForm(instance=team),
        "rules": ReviewRulesForm(instance=ReviewRules.objects.filter(team=team).first()),
        "rubric": RubricForm(initial={"lines": "\n".join(map(str, criteria))}),
        "deleted": Team.objects.restorable_by(request.user),
        "others": request.user.teams.exclude(pk=team.pk).order_by("name"),
    }
    return render(request, "people.html", context | forms)


def _back(team: Team) -> HttpResponse:
    return redirect(f"{reverse('people')}?team={team.uuid}")
