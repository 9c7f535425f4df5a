"""Everything that reads or changes a person's data leaves a trace: each address and each command is in a table here.

A new one fails until it stands in STEPS (what it notes, and it is done) or in WITHOUT (why it needs not).
"""

from __future__ import annotations

import csv
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.casework.intake import carry_over
from survey.casework.lens.queries import digest
from survey.casework.plan import queries as plans
from survey.clock import today
from survey.database import db
from survey.manage.audit_log import words
from survey.manage.forms import CHECKS
from survey.models import (
    AccessCode,
    Activity,
    ActivityKind,
    DeadlineExtension,
    DomainLink,
    Enrolment,
    ErasureRequest,
    Figure,
    Goal,
    HouseholdMember,
    Intake,
    IntendedResult,
    Label,
    Note,
    Observation,
    OpenAnswer,
    PlanVersion,
    Provider,
    RetentionMark,
    Staff,
    StaffInvitation,
    Story,
    StringReview,
    TalkWish,
    Target,
)
from survey.participation import letters_made
from survey.privacy import audit
from survey.recordings import text_hash
from survey.reviewing import po, queries
from survey.wording import operations as wording
from survey.wording.texts import all_texts
from telvertel import commands
from tests.fixtures.application import Town, hidden_in, new_town, token_in, version_in
from tests.fixtures.audit import events, findings
from tests.fixtures.sounds import wav
from tests.survey.manage.conftest import said


@dataclass(frozen=True)
class Step:
    """Someone asks for something; what the log says of it."""

    role: str
    method: str
    address: str
    actions: set[str]
    form: Mapping[str, Any] = field(default_factory=dict)


REWRITTEN = {
    "text": "Rewritten.",
    "language": "nl",
    "domain": "work",
    "stance": "typical",
    "checks": list(CHECKS),
}
PROGRAMME = {"code": "new", "name": "New", "instruments": "wellbeing", "before_used": "y", "before_weeks": "0",
             "before_window": "4", "after_used": "y", "after_weeks": "10", "after_window": "4"}  # fmt: skip
