"""A deputy whom nobody named came for the person on the line: that person was not there."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("conferences", "0003_quorum_of_others_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="attendance",
            name="deputy_unnamed",
            field=models.BooleanField(
                default=False,
                help_text="A deputy came whom nobody named, for the person who stands on the line.",
            ),
        ),
    ]
