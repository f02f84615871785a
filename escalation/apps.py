from django.apps import AppConfig


class EscalationConfig(AppConfig):
    name = "escalation"
    verbose_name = "Escalation"

    def ready(self) -> None:
        """Listen to the floors below: registers suggest, holidays move deadlines, the hour chases."""
        # Models can be imported only when all apps are ready.
        from conferences.signals import register_closed
        from escalation.actions import redate, suggest
        from escalation.tasks import chase_deadlines
        from partnership.models import today
        from partnership.signals import holidays_changed, hour_struck

        def on_register_closed(meetings, **_) -> None:
            for partnership in {meeting.partnership for meeting in meetings}:
                suggest(partnership=partnership, on=today())

        def on_holidays_changed(country, days, **_) -> None:
            redate(country=country, days=days)

        def on_hour_struck(**_) -> None:
            chase_deadlines.enqueue()

        register_closed.connect(on_register_closed, weak=False, dispatch_uid="suggest")
        holidays_changed.connect(on_holidays_changed, weak=False, dispatch_uid="redate")
        hour_struck.connect(on_hour_struck, weak=False, dispatch_uid="chase")