SURE = {"sure": "y"}
#: How the names of actions begin that are about a person.
ABOUT = ("dead", "part", "code", "data", "cons", "eras", "talk", "obse", "acti", "plan")
ASKED = {"asked": "y"}
PERSON = "/casework/participants/{participant}"
NOTED = "/casework/observations/{observation}"
ACTIVITY = "/casework/activities/{activity}"
SEEN = {"observed_on": today().isoformat(), "source": "test"}
BEGAN = {"started_on": today().isoformat(), "hours_per": "week"}
TERM = "/casework/participants/{newcomer}/deadlines"
HOME = "/casework/participants/{newcomer}/household"
TALK = "/casework/enrolments/{enrolment}/intake"
LENS = "/casework/enrolments/{enrolment}/lens/before"
COLLEAGUE = "/manage/staff/{colleague}"
PLAN = "/casework/enrolments/{enrolment}/plan"
DAY = today().isoformat()
GOAL = {"id": str(uuid4()), "domain": "work", "words": "A job", "language": "uk", "state": "open"}
LINK = {"id": str(uuid4()), "kind": "obstacle", "from_domain": "housing", "to_domain": "work", "since": DAY}
NOTE = {"id": str(uuid4()), "happened_on": DAY, "text": "We talked."}
SPOKEN = f"/manage/recordings/en/{text_hash('Stop')}"
STEPS = [
    Step("coordinator", "POST", "/manage/paper", {"code.used"},
         {"code": "{access_code}", "answered_on": today().isoformat()}),
    Step("coordinator", "POST", "/manage/paper/answers", {"participant.answers_entered"},
         {"take_part": "no", "language": "nl"}),
    Step("casemanager", "GET", "/casework/", {"caseload.seen"}),
    Step("casemanager", "POST", "/casework/participants/new", {"participant.added", "code.made"},
         {"id": str(uuid4()), "programme": "{code}", "started_on": today().isoformat(), "language": "nl"}),
    Step("casemanager", "POST", "/casework/load/", {"caseload.seen"},
         {"programme": "{code}", "file": (BytesIO(b"participant,what,date\nA1,participant,2026-03-02\n"), "a.csv")}),
    Step("casemanager", "GET", PERSON, {"participant.seen"}),
    Step("casemanager", "POST", f"{PERSON}/met", {"participant.met"}),
    Step("casemanager", "POST", f"{PERSON}/touch/taken-back", {"participant.met_taken_back"}),
    Step("casemanager", "GET", "/casework/enrolments/{joined}/stop", {"participant.seen"}),
    Step("casemanager", "POST", "/casework/enrolments/{joined}/stop", {"participant.stopped"},
         {"reason": "moved", "ended_on": today().isoformat(), "stood": ""}),
    Step("casemanager", "POST", "/casework/enrolments/{joined}/reopening", {"participant.reopened"}),
    Step("casemanager", "GET", "/casework/hand-over", {"caseload.seen"}),
    Step("casemanager", "POST", "/casework/hand-over", {"participant.handed_over"},
         {"chosen": "{joined}", "people": "{people_shown}", "colleague": "{colleague}"}),
    Step("casemanager", "GET", "/casework/invitations", {"caseload.seen"}),
    Step("casemanager", "POST", "/casework/invitations", {"code.made"}, {"chosen": "{joined}", "layout": "one"}),
    Step("casemanager", "GET", f"{TERM}/plan", {"participant.seen"}),
    Step("casemanager", "POST", f"{TERM}/plan", {"deadline.changed"},
         {"started_on": today().isoformat(), "version": "0"}),
    Step("casemanager", "POST", f"{TERM}/plan", {"deadline.extended"},
         {"started_on": DAY, "version": "1", "reason": "other", "decided_on": DAY,
          "until": (today() + timedelta(days=100)).isoformat()}),
    Step("casemanager", "POST", f"{TERM}/plan", {"deadline.extension_removed"},
         {"started_on": DAY, "version": "2", "take_back": "{extension}"}),
    Step("casemanager", "GET", f"{HOME}", {"participant.seen"}),
    Step("casemanager", "POST", f"{HOME}", {"participant.household_changed"}, {"size": "3", "version": "0"}),
    Step("casemanager", "POST", f"{HOME}/members/{{member}}/out", {"participant.household_changed"},
         {"size": "3", "version": "1"}),
    Step("casemanager", "POST", f"{HOME}/look", {"participant.seen"}, {"search": "x"}),
    Step("casemanager", "POST", f"{HOME}/members/{{other_person}}", {"participant.household_changed"},
         {"version": "0"}),
    Step("casemanager", "GET", f"{PERSON}/facts", {"participant.seen"}),
    Step("casemanager", "POST", f"{PERSON}/facts", {"participant.changed"},
         {"language": "nl", "version": "{shown}"}),
    Step("who hands over", "POST", "/casework/enrolments/{joined}/tablet",
         {"participant.tablet_handed_over", "staff.signed_out"}),
    Step("casemanager", "GET", PLAN, {"participant.seen"}),
    Step("casemanager", "GET", f"{PLAN}/paper.pdf", {"participant.seen"}),
    Step("casemanager", "GET", f"{PLAN}/goals/new", {"participant.seen"}),
    Step("casemanager", "POST", f"{PLAN}/goals/new", {"plan.changed"}, GOAL),
    Step("casemanager", "GET", "/casework/plan/goals/{goal}", {"participant.seen"}),
    Step("casemanager", "POST", "/casework/plan/goals/{goal}", {"plan.changed"}, {**GOAL, "version": "1"}),
    Step("casemanager", "GET", f"{PLAN}/links/new/obstacle", {"participant.seen"}),
    Step("casemanager", "POST", f"{PLAN}/links/new/obstacle", {"plan.changed"}, LINK),
    Step("casemanager", "GET", "/casework/plan/links/{link}", {"participant.seen"}),
    Step("casemanager", "POST", "/casework/plan/links/{link}", {"plan.changed"}, {**LINK, "version": "1"}),
    Step("casemanager", "POST", f"{PLAN}/versions", {"plan.settled"}, {"seen": "{seen}", "signed_on": DAY}),
    Step("casemanager", "GET", "/casework/plan/versions/{plan_version}", {"participant.seen"}),
    Step("casemanager", "GET", "/casework/plan/versions/{plan_version}/paper.pdf", {"participant.seen"}),
    Step("casemanager", "POST", "/casework/enrolments/{enrolment}/revocation", {"code.revoked"}),
    Step("casemanager", "POST", "/casework/enrolments/{enrolment}/invitation", {"code.made"}, {"made": "{letters}"}),
    Step("casemanager", "POST", "/casework/enrolments/{enrolment}/paper", {"code.made"},
         {"language": "nl", "size": "normal"}),
    Step("casemanager", "GET", TALK, {"participant.seen"}),
    Step("casemanager", "POST", TALK, {"participant.intake_changed"}, {"language": "uk", "interpreter": "none"}),
    Step("casemanager", "POST", f"{TALK}/sections", {"participant.intake_changed"},
         {"part": "wishes", "intake_strengths": "My own words", "version-wishes": "0"}),
    Step("casemanager", "POST", f"{TALK}/sections", {"participant.intake_changed"},
         {"part": "family", "intake_household": "1", "version-family": "0"}),
    Step("casemanager", "POST", f"{TALK}/finished", {"participant.intake_changed"}),
    Step("casemanager", "GET", f"{TALK}/take-over", {"participant.seen"}),
    Step("casemanager", "POST", f"{TALK}/take-over", {"participant.changed"},
         {"seen": "{proposed}", "chosen": "intake_household"}),
    Step("casemanager", "POST", LENS, {"participant.lens_saved"},
         {"work_short": "2", "seen": digest({})}),
    Step("casemanager", "GET", LENS, {"participant.seen"}),
    Step("coordinator", "GET", "/manage/quotes", {"answers.read"}),
    Step("coordinator", "GET", "/manage/answers", {"answers.read"}),
    Step("coordinator", "GET", "/manage/quotes/{answer}", {"answers.read"}),
    Step("coordinator", "POST", "/manage/quotes/{answer}", {"story.decided"},
         {**REWRITTEN, "decision": "draft", "version": "0"}),
    Step("coordinator", "GET", "/manage/stories/{story}", {"answers.read"}),
    Step("coordinator", "POST", "/manage/stories/{story}", {"story.decided"},
         {**REWRITTEN, "decision": "refuse", "version": "{shown}"}),
    Step("coordinator", "POST", SPOKEN, {"recording.added"},
         {"file": (BytesIO(wav()), "a.wav"), "speaker": "Fatima", "recorded_on": today().isoformat(), "agreed": "y"}),
    Step("coordinator", "POST", f"{SPOKEN}/remove", {"recording.removed"}),
    Step("coordinator", "POST", "/manage/programmes/new", {"programme.added"}, PROGRAMME),
    Step("coordinator", "POST", "/manage/programmes/new/word-free", {"programme.changed"}, {"offered": "no"}),
    Step("coordinator", "POST", "/manage/programmes/new/looking-back/anchor", {"programme.changed"}, {"asked": "yes"}),
    Step("coordinator", "POST", "/manage/programmes/new/in-advance", {"programme.changed"},
         {"domains": "wellbeing", "version": "{shown}"}),
    Step("coordinator", "POST", "/manage/programmes/new/waves/before/open", {"wave.opened"}),
    Step("coordinator", "POST", "/manage/programmes/new/waves/before/close", {"wave.closed"}, SURE),
    Step("coordinator", "POST", "/manage/programmes/new/languages/uk", {"language.overridden"}, SURE),
    Step("coordinator", "POST", "/manage/programmes/new/languages/uk/close", {"language.closed"}),
    Step("coordinator", "POST", "/manage/programmes/{code}/waves/before/close", {"wave.closed"}, SURE),
    Step("coordinator", "POST", "/manage/programmes/{code}/waves/after/close", {"wave.closed"}, SURE),
    Step("coordinator", "POST", "/publish/{code}/breakdowns", {"programme.changed"}, {"breakdowns": ["gender"]}),
    Step("coordinator", "POST", "/publish/{code}/", {"release.built"}),
    Step("coordinator", "POST", "/publish/{code}/1", {"release.published"}),
    Step("coordinator", "POST", "/publish/{code}/1/withdrawal", {"release.withdrawn"}),
    Step("reviewer", "POST", "/reviewing/tr/texts/{asked}", {"wording.changed"},
         {"verdict": "approve", "text": "Nasıl?", "seen": "{asked_seen}"}),
    Step("coordinator", "POST", "/manage/programmes/{code}/languages/tr/words", {"wording.moved"}, SURE),
    Step("reviewer", "POST", "/reviewing/tr/approve", {"wording.approved"}, {"ticked": "{other}.{other_seen}"}),
    Step("reviewer", "POST", "/reviewing/tr/texts/{other}", {"wording.refused"},
         {"verdict": "refuse", "text": "-", "remark": "no", "seen": "{other_seen_again}"}),
    Step("reviewer", "POST", "/reviewing/tr/propose", {"wording.proposed"}, {"content": "{file}", "sure": "y"}),
    Step("reviewer", "POST", "/reviewing/tr/withdraw", {"wording.withdrawn"}),
    Step("administrator", "GET", "/manage/audit/", {"audit.read"}),
    Step("administrator", "GET", "/manage/audit/events.csv", {"audit.exported"}),
    Step("casemanager", "GET", f"{PERSON}/observations", {"participant.seen"}),
    Step("casemanager", "POST", f"{PERSON}/observations", {"observation.added"}, {"ladder": "3", **SEEN}),
    Step("casemanager", "GET", f"{PERSON}/observations/history", {"participant.seen"}),
    Step("casemanager", "GET", NOTED, {"participant.seen"}),
    Step("casemanager", "POST", NOTED, {"observation.corrected"}, {"value": "4", "version": "1", **SEEN}),
    Step("casemanager", "POST", NOTED, {"observation.removed"}, {"version": "2", "remove": "yes"}),
    Step("casemanager", "GET", f"{PERSON}/activities/new", {"participant.seen"}),
    Step("casemanager", "POST", f"{PERSON}/activities/new", {"activity.added"}, {"kind": "course", **BEGAN}),
    Step("casemanager", "GET", ACTIVITY, {"participant.seen"}),
    Step("casemanager", "POST", ACTIVITY, {"activity.changed"}, {"kind": "course", "version": "1", **BEGAN}),
    Step("casemanager", "POST", f"{ACTIVITY}/stop", {"activity.changed"}),
    Step("casemanager", "POST", ACTIVITY, {"activity.removed"}, {"version": "3", "remove": "yes"}),
    Step("casemanager", "POST", f"{PERSON}/activities/start", {"activity.added"}, {"kind": "course"}),
    Step("coordinator", "POST", "/manage/kinds/activities/new", {"organisation.changed"},
         {"name": "Café", "standard": "course", "in_use": "y"}),
    Step("coordinator", "POST", "/manage/kinds/activities/{kind}", {"organisation.changed"},
         {"name": "Language café", "standard": "course", "version": "1"}),
    Step("coordinator", "POST", "/manage/kinds/providers/new", {"organisation.changed"}, {"name": "Mill"}),
    Step("coordinator", "POST", "/manage/kinds/providers/{provider}", {"organisation.changed"},
         {"name": "The Mill", "version": "1"}),
    Step("casemanager", "POST", "/casework/wishes/{wish}/talked", {"talk.held"}),
    Step("casemanager", "GET", f"{PERSON}/notes", {"participant.seen"}),
    Step("casemanager", "GET", f"{PERSON}/notes/new", {"participant.seen"}),
    Step("casemanager", "POST", f"{PERSON}/notes/new", {"participant.note_added"},
         {**NOTE, "enrolment": "{enrolment}"}),
    Step("casemanager", "GET", "/casework/notes/{note}", {"participant.seen"}),
    Step("casemanager", "POST", "/casework/notes/{note}", {"participant.note_changed"},
         {**NOTE, "enrolment": "{enrolment}", "version": "1"}),
    Step("casemanager", "GET", "/casework/notes/{note}/story", {"participant.seen"}),
    Step("casemanager", "POST", "/casework/notes/{note}/story", {"consent.given", "participant.note_proposed"},
         {"text": "Rewritten.", "language": "nl", "domain": "work", "agreed": "y"}),
    Step("casemanager", "GET", "/casework/notes", {"programme.notes_read", "caseload.seen"}),
    Step("casemanager", "POST", "/casework/notes/search", {"caseload.searched"},
         {"words": "x", "label": "", "domain": ""}),
    Step("casemanager", "POST", "/casework/notes/new", {"programme.noted"},
         {**NOTE, "id": str(uuid4()), "kind": "partner", "programme": "{code}"}),
    Step("casemanager", "POST", "/casework/questions/new", {"programme.noted"},
         {"id": str(uuid4()), "happened_on": DAY, "channel": "chat", "programme": "{code}", "labels": "{label}"}),
    Step("coordinator", "POST", "/manage/labels/", {"label.changed"}, {"name": "A bus after six"}),
    Step("coordinator", "POST", "/manage/labels/{label}", {"label.changed"}, {"name": "A bus", "version": "1"}),
    Step("coordinator", "POST", "/manage/labels/{label}/retired", {"label.changed"}, {"retired": "yes"}),
    Step("coordinator", "POST", "/manage/programmes/{code}/targets/new", {"target.changed"}, {"title": "Work"}),
    Step("coordinator", "POST", "/manage/targets/results/{result}", {"target.changed"},
         {"title": "Work that lasts", "version": "1"}),
    Step("coordinator", "POST", "/manage/targets/results/{result}/measures/told_number", {"target.changed"},
         {"name": "Talks", "comparator": "at_least", "value": "1", "unit": "meeting", "group": ""}),
    Step("coordinator", "POST", "/manage/targets/{target}", {"target.changed"},
         {"name": "Talks", "comparator": "more", "unit": "meeting", "group": "", "version": "1"}),
    Step("coordinator", "POST", "/manage/targets/{target}/figures", {"target.changed"},
         {"as_of": DAY, "value": "2", "kind": "estimate", "source": "The diary"}),
    Step("coordinator", "POST", "/manage/targets/figures/{figure}/removed", {"target.changed"}),
    Step("coordinator", "POST", "/manage/programmes/{code}/targets/templates/aalten", {"target.changed"}),
    Step("casemanager", "GET", f"{PERSON}/rights", {"participant.seen"}),
    Step("casemanager", "GET", f"{PERSON}/rights/document", {"data.handed_out"}),
    Step("casemanager", "GET", f"{PERSON}/rights/file", {"data.handed_out"}),
    Step("coordinator", "GET", "/manage/answers-of/{participant}/document", {"data.handed_out"}),
    Step("coordinator", "GET", "/manage/answers-of/{participant}/file", {"data.handed_out"}),
    Step("casemanager", "POST", "/casework/enrolments/{enrolment}/no-quotes", {"consent.withdrawn"}),
    Step("casemanager", "POST", "/casework/enrolments/{enrolment}/withdrawal", {"consent.withdrawn"}, ASKED),
    Step("casemanager", "POST", f"{PERSON}/rights/erasure", {"erasure.asked"}, ASKED),
    Step("casemanager", "POST", f"{PERSON}/rights/erasure/taken-back", {"erasure.taken_back"}),
    Step("casemanager", "POST", f"{PERSON}/rights/erasure", {"erasure.asked"}, ASKED),
    Step("administrator", "POST", "/manage/erasures/{request}", {"participant.erased"}, SURE),
    Step("coordinator", "POST", "/manage/retention/{code}/identity", {"programme.changed"},
         {"until": (today() + timedelta(days=60)).isoformat(), "reason": "A question is open"}),
    Step("administrator", "POST", "/manage/retention/rules", {"organisation.changed"},
         {"codes": "2", "identity": "3", "open_answers": "4", "casework": "5", "answers": "6", "basis": "public_task"}),
    Step("administrator", "GET", "/manage/staff/", {"staff.listed"}),
    Step("administrator", "GET", COLLEAGUE, {"staff.listed"}),
    Step("administrator", "POST", "/manage/staff/invite", {"staff.invited"},
         {"email": "bo@aalten.example", "role": "councillor"}),
    Step("administrator", "POST", "/manage/staff/invitations/{invitation}/withdraw", {"staff.invitation_withdrawn"}),
    Step("administrator", "POST", f"{COLLEAGUE}/roles", {"staff.role_given"}, {"role": "councillor"}),
    Step("administrator", "POST", f"{COLLEAGUE}/vouch", {"staff.changed"}),
    Step("administrator", "POST", f"{COLLEAGUE}/link", {"staff.invited"}),
    Step("administrator", "POST", f"{COLLEAGUE}/sessions/end", {"session.revoked"}),
    Step("administrator", "POST", f"{COLLEAGUE}/roles/councillor/take", {"staff.role_taken"}),
    Step("participant", "POST", "/", {"code.used"}, {"code": "{access_code}"}),
    Step("participant", "GET", "/survey/your-data/document", {"data.handed_out"}),
    Step("participant", "GET", "/survey/your-data/file", {"data.handed_out"}),
    Step("participant", "POST", "/survey/your-data/quotes", {"consent.withdrawn"}),
    Step("participant", "POST", "/survey/your-data/showing", {"consent.withdrawn"}),
    Step("participant", "POST", "/survey/your-data/answers", {"consent.withdrawn"}),
]  # fmt: skip

