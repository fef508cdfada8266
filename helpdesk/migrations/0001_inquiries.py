"""Contacts, inquiries, FAQ and canned sentences."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("tasks", "0010_answers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Canned",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="名前")),
                (
                    "key",
                    models.CharField(
                        help_text="回答の欄で Alt と一緒に押すと、本文が入ります（1〜9）。",
                        max_length=1,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[1-9]\\Z", "1〜9の半角数字を1文字入力してください。"
                            )
                        ],
                        verbose_name="キー",
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="本文")),
                ("is_active", models.BooleanField(default=True, verbose_name="使う")),
            ],
            options={
                "verbose_name": "定型文",
                "verbose_name_plural": "定型文",
                "ordering": ["key"],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="氏名")),
                ("kana", models.CharField(blank=True, default="", max_length=100, verbose_name="かな")),
                ("department", models.CharField(blank=True, default="", max_length=100, verbose_name="所属")),
                ("phone", models.CharField(blank=True, default="", max_length=40, verbose_name="電話番号")),
                ("extension", models.CharField(blank=True, default="", max_length=20, verbose_name="内線")),
                ("fax", models.CharField(blank=True, default="", max_length=40, verbose_name="FAX番号")),
                (
                    "email",
                    models.EmailField(blank=True, default="", max_length=254, verbose_name="メールアドレス"),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="例: 電話は9〜16時が希望",
                        max_length=200,
                        verbose_name="覚え",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="使う")),
                (
                    "phone_key",
                    models.CharField(blank=True, db_index=True, default="", editable=False, max_length=40),
                ),
                (
                    "phone_tail",
                    models.CharField(blank=True, db_index=True, default="", editable=False, max_length=40),
                ),
                (
                    "email_key",
                    models.CharField(blank=True, db_index=True, default="", editable=False, max_length=254),
                ),
                ("folded", models.TextField(blank=True, default="", editable=False)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="accounts.organization",
                        verbose_name="団体",
                    ),
                ),
            ],
            options={
                "verbose_name": "連絡先",
                "verbose_name_plural": "連絡先",
                "ordering": ["organization", "kana", "name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Faq",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.CharField(max_length=300, verbose_name="質問")),
                ("answer", models.TextField(max_length=5000, verbose_name="回答")),
                ("category", models.CharField(blank=True, default="", max_length=40, verbose_name="分類")),
                (
                    "keywords",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="空白で区切ります。",
                        max_length=200,
                        verbose_name="検索のことば",
                    ),
                ),
                ("is_published", models.BooleanField(default=False, verbose_name="公開")),
                ("changed_at", models.DateTimeField(verbose_name="更新日時")),
                ("version", models.PositiveIntegerField(default=0)),
                ("folded", models.TextField(blank=True, default="", editable=False)),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="更新者",
                    ),
                ),
            ],
            options={
                "verbose_name": "FAQ",
                "verbose_name_plural": "FAQ",
                "ordering": ["category", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("phone", "電話"), ("fax", "FAX"), ("mail", "メール"), ("screen", "画面")],
                        default="screen",
                        max_length=10,
                        verbose_name="手段",
                    ),
                ),
                ("caller", models.CharField(blank=True, default="", max_length=200, verbose_name="連絡者")),
                ("phone", models.CharField(blank=True, default="", max_length=40, verbose_name="電話番号")),
                ("received_at", models.DateTimeField(verbose_name="受付日時")),
                (
                    "is_first_answer",
                    models.BooleanField(blank=True, null=True, verbose_name="一次回答で完結"),
                ),
                ("is_waiting", models.BooleanField(default=True, verbose_name="未回答")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="回答日時")),
                ("category", models.CharField(blank=True, default="", max_length=20, verbose_name="区分")),
                (
                    "original_number",
                    models.CharField(blank=True, default="", max_length=40, verbose_name="原本番号"),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiry",
                        to="tasks.case",
                        verbose_name="案件",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="helpdesk.contact",
                        verbose_name="連絡先",
                    ),
                ),
                (
                    "faq",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answered",
                        to="helpdesk.faq",
                        verbose_name="使ったFAQ",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="accounts.organization",
                        verbose_name="団体",
                    ),
                ),
            ],
            options={
                "verbose_name": "問合せ",
                "verbose_name_plural": "問合せ",
                "ordering": ["-received_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="faq",
            name="source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposed",
                to="helpdesk.inquiry",
                verbose_name="もとの問合せ",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                fields=("organization", "name", "department", "phone_key"),
                name="contact_once",
                violation_error_message="同じ連絡先がすでに登録されています。",
            ),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["-received_at", "-id"], name="inquiry_newest"),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["organization", "-received_at"], name="inquiry_of_town"),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                condition=models.Q(("is_waiting", True)), fields=["received_at", "id"], name="inquiry_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="faq",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source__isnull", False)), fields=("source",), name="faq_of_inquiry"
            ),
        ),
    ]
