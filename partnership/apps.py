from django.apps import AppConfig


class PartnershipConfig(AppConfig):
    name = "partnership"
    verbose_name = "Partnerships, agencies and people"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in
        from django.urls import register_converter

        from partnership import signed_in
        from partnership.exporting import ExportConverter
        from partnership.signals import (
            mail_written,  # models can be imported only when apps are ready
        )
        from partnership.tasks import deliver_mail

        def deliver(**_) -> None:
            deliver_mail.enqueue()

        register_converter(ExportConverter, "export")
        mail_written.connect(deliver, weak=False, dispatch_uid="deliver_mail")
        user_logged_in.connect(signed_in.begin, dispatch_uid="signed_in")