#: Why a request leaves no trace: what it shows or changes is nobody's.
FORM = "an empty form, or a question whether one is sure"
COUNTS = "programmes and counts; no person and nothing anybody said"
RELEASED = "what went through disclosure control"
TURN = "of the person's own; coming in with the code is noted, page turns are not"
ACCOUNT = "one's own account; what happens to it is noted when it happens, see tests/survey/accounts"
FILE = "a file of the program"
SEALED = "a sealed envelope; once it opens, whose it is is noted: tests/survey/tablets/test_waiting.py"
VOICES = "texts that every participant reads, spoken by who agreed to be heard"
TEXTS = "texts that every participant reads, and what was decided on them; nothing of a person"
LISTS = "a list of the organisation, the same for everyone"
AIMS = "what a programme is meant to achieve; nothing of a person"
LABELS = "the organisation's own list of subjects; nothing of a person"
WITHOUT: dict[str, dict[str, str]] = {
    "GET": {
        "kinds.lists": COUNTS, "kinds.new_kind": FORM, "kinds.kind": LISTS, "kinds.new_provider": FORM,
        "kinds.provider": LISTS, "casework.new_participant": FORM, "paper.form": FORM, "paper.envelope": FORM,
        "paper.sheet": "an empty form; that the paper was opened is noted",
        "manage.new_programme": FORM, "manage.close_wave": FORM,
        "manage.open_language": FORM, "manage.programmes": COUNTS, "manage.programme": COUNTS,
        "manage.stories": "rewritten stories; the answer behind one is noted where it is shown",
        "publish.programmes": COUNTS, "publish.preview": RELEASED,
        "publish.draft": "what would be released, and how many people that takes", "/dashboard/": RELEASED,
        "/dashboard/<path:path>": RELEASED, "respond.start": FORM, "respond.link": FORM, "respond.language": TURN,
        "respond.about": TURN, "respond.page": TURN, "respond.last": TURN, "respond.goodbye": TURN,
        "respond.done": TURN, "respond.answers": TURN, "respond.choose_pictures": TURN,
        "respond.chosen_pictures": TURN, "respond.open_answers": TURN,
        "accounts.home": ACCOUNT, "accounts.account": ACCOUNT, "accounts.second_factor_changed": ACCOUNT,
        "joining.link": FORM, "joining.invitation": FORM, "colleagues.invite": FORM, "security.login": FORM,
        "security.change_password": FORM, "security.verify": FORM, "security.mf_recovery": FORM,
        "security.mf_recovery_codes": ACCOUNT, "security.tf_select": FORM, "security.two_factor_rescue": FORM,
        "security.two_factor_setup": ACCOUNT, "security.two_factor_token_validation": FORM,
        "recordings.languages": COUNTS, "recordings.texts": VOICES, "recordings.text": VOICES,
        "recordings.sound": VOICES, "respond.sound": TURN,
        "rights.erasures": COUNTS, "rights.erase": FORM, "rights.envelope": FORM, "rights.retention": COUNTS,
        "rights.retention_rules": FORM, "rights.put_off": FORM, "respond.own_data": TURN,
        "notices.privacy": FILE, "notices.security": FILE, "manage.newer_words": FORM, "reviewing.overview": TEXTS,
        "reviewing.texts": TEXTS, "reviewing.picture": TEXTS, "reviewing.file": TEXTS, "reviewing.propose": FORM,
        "respond.ahead": FORM, "respond.service_worker": FILE,
        "joined.file": FILE, "loading.load": FORM, "loading.empty": FILE, "notes.new_of_programme": FORM,
        "notes.new_question": FORM, "labels.labels": LABELS, "labels.label": LABELS, "targets.targets": AIMS,
        "targets.new_result": AIMS, "targets.result": AIMS, "targets.choose": AIMS, "targets.new_target": AIMS,
        "targets.target": AIMS, "targets.figures": AIMS, "advance.in_advance": AIMS,
        "static": FILE, "security.static": FILE, "_dashboard_dash_assets.static": FILE,
        "/dashboard/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": FILE,
        "/dashboard/_dash-dependencies": FILE, "/dashboard/_dash-layout": FILE, "/dashboard/_favicon.ico": FILE,
        "/dashboard/_reload-hash": FILE, "health.alive": COUNTS, "health.ready": COUNTS, "metrics.metrics": COUNTS,
    },
    "POST": {
        "/dashboard/_dash-update-component": RELEASED, "respond.about": TURN, "respond.language": TURN,
        "respond.answer": TURN, "respond.end": TURN, "respond.stop": TURN, "respond.deliver": TURN,
        "respond.leave_later": TURN, "respond.close": TURN, "respond.show_answers": TURN,
        "respond.wish": TURN, "respond.choose_pictures": TURN,
        "respond.open_answers": TURN, "respond.here": TURN, "tablets.waiting": SEALED, "tablets.let_in": SEALED,
        "accounts.speak": ACCOUNT, "casework.filtered": "leads to a list; that it was looked at is noted there",
        "accounts.work_for": ACCOUNT, "accounts.end_session": ACCOUNT, "accounts.end_sessions": ACCOUNT,
        "joining.enter": FORM, "joining.join": ACCOUNT, "joining.accept": ACCOUNT,
        "security.login": ACCOUNT, "security.logout": ACCOUNT, "security.verify": ACCOUNT,
        "security.change_password": ACCOUNT, "security.mf_recovery": ACCOUNT,
        "security.mf_recovery_codes": ACCOUNT, "security.tf_select": FORM, "security.two_factor_rescue": FORM,
        "security.two_factor_setup": ACCOUNT, "security.two_factor_setup_validate": ACCOUNT,
        "security.two_factor_token_validation": ACCOUNT,
    },
}  # fmt: skip


