"""What people type about training. The rules are the actions'; here is the shape."""

from training.forms.completion import (
    CompletionForm,
    CorrectForm,
    PeopleForm,
    ReasonForm,
    SessionForm,
)
from training.forms.courses import CourseForm
from training.forms.exempting import EndExemptionForm, ExemptForm
from training.forms.narrowing import CourseFilter, RequirementFilter, SessionFilter
from training.forms.requirements import ChangeForm, EndForm, RequirementForm, owners_of
from training.forms.sessions import CallOffForm, FindForm, LineForm, OfferForm, PlacesForm

__all__ = [
    "CallOffForm",
    "ChangeForm",
    "CompletionForm",
    "CorrectForm",
    "CourseFilter",
    "CourseForm",
    "EndExemptionForm",
    "EndForm",
    "ExemptForm",
    "FindForm",
    "LineForm",
    "OfferForm",
    "PeopleForm",
    "PlacesForm",
    "ReasonForm",
    "RequirementFilter",
    "RequirementForm",
    "SessionFilter",
    "SessionForm",
    "owners_of",
]
