"""The index of the search finds two letters."""

from django.db import migrations, models
from django.db.models import Q

from tasks import grams


class Migration(migrations.Migration):
    dependencies = [("tasks", "0008_corrections")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: grams.install(schema_editor),
            lambda apps, schema_editor: grams.remove(schema_editor),
        ),
        # what a municipality follows as a duplicate is few cases of many
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["reporter"], condition=Q(state="duplicate"), name="case_followed"),
        ),
    ]