@pytest.fixture
def names(town: Town) -> dict[str, str]:
    """What stands in the addresses of the steps: a person who answered, with a story of theirs."""
    answer = said(town, "my own words")
    with town.app.app_context():
        newcomer, newest, _code = town.join(group="newcomer")
        _participant, enrolled, code = town.join()
        db.session.add(
            RetentionMark(
                kind="identity", programme_id=enrolled.programme_id, enrolment_id=enrolled.id,
                marked_on=today(), removed_on=today(),
            )
        )  # fmt: skip
        db.session.commit()
        person = db.session.get_one(OpenAnswer, answer).participant
        enrolment = db.session.scalars(select(Enrolment).where(Enrolment.participant == person)).one()
        wording.begin(town.inside(), "tr")
        wish = TalkWish(enrolment=enrolment, domain="work", asked_on=today())
        db.session.add(wish)
        db.session.commit()
        return {
            **_texts(),
            "participant": str(person.id), "enrolment": str(enrolment.id), "answer": str(answer), "code": town.code,
            "label": str(db.session.scalars(select(Label.id)).first()),
            "access_code": code, "wish": str(wish.id), "joined": str(newest.id),
            "newcomer": str(newcomer.id), "other_person": str(enrolled.participant_id),
        }  # fmt: skip


