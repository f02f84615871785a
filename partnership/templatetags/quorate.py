"""Tags and filters that every template has (a built-in library, see the settings)."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from partnership.kept import MARKER, marker_for
from partnership.reach import can, held
from partnership.roles import Permission

register = template.Library()

RATING_COLOURS = {"good": "green", "watch": "yellow", "act": "red"}


@register.filter
def longdate(day: date | datetime | None) -> str:
    """31 March 2015; a moment by the clock of the place; nothing for no date."""
    return format_date(local(day), "j F Y") if day else ""


@register.filter
def longmoment(moment: datetime | None) -> str:
    """31 March 2015, 17:00; nothing for no moment."""
    return format_date(local(moment), "j F Y, H:i") if moment else ""


def local(moment: date | datetime) -> date | datetime:
    aware = isinstance(moment, datetime) and timezone.is_aware(moment)
    return timezone.localtime(moment) if aware else moment


@register.filter
def may(user: Any, permission: str) -> bool:
    """May the user do this anywhere? An unknown name raises, so that no typo hides a link."""
    return can(user, Permission(permission))


@register.filter
def reaches(user: Any, permission: str) -> bool:
    """Whether it reaches beyond the person's own rows."""
    reach = held(user, Permission(permission))
    return bool(reach.agencies or reach.partnerships)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The page's query string with changes; None takes a part away. Starts with "?" always."""
    query = context.request.GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def csrf_field(context: template.Context) -> SafeString:
    """The csrf field for components: they are included with "only", which csrf_token needs.

    Beside it who has the form open, so that what comes after a time-out is kept for them alone.
    """
    request = context.request
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="{}" value="{}">',
        get_token(request), MARKER, marker_for(request.user),
    )


@register.filter
def rating_colour(rating: str | None) -> str:
    return RATING_COLOURS.get(str(rating or "").lower(), "grey")


