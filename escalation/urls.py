"""The pages of escalations."""

from django.urls import path

from escalation.views import (
    assigning,
    beside,
    case,
    contacts,
    files,
    moves,
    policy,
    policy_edit,
    queue,
    raising,
    suggestions,
    themes,
    triggers,
)

app_name = "escalation"
cases = "escalations/"
one = f"{cases}<str:reference>/"
local = "partnerships/<str:code>/"
urlpatterns = [
    path(cases, queue.queue, name="queue"),
    path(f"{cases}list.<export:form>", files.queue, name="queue-file"),
    path(f"{cases}raise/", raising.raise_case, name="raise"),
    path(f"{cases}themes/list.<export:form>", files.themes, name="themes-file"),
    path(f"{cases}themes/", themes.themes, name="themes"),
    path(f"{cases}contacts/", contacts.contacts, name="contacts"),
    path(f"{cases}suggestions/", suggestions.suggestion_list, name="suggestion-list"),
    path(
        f"{cases}suggestions/list.<export:form>", files.suggestion_list, name="suggestion-list-file"
    ),
    path(f"{cases}suggestions/dismiss/", suggestions.dismiss_many, name="suggestions-dismiss"),
    path(f"{cases}suggestions/<int:number>/accept/", suggestions.accept, name="suggestion-accept"),
    path(
        f"{cases}suggestions/<int:number>/dismiss/", suggestions.dismiss, name="suggestion-dismiss"
    ),
    path(one, case.detail, name="detail"),
    path(f"{one}identity/", beside.identity, name="identity"),
    path(f"{one}document/", beside.document, name="document"),
    path(f"{one}actions/<int:number>/", beside.action, name="action"),
    path(f"{one}decider/", assigning.decider, name="decider"),
    path(f"{one}<slug:slug>/", moves.move, name="move"),
    path(f"{local}escalation-policy/", policy.policy, name="policy"),
    path(f"{local}escalation-policy/edit/", policy_edit.edit, name="policy-edit"),
    path(f"{local}suggestion-triggers/", triggers.triggers, name="triggers"),
]
