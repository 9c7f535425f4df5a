"""Make the demonstration's data folder, through the same doors a municipality uses."""

from __future__ import annotations

import csv
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from demonstration import aalten, case_files, casework, elsewhere, lenses, people, samen, voices
from instruments import asking
from survey import create_survey, fieldwork, participation, schema, targets
from survey.accounts import operations as accounts
from survey.clock import now, today
from survey.codes import ROLES
from survey.database import db
from survey.manage.targets import operations as aims
from survey.models import Enrolment, OpenAnswer, Participant, Programme, Response, Staff, Story, Visit
from survey.privacy import keys
from survey.respond.latest import Stamp
from survey.respond.operations import save_open_answer
from survey.settings import Settings

#: Its presence says that this folder is ours; it holds what is printed at every start.
MARKER = "demonstration.json"
INSTRUMENTS = ("integration", "wellbeing")
WAVES = ("before", "after", "follow_up")
AALTEN = people.Plan(
    prefix="A", people=38, started_on=date(2024, 9, 9), seed=38,
    waves={"before": (0, 0), "after": (10, 4), "follow_up": (26, 8)}, looks_back=asking.LOOKING_BACK,
)  # fmt: skip
SAMEN_DONE, SAMEN_DUE = 12, 4
STAFF_NAMES = {
    "casemanager": "Voorbeeld-casemanager",
    "coordinator": "Voorbeeld-coördinator",
    "councillor": "Voorbeeld-raadslid",
    "administrator": "Voorbeeld-beheerder",
    "reviewer": "Voorbeeld-beoordelaar",
}


@dataclass
class SignIns:
    """What a newcomer to the demonstration needs to look around."""

    staff: list[dict[str, str]] = field(default_factory=list)
    participants: list[dict[str, str]] = field(default_factory=list)
    #: Who can sign in to the other organisations.
    elsewhere: list[dict[str, str]] = field(default_factory=list)


class NotOurs(Exception):
    """The folder holds something the demonstration did not make."""


