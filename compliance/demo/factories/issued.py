"""Reports that were issued, with figures that count nothing."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from compliance.demo.factories.floor import MembershipFactory, UserFactory
from compliance.kept_figures import as_kept, checksum
from compliance.models import IssuedPrint, IssuedReport, ReportKind, ReportState, SignOff
from compliance.period import Period
from compliance.scorecard import Scorecard

PERIOD = Period(2014, "H1")


def empty_figures(report) -> dict:
    """The figures of a place in which nothing happened."""
    place, period = report.partnership, Period.parse(report.period)
    return as_kept(Scorecard(
        title=str(report.agency or place), code="X", partnership=place.name,
        partnership_code=place.code, partnership_label=place.label,
        subgroup_label=place.subgroup_label, period=period, as_at=period.last, results=(),
        for_agency=report.agency is not None,
    ))


class IssuedReportFactory(DjangoModelFactory):
    """Of an agency, which is made with its partnership unless both are given."""

    class Meta:
        model = IssuedReport

    class Params:
        membership = factory.SubFactory(MembershipFactory)

    partnership = factory.SelfAttribute("membership.partnership")
    agency = factory.SelfAttribute("membership.agency")
    kind = factory.LazyAttribute(lambda r: ReportKind.AGENCY if r.agency else ReportKind.PARTNERSHIP)
    period = PERIOD.slug
    version = 1
    number = factory.Sequence(lambda n: f"NW/2014-15-H1/A{n}/1")
    figures = factory.LazyAttribute(empty_figures)
    checksum = factory.LazyAttribute(lambda report: checksum(report.figures))
    issued_by = factory.SubFactory(UserFactory)
    issued_name = factory.SelfAttribute("issued_by.name")
    reason = factory.LazyAttribute(lambda r: "A register was corrected." if r.version > 1 else "")


class SignOffFactory(DjangoModelFactory):
    class Meta:
        model = SignOff

    report = factory.SubFactory(IssuedReportFactory)
    agreed = True
    name = "Bronwen Adeyemi"
    role = "Safeguarding lead"
    answered_by = factory.SubFactory(UserFactory)


class IssuedPrintFactory(DjangoModelFactory):
    class Meta:
        model = IssuedPrint

    report = factory.SubFactory(IssuedReportFactory)
    state = ReportState.WAITING
    content = b"%PDF-"
