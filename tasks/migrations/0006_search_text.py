"""The index of the search."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("tasks", "0005_cases"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("task", "作業の記録"),
                            ("case", "案件"),
                            ("comment", "コメント"),
                            ("file", "ファイル"),
                        ],
                        max_length=10,
                        verbose_name="種類",
                    ),
                ),
                ("of", models.PositiveBigIntegerField()),
                (
                    "audience",
                    models.CharField(
                        choices=[("all", "全員"), ("member", "団体限り"), ("internal", "内部")],
                        default="all",
                        max_length=10,
                        verbose_name="公開範囲",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="日時")),
                ("text", models.TextField(verbose_name="本文")),
                ("folded", models.TextField()),
                ("context", models.TextField()),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tasks.case",
                        verbose_name="案件",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tasks.task",
                        verbose_name="作業",
                    ),
                ),
            ],
            options={
                "verbose_name": "検索の索引",
                "verbose_name_plural": "検索の索引",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["-at", "-id"], name="search_text_newest")],
                "constraints": [models.UniqueConstraint(fields=("kind", "of"), name="search_text_once")],
            },
        ),
    ]
