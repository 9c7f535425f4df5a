"""Two caseloads of invented people who reproduce what was published of two real projects: as rows of a caseload file.

What is declared here are the counts of the sources; who does what is dealt out, so that tracks overlap as they did. The
evaluation of Overbetuwe (June 2017 to December 2019) and the report of OpenEmbassy and NewBees (October 2022 to October
2023) do not say everything: what they leave open, and where they contradict themselves, stands in NOTES and goes into
the files as notes of the programme. Nobody here is about anyone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, cycle
from random import Random

Row = dict[str, str]
NEW, EARLIER = "newcomer", "earlier_newcomer"


@dataclass(frozen=True)
class Person:
    code: str
    group: str
    started_on: date
    #: Who shares a home and one benefit has the same word.
    home: str = ""


@dataclass(frozen=True, eq=False)
class Track:
    """So many people of each group did this."""

    kind: str
    people: dict[str, int]
    first_day: date
    activity: str = ""
    provider: str = ""
    #: Weeks until the last day; None where it went on.
    weeks: int | None = None
    hours: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class Remark:
    """What a source leaves open or says twice."""

    day: date
    text: str


# Overbetuwe: 207 benefits of 293 people, all of them interviewed. The ladder decided who went where: at the top the
# employers' service, lower down activation, and for who could not take part now care and rest.

OVERBETUWE_GROUPS = {NEW: 199, EARLIER: 94}
OVERBETUWE_BENEFITS = 207
OVERBETUWE_END = date(2019, 12, 31)
OVERBETUWE_START = {NEW: date(2017, 6, 1), EARLIER: date(2018, 7, 1)}
#: Each person is at most in one of these.
OUTFLOW = (
    Track("paid_work", {NEW: 64, EARLIER: 12}, date(2018, 10, 1), hours="38"),
    Track("part_time_work", {NEW: 16, EARLIER: 3}, date(2018, 11, 1), hours="20"),
    Track("study", {NEW: 13}, date(2018, 9, 3), hours="36"),
    Track("study_preparation", {NEW: 13}, date(2018, 9, 3), hours="16"),
    Track("volunteering", {NEW: 43}, date(2018, 9, 10), hours="8"),
)
REST = Track("care_and_rest", {NEW: 15, EARLIER: 36}, date(2018, 8, 1))
#: Beside all else, of whoever is not in care and rest.
BESIDE = (
    Track("application_training", {NEW: 56}, date(2018, 9, 5), weeks=8, hours="4", outcome="completed"),
    Track(
        "activation", {NEW: 16, EARLIER: 8}, date(2018, 9, 17), "4WD CARE", "4WD CARE", weeks=40, hours="12"
    ),
    Track("activation", {NEW: 5, EARLIER: 3}, date(2018, 9, 24), "2Switch", "2Switch", weeks=40, hours="16"),
    Track(
        "activation", {NEW: 43, EARLIER: 10}, date(2018, 8, 20), "Bewegen Werkt", "Bewegen Werkt", weeks=20
    ),
    Track("course", {NEW: 13}, date(2019, 1, 10), "Lemat", "Stichting Lemat", weeks=7),
)
#: About 50 times, says the source, for people at work and their employers.
COACHED = Track("job_coaching", {NEW: 42, EARLIER: 8}, date(2019, 2, 4), weeks=12, hours="2")
#: 78% of the status holders had a buddy; the source gives no number.
BUDDY = Track("language_buddy", {NEW: 155}, date(2018, 3, 5), provider="Taalmaatjes", hours="2")
#: The step at the interview, by what somebody then went to do; the last is for everybody else.
STEPS = {"paid_work": "4", "part_time_work": "4", "study": "3", "study_preparation": "3", "volunteering": "3",
         "care_and_rest": "1", "": "2"}  # fmt: skip
OVERBETUWE_REMARKS = (
    Remark(date(2019, 12, 2), "De evaluatie noemt 207 bijstandspartijen; met partners zijn dat 293 mensen. Hier is dat"
           " 86 keer twee mensen met samen één uitkering en 121 keer iemand alleen."),
    Remark(date(2019, 12, 2), "Van studie (13), voorbereiding (13) en vrijwilligerswerk (43) zegt de evaluatie niet om"
           " welke groep het gaat; hier zijn het statushouders. Van 4WD CARE (24) en 2Switch (8) zegt zij: deze"
           " doelgroepen; de verdeling hier is verzonnen."),
    Remark(date(2019, 12, 2), "Jobcoaching is ongeveer 50 keer ingezet en de uitval werd lager, maar er staat geen"
           " cijfer bij. Hier krijgen 50 mensen jobcoaching."),
    Remark(date(2019, 12, 2), "78% van de volwassen statushouders had een maatje. Hier zijn dat 155 van de 199."),
)  # fmt: skip

# OpenEmbassy and NewBees: 81 people on the way to work, 68 of them matched for long.

SUPPORTED = 81
OPENEMBASSY_START, OPENEMBASSY_END = date(2022, 10, 3), date(2023, 10, 31)
#: The 68 lasting matches by kind; of three the report does not say which.
LASTING = {"paid_work": 53, "internship": 5, "volunteering": 7, None: 3}
EMPLOYERS = 55
NETWORK_TALKS = 66
#: One-off jobs of who was matched for long later, and of others.
ONE_OFF_LATER_LASTING, ONE_OFF = 8, 21
#: 75 of the 81 were also supported by OpenEmbassy in other parts of life: whose notes these are.
ALSO_SUPPORTED = 75
THEMES = {
    "work": 31,
    "health_care": 16,
    "other": 15,
    "social": 13,
    "language": 11,
    "housing": 8,
    "education": 6,
}
SAID = {
    "work": (
        "Wil werk dat bij het eigen vak past.",
        "Zoekt een baan met vaste uren.",
        "Vraagt hoe een cv hier hoort.",
    ),
    "health_care": ("Zoekt een huisarts in de buurt.", "Wacht lang op een afspraak."),
    "other": ("Heeft een vraag over een brief.", "Wil weten wat er na maart met het verblijf gebeurt."),
    "social": ("Wil mensen leren kennen buiten de opvang.", "Gaat naar een eetclub in de wijk."),
    "language": ("Twijfelt tussen Engels en Nederlands leren.", "Zoekt een taalles in de avond."),
    "housing": ("Moet over twee dagen naar een andere opvang.",),
    "education": ("Wil een diploma laten waarderen.",),
}
DOMAIN = {"work": "work", "health_care": "health", "social": "bonds", "language": "language", "housing": "housing",
          "education": "education"}  # fmt: skip
OPENEMBASSY_REMARKS = (
    Remark(date(2023, 10, 31), "In het rapport staan 75 en 81 nu eens als mensen en dan weer als huishoudens. Hier zijn"
           " het mensen."),
    Remark(date(2023, 10, 31), "53 betaald, 5 stages en 7 vrijwillig zijn samen 65, geen 68. Van drie blijvende matches"
           " is de soort niet bekend; die drie staan hier alleen als blijvende match."),
    Remark(date(2023, 10, 31), "De percentages van thema's gaan over alles wat actieonderzoekers invoerden, en zijn"
           " samen 100%. Hier zijn dat 100 notities met elk één label."),
    Remark(date(2023, 10, 31), "Met werkgevers is niet gesproken. Mensen die niet uit Oekraïne komen vielen buiten het"
           " project."),
)  # fmt: skip


def overbetuwe() -> Iterator[Row]:
    random = Random(207)  # noqa: S311 - invented people, not secrets
    everyone = _benefits(random)
    doing = _dealt(everyone, (*OUTFLOW, REST), random)
    resting = {one.code for one in doing[REST]}
    able = [one for one in everyone if one.code not in resting]
    at_work = [one for track in OUTFLOW[:2] for one in doing[track]]
    for track in BESIDE:
        doing |= _dealt(able, (track,), random)
    doing |= _dealt(at_work, (COACHED,), random) | _dealt(everyone, (BUDDY,), random)
    main = {one.code: track.kind for track in (*OUTFLOW, REST) for one in doing[track]}
    for one in everyone:
        step = {"kind": "ladder", "value": STEPS[main.get(one.code, "")], "source": "conversation"}
        yield _person(one, random, OVERBETUWE_END, range(1955, 2000, 5))
        yield _row(one, "observation", one.started_on + timedelta(days=random.randrange(28)), **step)
    for track, people in doing.items():
        yield from (_activity(one, track, random) for one in people)
    yield from _remarks(OVERBETUWE_REMARKS)


def _benefits(random: Random) -> list[Person]:
    """Couples share a home and a benefit; the rest live by themselves."""
    number = sum(OVERBETUWE_GROUPS.values())
    couples = number - OVERBETUWE_BENEFITS
    groups = [group for group, people in OVERBETUWE_GROUPS.items() for _ in range(people)]
    everyone = []
    for place, group in enumerate(groups):
        # Two next to each other, of the same group, as long as there are couples to make.
        home = f"H{place // 2 + 1:03d}" if place < couples * 2 else ""
        started_on = OVERBETUWE_START[group] + timedelta(days=7 * random.randrange(20))
        everyone.append(Person(f"OB{place + 1:03d}", group, started_on, home))
    return everyone


def _dealt(everyone: Sequence[Person], tracks: Sequence[Track], random: Random) -> dict[Track, list[Person]]:
    """Each of these tracks gets its people; nobody is in two of them."""
    left = {
        group: [one for one in everyone if one.group == group] for group in {one.group for one in everyone}
    }
    for people in left.values():
        random.shuffle(people)
    return {
        track: [left[group].pop() for group, number in track.people.items() for _ in range(number)]
        for track in tracks
    }


def openembassy() -> Iterator[Row]:
    random = Random(81)  # noqa: S311 - invented people, not secrets
    everyone = [
        Person(f"OE{number:02d}", "displaced", OPENEMBASSY_START + timedelta(days=7 * random.randrange(16)))
        for number in range(1, SUPPORTED + 1)
    ]
    for one in everyone:
        yield _person(one, random, OPENEMBASSY_END, range(1960, 2005, 5))
    order = random.sample(everyone, len(everyone))
    lasting = sum(LASTING.values())
    yield from _matches(order[:lasting], random)
    yield from _one_offs([*order[:ONE_OFF_LATER_LASTING], *order[lasting:]])
    for one in random.sample(everyone, NETWORK_TALKS):
        yield _row(one, "activity", one.started_on + timedelta(weeks=4), kind="network_talk",
                   until=(one.started_on + timedelta(weeks=4)).isoformat(), hours="1", hours_per="total")  # fmt: skip
    yield from _themes(random.sample(everyone, ALSO_SUPPORTED), random)
    yield from _remarks(OPENEMBASSY_REMARKS)


def _matches(people: Sequence[Person], random: Random) -> Iterator[Row]:
    """Each lasting match, and the work it is where the report says so; as many employers as were found."""
    kinds = [kind for kind, number in LASTING.items() for _ in range(number)]
    random.shuffle(kinds)
    employers = cycle(f"Voorbeeldwerkgever {number:02d}" for number in range(1, EMPLOYERS + 1))
    for one, kind, employer in zip(people, kinds, employers, strict=False):
        day = one.started_on + timedelta(weeks=random.randrange(10, 24))
        yield _row(one, "activity", day, kind="lasting_match", provider=employer, number="1")
        if kind is not None:
            hours = "36" if kind == "paid_work" else "16"
            yield _row(one, "activity", day, kind=kind, provider=employer, hours=hours)


def _one_offs(people: Sequence[Person]) -> Iterator[Row]:
    """The first of these people were matched for long later: that is what their job became."""
    if len(people) != ONE_OFF:
        raise ValueError("The counts do not fit: everyone without a lasting match had a one-off job.")
    for place, one in enumerate(people):
        day = one.started_on + timedelta(weeks=6)
        later = {"became": "1", "outcome": "to_work"} if place < ONE_OFF_LATER_LASTING else {}
        yield _row(one, "activity", day, kind="one_off_job", until=day.isoformat(), hours="8", hours_per="total",
                   **later)  # fmt: skip


def _themes(people: Sequence[Person], random: Random) -> Iterator[Row]:
    themes = [theme for theme, number in THEMES.items() for _ in range(number)]
    random.shuffle(themes)
    for theme, one in zip(themes, chain(people, people), strict=False):
        day = one.started_on + timedelta(weeks=random.randrange(2, 30))
        yield _row(
            one, "note", day, labels=theme, domains=DOMAIN.get(theme, ""), note=random.choice(SAID[theme])
        )


def _person(one: Person, random: Random, ended_on: date, bands: Sequence[int]) -> Row:
    facts = {
        "language": random.choice(("ar", "ar", "ti", "fa")) if one.group != "displaced" else "uk",
        "gender": random.choice(("woman", "man")), "birth_year": str(random.choice(bands)),
        "arrival_year": str(_arrival(one, random)), "home": one.home,
        "household": "partner" if one.home else "",
    }  # fmt: skip
    return _row(
        one,
        "participant",
        one.started_on,
        until=ended_on.isoformat(),
        ending="completed",
        group=one.group,
        **facts,
    )


def _arrival(one: Person, random: Random) -> int:
    """Status holders of this project came from 2013 on, earlier newcomers before that."""
    years = {NEW: (2014, 2015, 2016, 2017), EARLIER: (2004, 2007, 2010, 2012)}
    return random.choice(years.get(one.group, (2022,)))


def _activity(one: Person, track: Track, random: Random) -> Row:
    day = track.first_day + timedelta(days=7 * random.randrange(8))
    until = "" if track.weeks is None else (day + timedelta(weeks=track.weeks)).isoformat()
    return _row(
        one, "activity", day, kind=track.kind, activity=track.activity, provider=track.provider, until=until,
        hours=track.hours, outcome=track.outcome,
    )  # fmt: skip


def _remarks(remarks: Sequence[Remark]) -> Iterator[Row]:
    """Notes of the programme, without a label: they are no theme of anybody."""
    for remark in remarks:
        yield {
            "participant": "",
            "what": "note",
            "kind": "partner",
            "date": remark.day.isoformat(),
            "note": remark.text,
        }


def _row(one: Person, what: str, day: date, **cells: str) -> Row:
    return {"participant": one.code, "what": what, "date": day.isoformat(), **cells}
