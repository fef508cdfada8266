"""Walker: people who do any duty of any edition. Each field is filled in by its kind, each step is closed by
who has the mark, and the edges of the edition say where to go; no number of a duty stands here."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from opsdesk.accounts.models import Membership, Organization, Team
from opsdesk.lib.refusal import Refusal
from raci.definition import definition_of
from raci.models import FieldKind, Mark, Sharing
from raci.outline import outline_of
from tasks import cases, progress
from tasks.answers import is_required
from tasks.filling import task_fields
from tasks.following import Following
from tasks.models import Task
from tasks.raising import fields_asked, is_reported

FORWARD = ("auto", "chosen")


class Walker:
    """`taken` are the edges that were walked, `now` goes on by a minute an act."""

    def __init__(self, edition, now):
        self.now, self.outline, self.taken = now, outline_of(edition.pk), set()

    # --- who -----------------------------------------------------------------------------------------

    def tick(self):
        self.now += timedelta(minutes=1)
        return self.now

    def person(self, task, roles, avoid=()):
        """Somebody of one of `roles` who may act on `task`, with the team."""
        teams = Team.objects.filter(role__in=roles).select_related("role", "organization").order_by("pk")
        for team in teams:
            own = task.organization_id == team.organization_id
            if team.role.kind == Organization.Kind.MEMBER and not own:
                continue
            for row in Membership.objects.filter(team=team).select_related("user").order_by("pk"):
                if row.user_id not in avoid:
                    return row.user, team
        raise AssertionError(f"nobody can do {task}")

    def closer(self, task):
        """Who has ◎, leads it, and did not do the work that it confirms."""
        confirmed = [e.target_key for e in self.edges(task.key) if e.kind == "confirming"]
        did = (
            set(task.case.steps.filter(key__in=confirmed).values_list("closed_by", flat=True))
            if task.case
            else ()
        )
        roles = [task.lead.role_id] if task.lead else definition_of(task.duty_id).roles_with(Mark.MAIN)
        return self.person(task, roles, did)

    def edges(self, key):
        return self.outline.followups.get(key, ())

    # --- what ----------------------------------------------------------------------------------------

    def filled(self, fields, picks, known, places):
        """An answer to each field that takes one, by its kind."""
        found = {}
        hidden = {f.key for f in fields if f.row.options.get("instead_of")}
        for f in sorted(fields, key=lambda f: "sum_of" in f.row.options):
            if f.kind == FieldKind.LINES:
                found[f.key] = [self.line(f, known, places)]
            elif f.kind != FieldKind.FILE and not f.row.options.get("is_shown") and f.key not in hidden:
                found[f.key] = picks[f.key] if f.key in picks else self.value(f.row, found, known, places)
        return found

    def line(self, f, known, places):
        found = {}
        for column in f.columns:
            found[column.key] = self.value(column, found, known, places)
        return found

    def value(self, row, values, known, places):
        options, rule = row.options, row.finding or {}
        if row.kind == FieldKind.CHECK:
            return True
        if row.kind == FieldKind.NUMBER:
            if "sum_of" in options:
                return str(sum(int(values[key]) for key in options["sum_of"]))
            if "ne" in rule:
                return str(known.get(rule["ne"], 3))
            return "0" if rule else "3"
        if row.kind == FieldKind.DATE:
            if options.get("not_before") in values:
                return values[options["not_before"]]
            if options.get("in_period"):
                return self.business_day(known["period"]).isoformat()
            day = timezone.localdate(self.now)
            return f"{day.isoformat()} 8:40" if options.get("time") else day.isoformat()
        if row.kind == FieldKind.CHOICE and options.get("organizations"):
            return places if options["organizations"] == "many" else places[0]
        if row.kind == FieldKind.CHOICE:
            bad = {*rule.get("in", ()), *options.get("named_by", ()), *options.get("skips", ())}
            return next(c for c in row.choices if c not in bad)
        return {"private_use_or_ivs": "U+E000", "month": "2027-06"}.get(options.get("pattern"), "記入")

    def business_day(self, first):
        from opsdesk.calendar.book import calendar_of

        return calendar_of().next_business_day(first)

    def known(self, task):
        """What the case has answered, as `<key>.<field>`."""
        found = {"period": task.period_on}
        for step in task.case.steps.order_by("pk") if task.case else ():
            found |= {f"{step.key}.{name}": value for name, value in step.answers.items()}
        return found

    def plan(self, task, known):
        """Edges that were not walked yet and can be walked together now, and the answers that they need."""
        picks, going = {}, []
        there = (
            set(task.case.steps.filter(is_withdrawn=False).values_list("key", flat=True)) if task.case else ()
        )
        todo = [e for e in self.edges(task.key) if (e.duty.key, e.target_key, e.kind) not in self.taken]
        again = [e for e in todo if e.kind == "confirming" and e.target_key in there]
        for edge in again or [e for e in todo if e.kind != "confirming"]:
            wanted = {k: self.meets(v, known) for k, v in edge.condition.items()}
            if all(picks.get(k, v) == v for k, v in wanted.items()):
                picks |= wanted
                going.append(edge)
        if not going and task.duty.needs_choice:
            going = [next(e for e in self.edges(task.key) if e.kind == "chosen")]
            picks = {k: v[0] for k, v in going[0].condition.items()}
        return picks, going

    def meets(self, wanted, known):
        return str(int(known[wanted["lt"]]) - 1) if isinstance(wanted, dict) else wanted[0]

    # --- acts ----------------------------------------------------------------------------------------

    def raise_case(self, duty, concerned, *, directly=False):
        """A case at the entry `duty`: reported where anybody may, else raised by the strongest mark."""
        fields = fields_asked(duty, everything=directly)
        codes = [o.code for o in concerned]
        picks = {}
        if directly:
            todo = [e for e in self.edges(duty.key) if (duty.key, e.target_key, e.kind) not in self.taken]
            picks = {k: v[0] for e in todo for k, v in e.condition.items()}
        answers = self.filled(fields, picks, {}, codes)
        marks = self.outline.keys[duty.key].marks
        strong = sorted((m != Mark.MAIN, role) for role, m in marks.items() if m in (Mark.MAIN, Mark.SUPPORT))
        given = {"at": self.tick(), "title": f"件名{duty.number}", "answers": answers}
        if is_reported(duty) and not directly:
            team = Team.objects.get(organization=concerned[0])
            return cases.report(duty, by=self.user(team), team=team, **given)
        role = strong[0][1]
        own = Team.objects.filter(role=role, organization=concerned[0]).first()
        team = own or Team.objects.get(role=role)
        files = [f.key for f in fields if f.kind == FieldKind.FILE]
        concerns = concerned[:1] if own else concerned
        case = cases.raise_case(duty, by=self.user(team), team=team, concerns=concerns, files=files, **given)
        for edge in self.edges(duty.key) if directly else ():
            if all(answers.get(k) in v for k, v in edge.condition.items()) and edge.kind == "auto":
                self.taken.add((duty.key, edge.target_key, edge.kind))
        return case

    def user(self, team):
        return Membership.objects.filter(team=team).select_related("user").order_by("pk")[0].user

    def attach(self, task, by, team, key="", name="証拠.txt"):
        return progress.attach(
            task, by=by, team=team, at=self.tick(), field_key=key, audience="all",
            file=SimpleUploadedFile(name, f"{task.pk} {key}".encode()),
        )  # fmt: skip

    def do(self, task, *, strictly=False):
        """Close `task` along edges still to be walked; `strictly`: refused without each required field."""
        task = Task.objects.select_related("duty", "organization", "case", "lead__role").get(pk=task.pk)
        known = self.known(task)
        places = [c.organization.code for c in task.case.concerns.all()] if task.case else []
        picks, going = self.plan(task, known)
        fields = task_fields(task)
        answers = self.filled(fields, picks, known, places)
        if task.duty.sharing == Sharing.SIGNERS:
            self._sign(task, fields, answers, strictly)
        else:
            self._close(task, fields, answers, going, strictly)
        self.taken |= {(task.key, e.target_key, e.kind) for e in going}
        task.refresh_from_db()
        return task, going

    def _close(self, task, fields, answers, going, strictly):
        by, team = self.closer(task)
        chosen = frozenset(e.target_key for e in going if e.kind == "chosen")
        again = frozenset(e.target_key for e in going if e.kind == "confirming")
        links = {e.target_key: None for e in going if e.kind == "linked" and not e.condition}

        def act(answers):
            progress.close(
                task, by=by, team=team, at=self.tick(), answers=answers, remark="確かめた",
                following=Following(chosen, again, False, links),
            )  # fmt: skip

        self._perform(task, fields, answers, by, team, act, strictly)

    def _sign(self, task, fields, answers, strictly):
        signers = definition_of(task.duty_id).signers
        for signer in signers:
            by, team = self.person(task, [signer.role_id])
            own = [f for f in fields if f.row.signer_role_id in (signer.role_id, None)]

            def act(answers, by=by, team=team):
                progress.sign(task, by=by, team=team, at=self.tick(), answers=answers, remark="確かめた")

            said = {f.key: answers[f.key] for f in own if f.key in answers}
            self._perform(task, own, said, by, team, act, strictly)

    def _perform(self, task, fields, answers, by, team, act, strictly):
        needed = [f for f in fields if is_required(f.row, answers)]
        if strictly:
            for f in (f for f in needed if f.kind == FieldKind.FILE):
                if not task.attachments.filter(field_key=f.key).exists():
                    self.refused(task, f.key, act, answers)
        for f in fields:
            if f.kind == FieldKind.FILE:
                self.attach(task, by, team, f.key, f"{f.key}.txt")
        for where, lacking in self.lacking(fields, needed, answers) if strictly else ():
            self.refused(task, where, act, lacking)
        act(answers)

    def lacking(self, fields, needed, answers):
        """The answers without each required one in turn, and where the error is to stand."""
        for f in needed:
            if f.kind != FieldKind.FILE:
                yield f.key, {**answers, f.key: [] if f.kind == FieldKind.LINES else ""}
        for f in (f for f in fields if f.kind == FieldKind.LINES and f.key in answers):
            line = answers[f.key][0]
            for c in f.columns:
                if is_required(c, line, answers):
                    yield f"{f.key}.0.{c.key}", {**answers, f.key: [{**line, c.key: ""}]}

    def refused(self, task, where, act, answers):
        with pytest.raises(Refusal) as refusal:
            act(answers)
        assert where in refusal.value.errors, (str(task), where, refusal.value.errors)
        assert Task.objects.get(pk=task.pk).is_open

    # --- the edition's own chains ----------------------------------------------------------------------

    def chain(self, key):
        """Every duty to which a case of the entry `key` may come."""
        found, todo = {key}, [key]
        while todo:
            for edge in self.edges(todo.pop()):
                if edge.kind in FORWARD and edge.target_key not in found:
                    found.add(edge.target_key)
                    todo.append(edge.target_key)
        return found

    def roles(self, key):
        """Ids of the roles that have to do with a duty: by a mark, or because they sign."""
        line = self.outline.keys[key]
        return {*line.marks, *line.signer_roles}

    def confirms(self, task):
        return any(e.kind == "confirming" for e in self.edges(task.key))
