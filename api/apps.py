from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"
    verbose_name = "Interface for machines"

    def ready(self) -> None:
        # Models can be imported only when apps are ready.
        from api import schema  # noqa: F401  the schema learns how machines sign in
        from api.actions import end_with_makers, forget_answers
        from partnership.signals import hour_struck

        def look_after(**_) -> None:
            forget_answers()
            end_with_makers()

        hour_struck.connect(look_after, weak=False, dispatch_uid="keys_and_answers")
