from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = "Training"

    def ready(self) -> None:
        """Listen to the floor below: another line, or another roof, may ask other training."""
        # Models can be imported only when all apps are ready.
        from partnership.models import StaffMember
        from partnership.signals import agencies_changed, staff_changed
        from training.keeping import forget

        def on_staff_changed(staff, **_) -> None:
            forget(staff)

        def on_agencies_changed(agencies, **_) -> None:
            forget(StaffMember.objects.filter(agency__in=agencies))  # unscoped: whoever is in them

        staff_changed.connect(on_staff_changed, weak=False, dispatch_uid="forget_standings")
        agencies_changed.connect(on_agencies_changed, weak=False, dispatch_uid="forget_of_agencies")
