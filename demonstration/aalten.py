"""The cases of the pilot that is over. In own words; nothing is about anyone."""

from __future__ import annotations

from demonstration.cases import Case, Goal, Home, Intake, Link, Note, OfProgramme, Step, Written

CASES: dict[str, Case] = {
    "A01": Case(
        "Petro (verzonnen)",
        goals=(Goal("work", "Ik wil werk waar ik mijn rug niet kapot maak.", "Хочу роботу, яка не шкодить спині.",
                    "reached", (Step("Proefdag in de kringloop", due=6, done=6),)),),
        links=(
            Link("obstacle", "health", "work", "Lang staan gaat niet.", until=8),
            Link("breakthrough", "health", "work", "Met een kruk bij de balie lukt het wel.", since=8),
        ),
        notes=(Note(8, "Werkt nu aan de balie, met een jobcoach. Hij maakt grapjes in het Nederlands.",
                    ("work", "health_care", "durable_work"), ("work",), 30),),
        intake=Intake("phone", {
            "arrival": {"intake_arrived_on": "2022-04-08", "intake_residence": 4},
            "health": {"intake_health_share": 1, "intake_health": 2, "intake_health_limits": 2,
                       "intake_health_words": "Niet lang staan of tillen", "intake_doctors": 3},
            "work": {"intake_worked_years": "30", "intake_occupation": "Monteur", "intake_work_now": 3},
            "wishes": {"intake_wish_first": "Iets doen met machines", "intake_help_with": [1]},
        }),
        signed=3,
    ),
    "A02": Case(
        "Olena (verzonnen)",
        goals=(Goal("bridges", "Ik wil iets betekenen voor de buurt.", "Хочу бути корисною сусідам.", "reached"),),
        notes=(Note(4, "Begonnen als vrijwilliger bij de kringloop. Ze kent na twee weken alle vaste klanten.",
                    ("social", "network"), ("bridges", "leisure"), 20),),
        wishes=("work",),
    ),
    "A05": Case(
        "Vasyl (verzonnen)",
        goals=(Goal("health", "Eerst beter worden.", "Спершу одужати.", "dropped"),),
        links=(Link("obstacle", "health", "work", "Voorlopig geen werk; de huisarts zegt rust."),),
        notes=(Note(2, "Hij heeft rust nodig. We zien elkaar elke twee weken, zonder doelen.",
                    ("health_care",), ("health",)),),
    ),
}  # fmt: skip
HOMES = (Home(("A01", "A02"), 2), Home(("A05", "A06"), 3, 1, same_benefit=False))
OF_PROGRAMME = (
    OfProgramme("partner", 12, "Terugblik met de werkgevers: twee willen na de pilot doorgaan.", ("durable_work",)),
)  # fmt: skip
WRITTEN = Written(CASES, HOMES, OF_PROGRAMME)
