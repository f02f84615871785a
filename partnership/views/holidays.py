"""The bank holidays that deadlines leave out, by country and year."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from partnership.exporting import download
from partnership.forms.rules import COUNTRIES, countries_of
from partnership.models import BankHoliday, today
from partnership.templatetags.quorate import longdate
from partnership.views.dated import kept_places, one_page, readable_places, set_up_crumbs

COLUMNS = ("Date", "Day", "What it is called")
WHY = (
    "A limit of working days leaves weekends and bank holidays out. A year without bank holidays "
    "cannot be reckoned with, so put each year in before its first deadline."
)


def readable_countries(request: HttpRequest) -> list[tuple[str, str]]:
    found = countries_of(readable_places(request.user))
    if not found:
        raise PermissionDenied
    return found


def asked_days(
    request: HttpRequest, countries: list[tuple[str, str]]
) -> tuple[str, int, list[int], QuerySet[BankHoliday]]:
    """A country, a year, the years that are in, and the bank holidays of that year."""
    country = asked_country(request, countries)
    # unscoped: bank holidays are the same for all
    days = BankHoliday.objects.filter(country=country)
    years = sorted({on.year for on in days.values_list("on", flat=True)})
    year = asked_year(request, years)
    return country, year, years, days.filter(on__year=year)


def holiday_list(request: HttpRequest) -> HttpResponse:
    """The bank holidays of a country in a year."""
    countries = readable_countries(request)
    country, year, years, days = asked_days(request, countries)
    keeps = country in dict(countries_of(kept_places(request.user)))
    page = one_page(days, request)
    columns = [{"text": text} for text in COLUMNS]
    return render(request, "partnership/holiday_list.html", {
        "country": COUNTRIES.get(country, country),
        "year": year,
        "countries": [
            {"text": name, "href": f"?country={code}", "current": code == country}
            for code, name in countries
        ],
        "years": [
            {"text": str(y), "href": f"?country={country}&year={y}", "current": y == year}
            for y in years
        ],
        "why": WHY, "files": [download(request, "partnership:holiday-list-file")],
        "keeps": keeps,
        "missing": next_year_missing(years),
        "columns": [*columns, {"text": "Change", "hidden": True}] if keeps else columns,
        "rows": [cells(day, keeps) for day in page],
        "page": page,
        "crumbs": set_up_crumbs(request.user, ("Bank holidays", "")),
    })


def asked_country(request: HttpRequest, countries: list[tuple[str, str]]) -> str:
    asked = request.GET.get("country") or countries[0][0]
    if asked not in dict(countries):
        raise Http404
    return asked


def asked_year(request: HttpRequest, years: list[int]) -> int:
    """The year that was asked for, else this one, else the last that there is."""
    asked = request.GET.get("year")
    if asked:
        if not (asked.isdecimal() and len(asked) == 4):
            raise Http404
        return int(asked)
    now = today().year
    return now if now in years or not years else years[-1]


def next_year_missing(years: list[int]) -> int | None:
    """This year or the next, when its bank holidays are not in."""
    now = today().year
    return next((year for year in (now, now + 1) if year not in years), None)


def cells(day: BankHoliday, keeps: bool) -> list[dict]:
    found = [
        {"text": longdate(day.on), "header": True, "nowrap": True},
        {"text": f"{day.on:%A}"},
        {"text": day.title},
    ]
    if keeps:
        href = reverse("partnership:holiday-remove", args=[day.pk])
        found.append({"text": "Remove", "href": href, "hidden": f"{day.title}, {longdate(day.on)}"})
    return found
