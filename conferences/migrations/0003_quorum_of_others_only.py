"""A quorum may ask for so many agencies without naming a sector."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("conferences", "0002_deputy_named"),
    ]

    operations = [
        migrations.AlterField(
            model_name="quorumrule",
            name="required_sectors",
            field=models.JSONField(
                blank=True, default=list, help_text="Sectors that must be there."
            ),
        ),
    ]