#: What steps before it made, and stands in the address of a later one.
MADE_ON_THE_WAY: dict[str, Any] = {
    "extension": DeadlineExtension.id, "member": HouseholdMember.id,
    "result": IntendedResult.id, "target": Target.id, "figure": Figure.id,
    "story": Story.id, "request": ErasureRequest.id, "invitation": StaffInvitation.id, "observation": Observation.id,
    "activity": Activity.id, "kind": ActivityKind.id, "provider": Provider.id,
    "goal": Goal.id, "link": DomainLink.id, "note": Note.id,
}  # fmt: skip
ASKED_OF = ("item: work_1", "item: work_2", "item: work_3")


def _texts() -> dict[str, str]:
    """A question and another text, as a reviewer sees them, and a file that came back from a translator."""
    asked, other, third = (text for text in all_texts("tr").by_key.values() if text.context in ASKED_OF)
    rows = {row.text.key: row for row in queries.rows("tr")}
    proposed = StringReview(proposed=["Başka"])
    return {
        "asked": asked.key, "asked_seen": rows[asked.key].seen, "other": other.key, "other_seen": rows[other.key].seen,
        "other_seen_again": wording.seen(other, StringReview(
            verdict="approved", texts=list(other.shipped), shipped=list(other.shipped)
        )),
        "file": b64encode(po.write("tr", [replace(rows[third.key], own=proposed)])).decode(),
    }  # fmt: skip


