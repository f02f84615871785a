"""What differs between the figures of two versions of a report, line by line. Pure.

Figures only: readings, counts, what was missed, targets, where the actions stood, and the same of the
periods beside. A name or a note that reads otherwise is no correction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compliance.scorecard import Change, Count, InquorateLine, Reading, Scorecard, TargetLine

NOTHING = "–"


def what_changed(before: Scorecard, after: Scorecard) -> tuple[Change, ...]:
    """Each figure that is not what it was, the headlines first."""
    found = [*readings(before, after), *counts(before, after), *missed(before, after)]
    found += [*inquorate(before, after), *typed(before, after)]
    found += [*targets(before, after), *actions(before, after)]
    found += beside(before, after)
    return tuple(found)


def readings(before: Scorecard, after: Scorecard) -> Iterator[Change]:
    then, now = readings_of(before), readings_of(after)
    found = [key for key in keys(then, now) if figures(then.get(key)) != figures(now.get(key))]
    heads = {(r.measure.key, r.measure.basis, ()) for card in (before, after) for r in card.results}
    for key in sorted(found, key=lambda key: key not in heads):
        measure, basis, by = key
        card = after if key in now else before
        known = card.result(measure).measure
        what, label = in_words(card, by), known.basis_label(basis, by)
        yield Change(known.title, what, label, figures(then.get(key)), figures(now.get(key)))


def readings_of(card: Scorecard) -> dict[tuple, Reading]:
    return {(r.measure, r.basis, r.by): r for r in card.readings}


def figures(reading: Reading | None) -> str:
    if reading is None:
        return NOTHING
    return f"{reading.working} ({reading.printed})" if reading.total else "none"


def counts(before: Scorecard, after: Scorecard) -> Iterator[Change]:
    then, now = counts_of(before), counts_of(after)
    for key in keys(then, now):
        old, new = then.get(key), now.get(key)
        if (old and old.value) != (new and new.value):
            card, count = (after, new) if new else (before, old)
            yield Change(count.label, in_words(card, count.by), "", number(old), number(new))


def counts_of(card: Scorecard) -> dict[tuple, Count]:
    return {(count.key, count.by): count for count in card.counts}


def number(count: Count | None) -> str:
    return NOTHING if count is None else str(count.value)


def missed(before: Scorecard, after: Scorecard) -> Iterator[Change]:
    then = {(line.reference, line.what): line.excuse for line in before.missed}
    now = {(line.reference, line.what): line.excuse for line in after.missed}
    for key in keys(then, now):
        if then.get(key) != now.get(key):
            yield Change("What was missed", f"{key[0]}: {key[1].lower()}", "",
                         then.get(key, NOTHING), now.get(key, NOTHING))


def inquorate(before: Scorecard, after: Scorecard) -> Iterator[Change]:
    """What the chair decided of each conference that was not quorate."""
    then, now = ({line.reference: decision(line) for line in card.inquorate} for card in (before, after))
    for key in keys(then, now):
        if then.get(key) != now.get(key):
            yield Change("Not quorate", key, "", then.get(key, NOTHING), now.get(key, NOTHING))


def decision(line: InquorateLine) -> str:
    return f"{line.decided}, new date {line.new_date_on:%d/%m/%Y}" if line.new_date_on else line.decided


def typed(before: Scorecard, after: Scorecard) -> Iterator[Change]:
    """What the case system counts, beside what was reckoned."""
    then, now = typed_of(before), typed_of(after)
    for key in keys(then, now):
        if then.get(key) != now.get(key):
            yield Change(key, "From the case system", "", then.get(key, NOTHING), now.get(key, NOTHING))


def typed_of(card: Scorecard) -> dict[str, str]:
    found = card.beside_typed
    return {count.label: f"{number} on {card.typed.counted_on:%d/%m/%Y}" for count, number, _ in found}


def targets(before: Scorecard, after: Scorecard) -> Iterator[Change]:
    then, now = targets_of(before), targets_of(after)
    for key in keys(then, now):
        if then.get(key) != now.get(key):
            card = after if key in after else before
            title = card.result(key).measure.title if key in card else key
            yield Change("Target", title, "", then.get(key, NOTHING), now.get(key, NOTHING))


def targets_of(card: Scorecard) -> dict[str, str]:
    return {target.measure: target_words(target) for target in card.targets}


def target_words(target: TargetLine) -> str:
    return f"good from {target.good_from.normalize():f}%, watch from {target.watch_from.normalize():f}%"


def actions(before: Scorecard, after: Scorecard) -> Iterator[Change]:
    then, now = ({one.number: one.state for one in card.actions} for card in (before, after))
    for key in keys(then, now):
        if then.get(key) != now.get(key):
            yield Change("Action", key, "", then.get(key, NOTHING), now.get(key, NOTHING))


def beside(before: Scorecard, after: Scorecard) -> Iterator[Change]:
    """What differs in the period before and in the parts of the period, under their names.

    Their targets are the same rows as the card's own.
    """
    then, now = beside_of(before), beside_of(after)
    for key in keys(then, now):
        old, new = then.get(key), now.get(key)
        if old is None or new is None:
            yield Change(key, "", "", *("not there" if card is None else "there" for card in (old, new)))
            continue
        for change in (*readings(old, new), *counts(old, new), *missed(old, new), *inquorate(old, new)):
            yield Change(f"{key}: {change.what}", change.detail, change.basis, change.before, change.after)


def beside_of(card: Scorecard) -> dict[str, Scorecard]:
    found = [card.previous] if card.previous else []
    return {one.period.name: one for one in [*found, *card.trend]}


def keys(then: Mapping, now: Mapping) -> list:
    """The keys of both, those of now first in their order."""
    return list(dict.fromkeys([*now, *then]))


def in_words(card: Scorecard, by: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(card.label(*pair) for pair in by)
