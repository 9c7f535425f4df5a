"""The cases of the programme that is running. In own words; nothing is about anyone."""

from __future__ import annotations

from demonstration.cases import Case, Goal, Home, Intake, Link, Note, OfProgramme, Step, Written

CASES: dict[str, Case] = {
    "S02": Case(
        "Maksym (verzonnen)",
        goals=(
            Goal("work", "Ik wil het vak van bakker leren, met een diploma.",
                 "Хочу вивчитися на пекаря і мати диплом.",
                 steps=(
                     Step("Elke zaterdag meelopen in de bakkerij", due=6, done=4),
                     Step("Vragen of de bakker een leerplek heeft", "casemanager", due=8),
                     Step("Proefles volgen", "other", "Voorbeeldcollege", due=14),
                 )),
            Goal("language", "Ik wil het recept en de bestelling zelf kunnen lezen.",
                 "Хочу сам читати рецепт і замовлення.", steps=(Step("Twee keer per week naar het taalcafé",
                 due=10),)),
        ),
        links=(
            Link("obstacle", "education", "work", "Zonder het schoolpapier van thuis mag hij niet starten."),
            Link("breakthrough", "work", "bonds", "In de bakkerij kent hij nu drie jongens van zijn leeftijd.",
                 since=6),
        ),
        notes=(
            Note(1, "Kennisgemaakt. Hij staat graag vroeg op en wil met zijn handen werken. Van een kantoor "
                 "wordt hij "
                    "onrustig.", ("work", "perspective"), ("work",), 45),
            Note(6, "De bakker is tevreden: hij komt op tijd en stelt vragen. Een leerplek kan pas na de zomer.",
                 ("job_fit", "employer_flexibility"), ("work",), 20),
            Note(11, "Schoolpapier is gevonden bij zijn tante. We laten het vertalen.", ("diploma",),
                 ("education",), 15),
        ),
        wishes=("education",),
        intake=Intake("phone", {
            "arrival": {"intake_arrived_on": "2023-03-14", "intake_residence": 4, "intake_here_since": "2023-05-02"},
            "housing": {"intake_home": 3, "intake_home_long": 2, "intake_moves": 3},
            "family": {"intake_household": 1, "intake_family_abroad": 0},
            "language": {"intake_languages": "українська, русский",
            "intake_own_script": 5, "intake_cefr_listening": 2,
                         "intake_cefr_speaking": 2, "intake_cefr_reading": 1, "intake_cefr_writing": 1,
                         "intake_cefr_source": 1, "intake_lessons": 1, "intake_english": 3},
            "education": {"intake_school_years": "11", "intake_school_level": 3, "intake_papers": 2,
                          "intake_recognition": 3, "intake_learning_way": [3]},
            "work": {"intake_worked_years": "2", "intake_occupation": "Bouw, en helpen op de markt",
                     "intake_work_now": 2,
                     "intake_hours": "8", "intake_job_field": 1, "intake_work_obstacles": [1, 2]},
            "income": {"intake_income": [3], "intake_ends_meet": 3, "intake_debts": 1},
            "digital": {"intake_devices": [1], "intake_digid": 2, "intake_forms": 2},
            "health": {"intake_health_share": 0, "intake_doctors": 2},
            "network": {"intake_meetings": 4, "intake_buddy": 2},
            "wishes": {"intake_strengths": "Sterk, vroeg wakker, eerlijk", "intake_wish_first": "Een leerplek",
                       "intake_wish_year": "In een bakkerij, op school", "intake_help_with": [1, 3]},
        }),
        signed=5,
    ),
    "S05": Case(
        "Halyna (verzonnen)",
        goals=(
            Goal("health", "Ik wil mijn moeder verzorgen en zelf ook rust hebben.",
                 "Хочу доглядати маму і сама мати спокій.",
                 steps=(Step("Thuiszorg aanvragen", "casemanager", due=6, done=7),
                        Step("Twee ochtenden vrij voor mezelf", due=12))),
            Goal("work", "Ik wil later weer in de zorg werken.", "Хочу потім знову працювати в медицині.", "open"),
        ),
        links=(
            Link("obstacle", "bonds", "work", "Ze kan haar moeder niet alleen laten."),
            Link("breakthrough", "health", "language", "Nu de thuiszorg komt, gaat ze weer naar het taalcafé.",
                 since=8),
        ),
        notes=(
            Note(2, "Haar moeder is ziek geworden. Zij zorgt dag en nacht. Werk zoeken kan nu niet; dat heb ik "
                 "ook gezegd.",
                 ("relatives", "health_care"), ("bonds", "health"), 50),
            Note(8, "De thuiszorg komt drie keer per week. Ze sliep voor het eerst een nacht door.",
                 ("health_care", "mental_wellbeing"), ("health",), 25,
                 "Sinds er hulp komt voor mijn moeder, heb ik weer een paar uur voor mezelf."),
        ),
        wishes=("health", "stability"),
    ),
    "S06": Case(
        "Iryna (verzonnen)",
        goals=(
            Goal("work", "Ik wil weer wiskunde geven.", "Хочу знову викладати математику.", steps=(
                Step("Diploma laten waarderen", due=4, done=5),
                Step("Meekijken in een klas", "other", "Voorbeeldcollege", due=10, done=11),
                Step("Gesprek over een zij-instroom", "casemanager", due=15),
            )),
            Goal("language", "Ik wil uitleggen in het Nederlands, niet alleen tellen.",
                 "Хочу пояснювати нідерландською, а не тільки рахувати.", steps=(Step("Cursus B1 in de avond",
                 due=12),)),
            Goal("digital", "Ik regel zelf mijn zaken met DigiD.", "Сама користуюся DigiD.", "reached"),
        ),
        links=(
            Link("obstacle", "language", "work", "Voor de klas is B1 te weinig; nu sorteert ze kleding."),
            Link("breakthrough", "work", "stability", "Met het loon betaalt ze zelf haar huur.", since=7),
        ),
        notes=(
            Note(1, "Achttien jaar voor de klas gestaan. Ze rekent sneller dan ik. Wil geen tijd verliezen.",
                 ("work", "diploma", "job_fit"), ("work", "education"), 45),
            Note(7, "Begonnen in de kringloop, 32 uur. Blij met het loon, niet met het werk. We houden de "
                 "school in beeld.",
                 ("work", "job_fit"), ("work",), 30,
                 "Ik heb nu werk en betaal mijn eigen huur. Maar ik kan meer dan kleren sorteren."),
            Note(11, "Mee geweest naar de school. De sectieleider wil haar graag terugzien als ze B1 heeft.",
                 ("network", "language"), ("links", "language"), 60),
        ),
        wishes=("work", "language"),
        intake=Intake("present", {
            "arrival": {"intake_arrived_on": "2024-02-03", "intake_residence": 4},
            "housing": {"intake_home": 1, "intake_home_long": 1, "intake_moves": 1},
            "family": {"intake_household": 2},
            "language": {"intake_languages": "українська, русский, English", "intake_own_script": 5,
                         "intake_cefr_listening": 3, "intake_cefr_speaking": 2, "intake_cefr_reading": 3,
                         "intake_cefr_writing": 2, "intake_cefr_source": 2, "intake_lessons": 1, "intake_english": 4},
            "education": {"intake_school_years": "16", "intake_school_level": 5, "intake_field": "Wiskunde",
                          "intake_papers": 1, "intake_recognition": 2, "intake_learnability": 4},
            "work": {"intake_worked_years": "18", "intake_occupation": "Lerares wiskunde", "intake_work_now": 3},
            "digital": {"intake_devices": [1, 2, 3], "intake_digid": 3, "intake_forms": 3},
            "wishes": {"intake_strengths": "Uitleggen, geduld", "intake_wish_first": "Mijn diploma laten erkennen",
                       "intake_wish_year": "Voor een klas", "intake_help_with": [1, 4]},
        }),
        signed=3,
    ),
    "S08": Case(
        "Tetiana (verzonnen)",
        goals=(
            Goal("housing", "Ik wil een plek waar we kunnen blijven.", "Хочу житло, де ми можемо залишитися.", steps=(
                Step("Inschrijven voor een woning", due=2, done=2),
                Step("Praten met het gastgezin over de einddatum", "casemanager", due=9, done=8),
            )),
            Goal("work", "Ik wil werken onder schooltijd.", "Хочу працювати, поки діти в школі.", "reached",
                 (Step("Opvang regelen voor de jongste", "casemanager", due=5, done=5),)),
        ),
        links=(
            Link("obstacle", "housing", "work", "Als ze verhuizen, is het werk te ver weg."),
            Link("obstacle", "bonds", "language", "Zonder opvang kon ze niet naar de les.", until=5),
            Link("breakthrough", "bonds", "work", "Nu er opvang is, werkt ze 24 uur.", since=6),
        ),
        notes=(
            Note(1, "Het gastgezin stopt aan het eind van het jaar. Daar ligt ze wakker van.",
                 ("housing", "stability", "childcare"), ("housing",), 40),
            Note(5, "Er is een plek op de opvang, drie dagen. Nu kan de rest.", ("childcare",), ("work",), 15),
            Note(10, "Werkt met plezier. Geld is krap door de dubbele reiskosten.", ("work", "perspective"),
                 ("stability",), 20),
        ),
        wishes=("housing",),
        intake=Intake("acquaintance", {
            "arrival": {"intake_arrived_on": "2023-01-20", "intake_residence": 4},
            "housing": {"intake_home": 2, "intake_home_long": 0, "intake_moves": 4},
            "family": {"intake_household": 4, "intake_children": "2",
                       "intake_child_ages": [1, 2], "intake_childcare": 1},
            "language": {"intake_cefr_listening": 1, "intake_cefr_speaking": 1, "intake_cefr_reading": 1,
                         "intake_cefr_writing": 0, "intake_cefr_source": 1, "intake_lessons": 2},
            "work": {"intake_worked_years": "9", "intake_occupation": "Kapster", "intake_work_now": 3,
                     "intake_work_obstacles": [1, 3]},
            "wishes": {"intake_wish_first": "Rust in huis", "intake_help_with": [2, 7]},
        }),
    ),
    "S10": Case(
        "Sofiia (verzonnen)",
        goals=(Goal("bridges", "Ik wil mensen uit de buurt leren kennen.", "Хочу познайомитися з сусідами.",
                    "reached",
                    (Step("Helpen bij het schoolfeest", due=6, done=6),)),),
        links=(Link("breakthrough", "bridges", "language", "Op school praat ze de hele ochtend Nederlands.",
                    since=7),),
        notes=(Note(7, "Ze helpt nu elke week op school. De conciërge noemt haar zijn rechterhand.",
                    ("social", "network"), ("bridges",), 15),),
    ),
    "S11": Case(
        "Andrii (verzonnen)",
        goals=(Goal("work", "Ik wil weer op de vrachtwagen.", "Хочу знову водити вантажівку.", steps=(
            Step("Rijbewijs laten omzetten", due=8), Step("Bellen met een vervoerder", "casemanager", due=12),
        )),),
        links=(Link("obstacle", "rights", "work", "Zijn groot rijbewijs geldt hier nog niet."),),
        notes=(
            Note(7, "Werkt 24 uur in de bakkerij, via via. Nachtdienst; hij vindt het zwaar.", ("work",
                 "job_fit"), ("work",)),
            Note(9, "De werkgever rekende de reis niet mee. Samen de loonstrook bekeken en gebeld; het is hersteld.",
                 ("exploitation",), ("rights",), 35),
        ),
        wishes=("work", "rights"),
    ),
    "S12": Case(
        "Nadiia (verzonnen)", "nl",
        goals=(Goal("leisure", "Ik wil weer zingen, met anderen.", state="open",
                    steps=(Step("Samen naar het koor gaan kijken", "casemanager", due=13),)),),
        links=(Link("obstacle", "health", "leisure", "Ze is snel moe en durft ’s avonds niet alleen naar buiten."),),
        notes=(
            Note(3, "Komt weinig buiten. Praat graag, over vroeger. We beginnen klein.", ("social",
                 "mental_wellbeing"),
                 ("leisure", "health"), 60),
            Note(10, "Heeft het verjaardagsbezoek afgezegd. Volgende week ga ik langs met koffie.",
                 ("mental_wellbeing",)),
        ),
        intake=Intake("none", {
            "arrival": {"intake_arrived_on": "2023-09-11", "intake_residence": 4},
            "housing": {"intake_home": 3, "intake_moves": 2},
            "family": {"intake_household": 1},
        }, is_finished=False),
    ),
}  # fmt: skip
HOMES = (
    Home(("S07", "S08"), 5, 2, same_benefit=False),
    Home(("S10", "S11"), 3, 1),
    Home(("S06", "S01"), 2),
)
OF_PROGRAMME = (
    OfProgramme("group_talk", 6, "Koffie-ochtend met negen mensen. Het ging vooral over reizen: de bus "
                "rijdt een keer per "
                "uur. Twee mensen willen samen een auto delen.", ("network", "work")),
    OfProgramme("partner", 8, "Het college heeft plek voor vier mensen in de avondcursus, als er opvang is.",
                ("education", "childcare")),
    OfProgramme("council", 10, "De adviesraad vraagt hoe we mensen bereiken die niet naar buiten komen.",
                ("social",)),
    OfProgramme("question", 9, labels=("residence_date",), channel="telephone"),
    OfProgramme("question", 10, labels=("housing", "forced_moves"), channel="visit"),
    OfProgramme("question", 11, labels=("health_care",), channel="chat"),
)  # fmt: skip
WRITTEN = Written(CASES, HOMES, OF_PROGRAMME)
#: They let their casemanager see what they answer.
SHOWN = ("S01", "S02", "S05")