def test_each_address_that_matters_leaves_its_trace(town: Town, names: dict[str, str]) -> None:
    clients = {
        role: town.sign_in(role) for role in ("casemanager", "coordinator", "administrator", "reviewer")
    }
    clients["participant"] = town.app.test_client()
    with town.app.app_context():
        names["colleague"] = str(db.session.scalar(select(Staff.id).where(Staff.name == "Casemanager")))
    clients["who hands over"] = town.sign_in("casemanager")
    for step in STEPS:
        for name, column in MADE_ON_THE_WAY.items():
            if any(f"{{{name}}}" in str(said) for said in (step.address, *step.form.values())):
                names[name] = only(town, column)
        if step.form.get("version") == "{shown}":
            names["shown"] = version_in(clients[step.role].get(step.address.format(**names)).text)
        if "people" in step.form:
            page = clients[step.role].get(step.address, query_string={"chosen": names["joined"]})
            names["people_shown"] = hidden_in(page.text, "people")
        if "/versions" in step.address:
            names |= plan_now(town, names)
        if step.address.endswith("/invitation"):
            names["letters"] = letters(town, UUID(names["enrolment"]))
        if "/take-over" in step.address:
            names["proposed"] = proposed(town, UUID(names["enrolment"]))
        before = len(events(town.app))
        answer = ask(clients[step.role], step, names)
        answer.close()
        assert answer.status_code in (200, 303), (step, answer.status_code)
        noted = events(town.app)[before:]
        assert {event["action"] for event in noted} == step.actions, step
        assert all(
            event["actor"] == ("participant" if step.role == "participant" else "staff") for event in noted
        )
        about = {event["participant_id"] for event in noted} - {None}
        unnamed = audit.OWN_AFFAIR if step.role == "participant" else set()
        assert bool(about) == bool({name for name in step.actions - unnamed if name[:4] in ABOUT}), step
    assert findings(town.app) == {}


