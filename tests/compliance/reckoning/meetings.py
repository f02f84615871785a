"""Attendance, contribution, reports, and how far they can be trusted, counted plainly."""

from __future__ import annotations

from datetime import timedelta

from tests.compliance.reckoning.plain import CONFERENCES, INITIALS, THERE, Plain

MODES = ("in_person", "video", "phone")


class Meetings(Plain):
    def attendance(self) -> None:
        parents = {self.made["agencies"][a]["parent"] for a in self.scope} - {None}
        here = {a for (_, a), lines in self.lines.items() if lines}
        seats = [a for a in self.scope if a not in parents or a in here]
        pairs = [(m, a, self.lines[m["id"], a]) for m in self.now for a in seats]
        for basis in ("all", "invited", "involved", "known"):
            total = [pair for pair in pairs if self.on(basis, pair[2])]
            conferences = [pair for pair in total if pair[0]["kind"] in CONFERENCES]
            groups = [pair for pair in total if pair[0]["kind"] == "core_group"]
            self.put_all(
                "conference_attendance", basis, conferences, self.came, kinds=True, ways=True
            )
            self.put_all("core_group_attendance", basis, groups, self.came, ways=True)
            self.put_all("contribution", basis, conferences, self.either, kinds=True)
            if basis in ("invited", "involved"):
                asked = [pair for pair in conferences if self.report_asked(pair[2])]
                self.put_all("reports_in_time", basis, asked, self.sent, kinds=True)
            if basis == "involved":
                self.follow("conference_attendance", conferences, lambda pair: self.came(pair[2]))
                self.follow("contribution", conferences, lambda pair: self.either(pair[2]))
                self.follow("core_group_attendance", groups, lambda pair: self.came(pair[2]))

    def put_all(self, measure, basis, pairs, met, *, kinds=False, ways=False) -> None:
        self.put(measure, basis, sum(met(lines) for *_, lines in pairs), len(pairs))
        if self.agency is None:
            self.put_each(measure, basis, [(self.code[a], met(x)) for _, a, x in pairs], "agency")
        if kinds:
            self.put_each(measure, basis, [(m["kind"], met(x)) for m, _, x in pairs], "kind")
        if ways:
            for mode in ("in_person", "video", "phone"):
                by_mode = sum(self.way(lines) == mode for *_, lines in pairs)
                self.put(measure, basis, by_mode, len(pairs), mode=mode)
            members = sum(any(x["outcome"] == "attended" for x in lines) for *_, lines in pairs)
            came = sum(self.came(lines) for *_, lines in pairs)
            self.put(measure, basis, members, len(pairs), who="member")
            self.put(measure, basis, came - members, len(pairs), who="deputy")

    def on(self, basis: str, lines: list[dict]) -> bool:
        if basis == "all":
            return True
        if basis == "invited":
            return any(not x["job"] or x["invited_on"] for x in lines)
        involved = any(x["involved"] for x in lines)
        return involved and (basis == "involved" or any(x["outcome"] != "unknown" for x in lines))

    def came(self, lines: list[dict]) -> bool:
        return any(x["outcome"] in THERE for x in lines)

    def either(self, lines: list[dict]) -> bool:
        return self.came(lines) or self.sent(lines)

    def sent(self, lines: list[dict]) -> bool:
        return any(x["report"] == "on_time" for x in lines)

    def way(self, lines: list[dict]) -> str:
        modes = [x["mode"] for x in lines if x["outcome"] in THERE]
        return next((mode for mode in ("in_person", "video", "phone") if mode in modes), "")

    def report_asked(self, lines: list[dict]) -> bool:
        for line in lines:
            if line["report"] != "not_required":
                if line["expected"] in ("report", "attend_and_report"):
                    return True
                if line["expected"] == "attend_or_report" and not self.came(lines):
                    return True
        return False

    def quality(self) -> None:
        pairs = [(m, a, lines) for (m, a), lines in self.lines.items() if lines]
        missed = [row for m, a, lines in pairs for row in self.missed(m, lines)]
        here = [x for *_, lines in pairs for x in lines]
        self.count(
            unknown_outcomes=sum(
                any(x["involved"] for x in lines) and all(x["outcome"] == "unknown" for x in lines)
                for *_, lines in pairs
            ),
            disputed_lines=sum(x["disputed"] and not x["settled"] for x in here),
            late_invitations=sum(all(self.late(m, x) for x in lines) for m, _, lines in pairs),
            involvement_changes=sum(x["changes"] for x in here),
            open_registers=sum(map(self.register_open, self.made["meetings"])),
            missed_attendances=missed.count(("attendance", False)),
            missed_reports=missed.count(("report", False)),
            missed_excused=sum(excused for _, excused in missed),
        )

    def held(self) -> None:
        held = [m["kind"] for m in self.conferences if m["state"] == "held"]
        self.count(
            conferences=len(held), initial=sum(kind in INITIALS for kind in held),
            review=held.count("review_conference"),
            transfer_in=held.count("transfer_in_conference"),
            stood_down=sum(m["state"] == "stood_down" for m in self.now),
            core_groups=sum(m["kind"] == "core_group" for m in self.now),
        )

    def register_open(self, meeting: dict) -> bool:
        """Its day has come and its register is open; for an agency, where it has a line."""
        here = meeting["partnership"] == self.place and self.first <= meeting["on"] <= self.last
        if not here or meeting["closed"] or meeting["state"] == "cancelled":
            return False
        lines = self.made["lines"]
        return self.agency is None or any(
            x["meeting"] == meeting["id"] and x["agency"] in self.scope for x in lines
        )

    def late(self, meeting: int, line: dict) -> bool:
        """Fewer than five working days' notice, and not in the room when the date was set."""
        if line["in_room"] or line["invited_on"] is None:
            return False
        held_on = self.made["meetings"][meeting]["on"]
        notice = [line["invited_on"] + timedelta(n) for n in range(1, 60)]
        return sum(self.worked(day) for day in notice if day <= held_on) < 5

    def missed(self, meeting: int, lines: list[dict]) -> list[tuple[str, bool]]:
        """What an agency missed at a meeting, and whether a late invitation excuses it."""
        if not any(x["involved"] for x in lines):
            return []
        expected, found = lines[0]["expected"], []
        lacks_report = not self.sent(lines)
        asked = any(x["report"] != "not_required" for x in lines)
        if not self.came(lines) and (
            expected in ("attend", "attend_and_report")
            or (expected == "attend_or_report" and lacks_report)
        ):
            found.append("attendance")
        if expected in ("report", "attend_and_report") and asked and lacks_report:
            found.append("report")
        return [(kind, all(self.late(meeting, x) for x in lines)) for kind in found]