def prepare(folder: Path) -> SignIns:
    """The demonstration in this folder: made if it is not there yet, else as it was left."""
    if (folder / MARKER).exists():
        return SignIns(**json.loads((folder / MARKER).read_text(encoding="utf-8")))
    if folder.exists() and any(folder.iterdir()):
        raise NotOurs(f"{folder} holds something else already. Choose another folder with --data.")
    making = folder.with_name(f".{folder.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True, mode=0o700)
    sign_ins = _make(making)
    if folder.exists():
        folder.rmdir()
    making.rename(folder)
    return sign_ins


def settings_of(folder: Path) -> Settings:
    """The demonstration is for one's own machine: no TLS in front, and always its own SQLite file and key."""
    return Settings(data=folder, plain_http=True, database_url="", key=None, key_file=None)


def _make(folder: Path) -> SignIns:
    settings = settings_of(folder)
    keys.create_file(settings.keys_path)
    app = create_survey(settings)
    with app.app_context():
        schema.upgrade(db.engine)
        sign_ins = _fill(app, folder)
        db.session.commit()
        db.engine.dispose()
    marker = folder / MARKER
    marker.touch(mode=0o600)
    marker.write_text(json.dumps(asdict(sign_ins), indent=1), encoding="utf-8")
    return sign_ins


def _fill(app: Flask, folder: Path) -> SignIns:
    organisation = fieldwork.add_organisation(
        "aalten", "Gemeente Voorbeeld-Aalten", help_contact="Balie Voorbeeld, 000 000 00 00", fictitious=True
    )
    db.session.enter(organisation.id)
    sign_ins = SignIns()
    staff = {role: _add_staff(role, sign_ins) for role in ROLES}
    casework.make_lists()
    _aalten(folder, staff)
    _samen(folder, staff, sign_ins)
    db.session.flush()
    sign_ins.elsewhere = elsewhere.add(folder)
    return sign_ins


def _add_staff(role: str, sign_ins: SignIns) -> Staff:
    email = f"{role}@voorbeeld.example"
    password = accounts.add_staff(email, role, name=STAFF_NAMES[role])
    person = db.session.scalars(select(Staff).where(Staff.email == email)).one()
    sign_ins.staff.append({"role": role, "email": email, "password": password or ""})
    return person


def _programme(code: str, name: str, staff: Staff, *, looks_back: bool) -> Programme:
    programme = fieldwork.add_programme(
        code, name, list(INSTRUMENTS), [fieldwork.parse_wave(key) for key in WAVES]
    )
    fieldwork.look_back(programme, then_now=looks_back, anchor=looks_back)
    for wave in programme.waves:
        fieldwork.open_wave(wave)
    for language in ("uk", "ar"):
        fieldwork.override_language(programme, language, staff)
    db.session.flush()
    return programme


def _import(folder: Path, programme: Programme, plan: people.Plan) -> None:
    """Write an exchange file and load it as a user would."""
    from survey.exchange.load import load_file

    path = folder / f"{programme.code}.csv"
    records = list(people.rows(plan, INSTRUMENTS))
    columns = list(dict.fromkeys(column for record in records for column in record))
    with path.open("w", encoding="utf-8", newline="") as file:
        os.fchmod(file.fileno(), 0o600)
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(records)
    load_file(path, programme)
    _as_if_it_began(programme, plan.started_on)


def _as_if_it_began(programme: Programme, day: date) -> None:
    """What was loaded today tells of earlier days; people prefer the language they answered in."""
    for wave in programme.waves:
        wave.opened_on = day
    answered = select(Participant, Response.language).join(Participant.enrolments).join(Response)
    for participant, language in db.session.execute(answered.where(Enrolment.programme_id == programme.id)):
        participant.language = language


def _aalten(folder: Path, staff: dict[str, Staff]) -> None:
    """The pilot that is over: three waves closed, before and after released."""
    from dashboard import operations as releases

    programme = _programme("aalten", "Pilot Meedoen 2024", staff["coordinator"], looks_back=True)
    _import(folder, programme, AALTEN)
    casework.write_down(programme, AALTEN.seed, staff["casemanager"])
    case_files.write_down(programme, aalten.WRITTEN, staff["casemanager"])
    _aim(programme)
    programme.breakdowns = ["gender", "age_band"]
    _speak(programme, "after", voices.AALTEN, staff["coordinator"])
    for wave in programme.waves:
        fieldwork.close_wave(wave)
        wave.closed_on = AALTEN.started_on + timedelta(weeks=wave.weeks + wave.window_weeks)
    db.session.flush()
    release = releases.build(programme)
    releases.publish(release)


def _aim(programme: Programme) -> None:
    """The seven results of which the council was told, as its coordinator would take them over."""
    with force_locale("nl"):
        template = targets.template(programme.code)
    if template is not None:
        aims.use(template, programme)


def _samen(folder: Path, staff: dict[str, Staff], sign_ins: SignIns) -> None:
    """The programme that is running: twelve people answered twice, a few are still due."""
    programme = _programme("samen", "Samen aan de slag", staff["coordinator"], looks_back=False)
    started_on = today() - timedelta(weeks=12)  # answers are dated up to twelve days after a wave falls due
    plan = people.Plan(
        prefix="S",
        people=SAMEN_DONE,
        started_on=started_on,
        seed=12,
        waves={"before": (0, 0), "after": (10, 0)},
    )
    _import(folder, programme, plan)
    casework.write_down(programme, plan.seed, staff["casemanager"])
    case_files.write_down(programme, samen.WRITTEN, staff["casemanager"])
    lenses.show(programme, samen.SHOWN)
    _speak(programme, "after", voices.SAMEN, None)
    for enrolment in db.session.scalars(select(Enrolment).where(Enrolment.programme_id == programme.id)):
        enrolment.casemanager_id = staff["casemanager"].id
    for number, language in zip(range(SAMEN_DUE), ("uk", "ar", "nl", "en"), strict=True):
        group = "newcomer" if language == "ar" else "displaced"
        participant = participation.new_participant(
            f"S{SAMEN_DONE + number + 1:02d}", language=language, group=group, gender="unknown"
        )
        participation.set_identity(participant, f"Voorbeeld Persoon {number + 1}", "")
        enrolment = participation.enrol(participant, programme, today(), staff["casemanager"].id)
        case_files.begin_terms(participant, today() - timedelta(weeks=4))
        code = participation.new_access_code(enrolment)
        sign_ins.participants.append(
            {
                "programme": "samen",
                "participant": participant.pseudonym,
                "language": language,
                "code": code.grouped,
            }
        )


def _speak(programme: Programme, wave_key: str, said: tuple[voices.Voice, ...], editor: Staff | None) -> None:
    """Open answers, and the stories a coordinator made of them."""
    visits = db.session.scalars(
        select(Visit)
        .join(Visit.enrolment)
        .join(Enrolment.participant)
        .join(Visit.wave)
        .where(Enrolment.programme_id == programme.id, Visit.wave.has(key=wave_key))
        .order_by(Participant.pseudonym)
    ).all()
    for visit, voice in zip(visits, said, strict=False):
        save_open_answer(visit, voice.original, voice.may_quote, voice.language, Stamp(1, 1, ""))
        db.session.flush()
        if editor is not None and voice.rewritten:
            answer = db.session.scalars(select(OpenAnswer).where(OpenAnswer.visit_id == visit.id)).one()
            db.session.add(_story(programme, visit, answer, voice, editor))
            answer.state = "handled"


def _story(
    programme: Programme, visit: Visit, answer: OpenAnswer, voice: voices.Voice, editor: Staff
) -> Story:
    facts: dict[str, Any] = {
        "domain": voice.domain, "text": voice.rewritten, "language": "nl", "stance": voice.stance,
        "state": "approved", "decided_by_id": editor.id, "decided_at": now(),
    }  # fmt: skip
    return Story(programme=programme, wave=visit.wave, open_answer=answer, **facts)
