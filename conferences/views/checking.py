"""What is shown of a meeting that is being convened: suggestions, notice, and the answers to check."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conferences.choices import INITIALS, MeetingKind
from conferences.forms.lines import LineForm
from conferences.forms.planning import ConveneForm
from conferences.judging import is_late
from conferences.models import Attendance, Meeting
from conferences.nextdates import asked_of, facts_of
from conferences.planning import Foresight, Source, foresee_quorum, notice_words
from conferences.rules import LocalRules
from conferences.wording import TIMED, limit_words
from partnership.forms import NUMBER
from partnership.models import StaffMember
from partnership.templatetags.quorate import longdate, sentences
from partnership.workdays import working_days_between

LINE_COLUMNS = ("Agency", "Person", "Asked", "Invitation")
UNLESS = "Not late: in the room when the date was set"


def sources(form: ConveneForm, lines: Iterable[LineForm]) -> list[dict[str, Any]]:
    """Each line with the agency's name, and where the suggestion comes from."""
    last = form.before.reference if form.before else ""
    words = {
        Source.LEAD: "Leads the meeting",
        Source.LAST: f"On the register of {last}" if last else "On the last register",
        Source.QUORUM: "The quorum asks for this sector",
        Source.EXPECTED: "The local rules say what is expected of this agency",
    }
    found = []
    for line in lines:
        source = line["source"].value() or ""
        key = str(line["agency"].value() or "")
        agency = line.agencies.get(int(key)) if source and NUMBER.fullmatch(key) else None
        found.append({"form": line, "agency": agency, "why": words.get(source, "") if agency else ""})
    return found


def grouped(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Those of last time first; what only the rules name is folded away until it is wanted."""
    expected = [one for one in lines if one["form"]["source"].value() == Source.EXPECTED]
    return {
        "first": [one for one in lines if one["agency"] and one not in expected], "expected": expected,
        "others": [one for one in lines if not one["agency"]],
        "open": any(one["form"]["invite"].value() or one["form"].errors for one in expected),
    }


def notice(form: ConveneForm) -> dict[str, Any]:
    """The notice that is given, against the notice that the local rule asks for."""
    data = form.cleaned_data
    days = working_days_between(data["invited_on"], data["held_on"], form.rules.calendar)
    given = (
        f"Invited on {longdate(data['invited_on'])} for {longdate(data['held_on'])}: "
        f"{days} working day{'' if days == 1 else 's'}’ notice."
    )
    return {"late": form.late, "given": given, "rule": notice_words(form.rules, data["held_on"])}


def errors_of(lines: Any) -> list[dict[str, str]]:
    """What is wrong with the lines, each sentence with the place that it is about."""
    found = [{"text": str(error), "href": "#lines"} for error in lines.non_form_errors()]
    for line in lines:
        found += [{"text": text, "href": f"#{name.auto_id}"} for name in line for text in sentences(name)]
    return found


def unsaved(form: ConveneForm, wanted: Iterable[LineForm]) -> tuple[Meeting, list[Attendance]]:
    """The meeting and its lines as they would be, for the rules to look at."""
    data = form.cleaned_data
    meeting = Meeting(partnership=form.partnership, kind=data["kind"], held_on=data["held_on"])
    return meeting, [
        Attendance(meeting=meeting, **line.invitation(data["invited_on"])) for line in wanted
    ]


def line_rows(form: ConveneForm, wanted: Iterable[LineForm]) -> list[list[Any]]:
    _, lines = unsaved(form, wanted)
    return [
        [
            {"text": line.agency.name, "header": True}, invitee(line.staff_member, line.job_title),
            "Involved" if line.involved else "For the quorum only", invitation(form, line),
        ]
        for line in lines
    ]


def invitee(person: StaffMember | None, job_title: str) -> str:
    return f"{person.name}, {person.job_title}" if person else (job_title or "Nobody named")


def invitation(form: ConveneForm, line: Attendance) -> dict[str, str]:
    if is_late(line, form.rules):
        return {"text": "Late", "tag_colour": "yellow"}
    return {"text": UNLESS if form.late else "In time"}


def foreseen(form: ConveneForm, wanted: Iterable[LineForm]) -> Foresight | None:
    """What a quorum would lack; nothing where none is asked for."""
    return foresee_quorum(*unsaved(form, wanted), form.rules)


def later_than_asked(form: ConveneForm) -> str:
    """Where the day is later than the local timescale asks: until when, with the rule."""
    data = form.cleaned_data
    meeting = Meeting(
        partnership=form.partnership, kind=data["kind"], held_on=data["held_on"], family_ref=form.family or "",
        strategy_discussion_on=data.get("strategy_discussion_on"),
    )
    return too_late(meeting, form.rules)


def too_late(meeting: Meeting, rules: LocalRules) -> str:
    """The sentence about a planned meeting on a day that is too late for its timescale; else nothing."""
    # unscoped: the days of the same family, for who plans its meeting
    family = Meeting.objects.filter(
        partnership=meeting.partnership, family_ref=meeting.family_ref
    ).exclude(pk=meeting.pk)
    facts = facts_of(family) if meeting.family_ref else []
    found = asked_of(rules, meeting.kind, meeting.held_on, meeting.strategy_discussion_on, facts)
    if not found or meeting.held_on <= found[2]:
        return ""
    what, start, due_on = found
    limit = rules.limit(what, start)
    sentence = TIMED[what].format(limit_words(limit.amount, limit.unit))
    return f"In time would be by {longdate(due_on)}. {sentence}"


def details_rows(form: ConveneForm) -> list[dict[str, Any]]:
    """The answers of the first step."""
    data, kind = form.cleaned_data, form.cleaned_data["kind"]
    lead = data.get("lead")
    rows = [
        ("Partnership", form.partnership.name),
        ("Kind", MeetingKind(kind).label),
        ("Reference", data["reference"]),
        ("Date", longdate(data["held_on"])),
        ("Follows", data.get("follows")),
        *([("Family reference", form.family)] if form.service else []),
        *([("Strategy discussion", longdate(data.get("strategy_discussion_on")) or "Not given")]
          if kind in INITIALS else []),
        ("Chair", data["chair"]),
        ("Lead", lead and f"{lead.name}, {lead.agency}"),
        ("Format", data["format"]),
        ("Children", str(data["children"])),
        ("Invitations sent on", longdate(data["invited_on"])),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]
