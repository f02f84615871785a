from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("training", "0003_kept_standings"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="trainingrecord",
            index=models.Index(fields=["completed_on", "id"], name="trainingrecord_by_day"),
        ),
    ]