@register.filter
def cells(row: Iterable[Any], columns: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A row's cells, each with what its column says; a bare value stands for its text."""
    for index, cell in enumerate(row):
        column = columns[index] if index < len(columns) else {}
        own = cell if isinstance(cell, dict) else {"text": cell}
        yield {key: column.get(key) for key in ("numeric", "header", "nowrap")} | own


@register.filter
def page_numbers(page: Page) -> Iterator[int | str]:
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


# --- Form fields ----------------------------------------------------------------------------------

DEFAULT_DATE_HINT = "For example, 31/03/2015"
# On a choice these break the rules for its role, or would give each option the list's own class.
NOT_ON_A_CHOICE = {"class", "aria-invalid", "aria-describedby"}
# Never shown: placeholders vanish as one types, a length limit cuts what is pasted without a word,
# and the others belong to number boxes. Limits are said in words and checked on the server.
NEVER = {"placeholder", "maxlength", "minlength", "min", "max", "step"}

SENTENCES = {
    "This field is required.": "Fill in “{label}”.",
    "Enter a valid date.": "“{label}” must be a real date, such as 31/03/2015.",
    "Enter a whole number.": "“{label}” must be a whole number.",
    "Enter a number.": "“{label}” must be a number.",
    "Enter a valid email address.": "“{label}” must be an address such as sian.price@example.org.",
    "Select a valid choice. That choice is not one of the available choices.": (
        "Choose one of the answers on the list for “{label}”."
    ),
    "The email address and/or password you specified are not correct.": (
        "The e-mail address or the password is not right."
    ),
    "Too many failed login attempts. Try again later.": (
        "Too many wrong attempts. Wait five minutes and try again, or ask for a new password."
    ),
}

# The same for those that hold a number, or what was sent.
WITH_NUMBERS = (
    (r"Ensure this value has at most (\d+) characters? \(it has (\d+)\)\.",
     r"“{label}” may have at most \1 characters, and has \2. Shorten it."),
    (r"Ensure this value is less than or equal to (-?[\d.]+)\.", r"“{label}” must be \1 or less."),
    (r"Ensure this value is greater than or equal to (-?[\d.]+)\.", r"“{label}” must be \1 or more."),
    (r"Ensure that there (?:is|are) no more than (\d+) decimal places?\.",
     r"“{label}” has too many figures after the point. At most \1 may stand there."),
    (r"[A-Z][\w ]+ with this [\w -]+ already exists\.", r"This “{label}” is taken already. Choose another."),
    (r"Select a valid choice\. .+ is not one of the available choices\.",
     r"Choose one of the answers on the list for “{label}”."),
)


@register.filter
def plainly(error: str) -> str:
    """A library's own message, in our words where we have them."""
    for pattern, words in WITH_NUMBERS:
        if re.fullmatch(pattern, error, re.DOTALL):
            return re.sub(pattern, words, error, flags=re.DOTALL)
    return SENTENCES.get(error, error)


@register.filter
def sentences(field: BoundField) -> list[str]:
    """The field's errors; the framework's bare ones become sentences that name the field."""
    chosen = hasattr(field.field, "choices") or is_lone_checkbox(field)
    found = []
    for error in field.errors:
        if error == "This field is required." and chosen:
            error = (
                "Tick “{label}” to go on."
                if is_lone_checkbox(field)
                else ("Choose an answer for “{label}”.")
            )
        elif error == "This field is required." and is_file(field):
            error = "Choose a file for “{label}”."
        else:
            error = plainly(error)
        found.append(error.replace("{label}", str(field.label)))
    return found


@register.filter
def is_lone_checkbox(field: BoundField) -> bool:
    """One box with its label after it; a list of boxes is a fieldset."""
    widget = field.field.widget
    return getattr(widget, "input_type", "") == "checkbox" and not widget.use_fieldset


@register.filter
def is_group(field: BoundField) -> bool:
    """Several controls for one question: a legend instead of a label."""
    return field.use_fieldset and not is_file(field)


@register.filter
def is_file(field: BoundField) -> bool:
    return getattr(field.field.widget, "input_type", "") == "file"


@register.filter
def hint(field: BoundField) -> str:
    """What stands under the label: the field's help text, for a date an example at least."""
    if field.help_text:
        return field.help_text
    return DEFAULT_DATE_HINT if field.widget_type == "date" else ""


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's control, told which hint and errors describe it, as the framework forgets for
    files and cannot know of our own date hint."""
    parts = []
    if hint(field):
        parts.append(f"{field.auto_id}_helptext")
    if field.errors:
        parts.append(f"{field.auto_id}_error")
    attrs = {"aria-describedby": " ".join(parts)} if parts and not is_group(field) else None
    return field.as_widget(attrs=attrs)


@register.filter
def first_control(field: BoundField) -> str:
    """Where a link to the field leads: its control, or the first one of a group."""
    if not is_group(field):
        return field.id_for_label or field.auto_id
    if field.widget_type == "selectdate":
        return f"{field.auto_id}_day"
    widgets = field.subwidgets
    return (widgets[0].id_for_label if widgets else "") or f"{field.auto_id}_0"


@register.simple_tag
def relabel(field: BoundField, label: str) -> str:
    """Our own words for a field of somebody else's form, in its label and in its errors."""
    field.label = label
    return ""


@register.simple_tag
def attributes(widget: dict[str, Any], classes: str = "", *, choice: bool = False) -> SafeString:
    """The control's attributes with the design system's classes, the error class when invalid."""
    attrs = {name: value for name, value in widget["attrs"].items() if name not in NEVER}
    if choice:
        attrs = {name: value for name, value in attrs.items() if name not in NOT_ON_A_CHOICE}
    base = classes.split()
    own = [name for name in str(attrs.pop("class", "")).split() if name not in base]
    error = [f"{base[0]}--error"] if base and "aria-invalid" in attrs else []
    attrs = {"class": " ".join([*base, *error, *own]), **attrs}
    return format_html_join(
        "", "{}", ((attribute(name, value),) for name, value in attrs.items() if value is not False)
    )


def attribute(name: str, value: Any) -> SafeString:
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)
