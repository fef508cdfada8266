"""Desk: the people at work on one case, by the commands; what they do is named by the duty's No."""

from tasks import cases, closing
from tasks.following import Following
from tasks.models import Attachment
from tests.make import at, duty


class Desk:
    """The people at work on one case: `desk.close(52, "ogawa", …)`."""

    def __init__(self, cast, case=None, now=None):
        self.cast, self.case, self.now = cast, case, now or at()

    def team(self, person):
        return getattr(self.cast, person).memberships.first().team

    def raise_(self, number, person, *, whom=(), title="件名", **answers):
        self.case = cases.raise_case(
            duty(number),
            by=getattr(self.cast, person),
            team=self.team(person),
            at=self.now,
            title=title,
            concerns=[getattr(self.cast, c) for c in whom],
            answers=answers,
            files=answers.pop("files", ()),
        )
        return self.case

    @property
    def open(self):
        rows = (
            self.case.steps.open()
            .filter(is_withdrawn=False)
            .order_by("duty__number", "organization__position")
        )
        return [
            f"{t.duty.number}{'' if t.organization.kind == 'union' else '@' + t.organization.code}"
            + (f" {t.round}回" if t.round > 1 else "")
            for t in rows.select_related("duty", "organization")
        ]

    def step(self, number, place=None):
        rows = self.case.steps.open().filter(duty__number=number, is_withdrawn=False)
        return rows.get(organization__code=place) if place else rows.get()

    def close(
        self,
        number,
        person,
        *,
        where=None,
        remark=None,
        then=(),
        again=(),
        asks_all=False,
        links=None,
        file=None,
        **answers,
    ):
        task = self.step(number, where)
        team = self.team(person)
        if file:
            Attachment.objects.create(
                task=task, field_key=file, name="a.pdf", content_type="application/pdf", size=1, sha256="0",
                team=team, by=getattr(self.cast, person), at=self.now,
            )  # fmt: skip
        following = Following(frozenset(then), frozenset(again), asks_all, links or {})
        closing.close(
            task, by=getattr(self.cast, person), team=team, at=self.now, answers=answers, remark=remark,
            following=following,
        )  # fmt: skip
        self.case.refresh_from_db()
        return task

    def skip(self, number, person, place=None):
        closing.skip(
            self.step(number, place),
            by=getattr(self.cast, person),
            team=self.team(person),
            at=self.now,
            reason="不要",
        )
        self.case.refresh_from_db()
