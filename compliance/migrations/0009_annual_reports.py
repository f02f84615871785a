from django.db import migrations, models


class Migration(migrations.Migration):
    """One more kind of report: what a database holds is as it was."""

    dependencies = [
        ("compliance", "0008_packs"),
    ]

    operations = [
        migrations.AlterField(
            model_name="issuedreport",
            name="kind",
            field=models.CharField(
                choices=[
                    ("agency", "Agency report"), ("partnership", "Partnership report"),
                    ("annual", "Annual conference report"),
                ],
                max_length=12,
            ),
        ),
    ]