def test_who_withdrew_without_help_is_not_in_the_log(town: Town, names: dict[str, str]) -> None:
    """Casemanagers are not to know it, and an administrator may be one, or hand them the file."""
    client = town.app.test_client()
    ask(client, Step("participant", "POST", "/", set(), {"code": "{access_code}"}), names)
    with town.app.app_context():
        town.inside()
        person = db.session.scalars(select(AccessCode).order_by(AccessCode.made_at.desc())).first()
        assert person is not None
        enrolment = person.enrolment
        told = (enrolment.id.hex, enrolment.participant_id.hex, enrolment.participant.pseudonym)
    for address in ("/survey/your-data/quotes", "/survey/your-data/showing", "/survey/your-data/answers"):
        ask(client, Step("participant", "POST", address, set()), names)
    withdrawn = [event for event in events(town.app) if event["action"] == "consent.withdrawn"]
    assert [(event["actor"], event["participant_id"]) for event in withdrawn] == [("participant", None)] * 3
    assert all(word not in str(event) for event in withdrawn for word in told)


def plan_now(town: Town, names: dict[str, str]) -> dict[str, str]:
    """The plan as a page shows it, and the version that was settled of it."""
    with town.app.app_context():
        town.inside()
        plan = plans.plan(db.session.get_one(Enrolment, UUID(names["enrolment"])))
        version = db.session.scalars(select(PlanVersion.id)).first()
        return {"seen": plan.fingerprint, "plan_version": str(version)}


def letters(town: Town, enrolment: UUID) -> str:
    """How many were made, as the form for a new one says."""
    with town.app.app_context():
        town.inside()
        return str(letters_made(db.session.get_one(Enrolment, enrolment)))


def proposed(town: Town, enrolment: UUID) -> str:
    """What an intake proposes to write down, as a page shows it."""
    with town.app.app_context():
        town.inside()
        intake = db.session.scalars(select(Intake).where(Intake.enrolment_id == enrolment)).one()
        return carry_over.fingerprint(carry_over.proposals(intake))


def ask(client: FlaskClient, step: Step, names: dict[str, str]) -> Any:
    address = step.address.format(**names)
    form = {
        name: value.format(**names) if isinstance(value, str) else value for name, value in step.form.items()
    }
    if step.method == "GET":
        return client.get(address)
    token = token_in(client.get("/" if step.role == "participant" else "/staff/account").text)
    return client.post(address, data={**form, "csrf_token": token})


