from django.apps import AppConfig


class EscalationConfig(AppConfig):
    name = "escalation"
    verbose_name = "Escalation"

    def ready(self) -> None:
        """Listen to the floors below: closed registers suggest, changed holidays move deadlines."""
        from conferences.signals import (
            register_closed,  # models can be imported only when apps are ready
        )
        from escalation.actions import redate, suggest
        from partnership.models import today
        from partnership.signals import holidays_changed

        def on_register_closed(meetings, **_) -> None:
            for partnership in {meeting.partnership for meeting in meetings}:
                suggest(partnership=partnership, on=today())

        def on_holidays_changed(country, days, **_) -> None:
            redate(country=country, days=days)

        register_closed.connect(on_register_closed, weak=False, dispatch_uid="suggest")
        holidays_changed.connect(on_holidays_changed, weak=False, dispatch_uid="redate")
