"""Drafts: who saved last, how often, and what each saving left."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from raci import guard

#: The columns that an edition has before this migration.
KEPT = guard.KEPT[:8]


class Migration(migrations.Migration):
    dependencies = [
        ("raci", "0002_guard"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # SQLite rebuilds an altered table, and its triggers are lost with the old one.
        migrations.RunPython(
            lambda apps, schema_editor: guard.remove(schema_editor),
            lambda apps, schema_editor: guard.install(schema_editor, KEPT),
        ),
        migrations.AddField(
            model_name="edition",
            name="last_key",
            field=models.PositiveIntegerField(default=0, verbose_name="最後の業務キー"),
        ),
        migrations.AddField(
            model_name="edition",
            name="saved_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="最終保存"),
        ),
        migrations.AddField(
            model_name="edition",
            name="saved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="最後に保存した人",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="version",
            field=models.PositiveIntegerField(default=0, verbose_name="保存の回数"),
        ),
        migrations.AlterField(
            model_name="edition",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "改定案"),
                    ("published", "公開"),
                    ("withdrawn", "取り下げ"),
                    ("discarded", "破棄"),
                ],
                default="draft",
                max_length=10,
                verbose_name="状態",
            ),
        ),
        migrations.CreateModel(
            name="Saving",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="保存")),
                ("rows", models.JSONField(verbose_name="行")),
                ("saved_at", models.DateTimeField(verbose_name="保存日時")),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="savings",
                        to="raci.edition",
                        verbose_name="版",
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="保存者",
                    ),
                ),
            ],
            options={
                "verbose_name": "改定案の保存",
                "verbose_name_plural": "改定案の保存",
                "ordering": ["edition", "-number"],
                "constraints": [models.UniqueConstraint(fields=("edition", "number"), name="saving_once")],
            },
        ),
        migrations.RunPython(
            lambda apps, schema_editor: guard.install(schema_editor),
            lambda apps, schema_editor: guard.remove(schema_editor),
        ),
    ]
