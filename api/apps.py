from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"
    verbose_name = "Interface for machines"

    def ready(self) -> None:
        from api import schema  # noqa: F401  the schema learns how machines sign in
        from api.actions import forget_answers  # models can be imported only when apps are ready
        from partnership.signals import hour_struck

        def forget(**_) -> None:
            forget_answers()

        hour_struck.connect(forget, weak=False, dispatch_uid="forget_answers")
