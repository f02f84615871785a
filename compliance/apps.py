from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"
    verbose_name = "Measures and reports"

    def ready(self) -> None:
        """Once an hour what was sent or made and is over is forgotten, and returns and actions are chased."""
        # Tasks can be imported only when all apps are ready.
        from compliance.tasks import (
            chase_actions,
            chase_returns,
            forget_packs,
            forget_published,
            forget_uploads,
        )
        from partnership.signals import hour_struck

        def on_hour_struck(**_) -> None:
            forget_uploads.enqueue()
            forget_packs.enqueue()
            forget_published.enqueue()
            chase_returns.enqueue()
            chase_actions.enqueue()

        hour_struck.connect(on_hour_struck, weak=False, dispatch_uid="forget_uploads")