def only(town: Town, column: Any) -> str:
    with town.app.app_context():
        town.inside()
        return str(db.session.scalars(select(column)).one())


def asked(app: Flask) -> Iterator[tuple[str, str]]:
    """Method and endpoint of each step."""
    adapter = app.url_map.bind("localhost")
    for step in STEPS:
        unknown = str(uuid4())
        ids = (
            "participant",
            "enrolment",
            "joined",
            "newcomer",
            "other_person",
            "answer",
            "colleague",
            "wish",
            *MADE_ON_THE_WAY,
            "plan_version",
            "label",
        )
        fillers = dict.fromkeys(ids, unknown)
        fillers |= {"asked": "a", "other": "b"}
        endpoint, _values = adapter.match(step.address.format(code="c", **fillers), method=step.method)
        yield step.method, str(endpoint)


def test_every_address_leaves_a_trace_or_says_why_not(app: Flask) -> None:
    there = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    traced = set(asked(app))
    without = {(method, endpoint) for method, reasons in WITHOUT.items() for endpoint in reasons}
    assert there - traced - without == set(), "these read or change something and are in neither table"
    assert (traced | without) - there == set(), "these are gone"
    assert traced & without == set()


ROW = {"participant": "A1", "wave": "before", "date": "{today}", "language": "nl", "mode": "paper",
       "instrument": "wellbeing", **{f"wellbeing_{number}": "3" for number in range(1, 6)}}  # fmt: skip
COMMANDS: dict[str, tuple[str, set[str]]] = {
    "organisation add": ("borne --name Borne", {"organisation.added"}),
    "programme add": (
        "new --organisation aalten --name New --instrument wellbeing --wave before --wave after",
        {"programme.added", "wave.opened"},
    ),
    "import": ("{file} --programme new", {"participant.added", "answers.imported"}),
    "export": ("new --out {file}", {"answers.exported"}),
    "analyse": ("new", {"answers.analysed"}),
    "release build": ("new --close", {"wave.closed", "release.built"}),
    "release publish": ("new", {"release.published"}),
    "release withdraw": ("new", {"release.withdrawn"}),
    "retention run": ("", {"retention.run"}),
    "key rotate": ("", {"key.rotated"}),
    "backup": ("{file}.backup", {"backup.made"}),
}
WITHOUT_COMMANDS = {
    "restore": "puts back the log of its day and says so in it, as is tested below",
    "key new": "prints a key, and touches no database",
    "demo": "makes a folder of its own, by what is noted elsewhere",
    "serve": "serves", "database upgrade": "the shape of tables", "database check": "the shape of tables",
    "audit verify": "reads the log itself", "instrument list": FILE, "instrument show": FILE, "instrument check": FILE,
    "release show": RELEASED, "release verify": RELEASED,
    "staff add": "an account, and nobody else's data; see tests/survey/accounts",
}  # fmt: skip


def all_commands(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from all_commands(command, f"{before}{name} ")
        else:
            yield before + name


def test_every_command_leaves_a_trace_or_says_why_not() -> None:
    there = set(all_commands(commands()))
    assert there - COMMANDS.keys() - WITHOUT_COMMANDS.keys() == set(), "these are in neither table"
    assert (COMMANDS.keys() | WITHOUT_COMMANDS.keys()) - there == set(), "these are gone"
    assert COMMANDS.keys() & WITHOUT_COMMANDS.keys() == set()


def test_each_command_that_matters_leaves_its_trace(app: Flask, data: Path, tmp_path: Path) -> None:
    new_town(app)
    file = tmp_path / "before.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(ROW))
        writer.writeheader()
        writer.writerow({name: value.format(today=today()) for name, value in ROW.items()})
    for command, (options, actions) in COMMANDS.items():
        before = len(events(app))
        told = [word.format(file=file) for word in (*command.split(), *options.split())]
        done = CliRunner(env={"TELVERTEL_DATA": str(data)}).invoke(commands(), told)
        assert done.exit_code == 0, (command, done.stderr)
        noted = latest(app, before)
        assert {event["action"] for event in noted} == actions, command
        assert {event["actor"] for event in noted} == {"operator"}
        assert {event["details"]["command"] for event in noted} == {command.replace(" ", ".")}
    with app.app_context():
        db.engine.dispose()
    told = ["restore", f"{file}.backup", "--replace"]
    assert CliRunner(env={"TELVERTEL_DATA": str(data)}).invoke(commands(), told).exit_code == 0
    assert {event["action"] for event in latest(app, -2)} == {"backup.restored"}
    assert findings(app) == {}


def latest(app: Flask, before: int) -> list[dict[str, Any]]:
    return sorted(events(app), key=lambda event: event["happened_at"])[before:]


def test_every_action_has_a_text_and_every_text_an_action() -> None:
    assert words.ACTIONS.keys() == audit.ACTIONS
