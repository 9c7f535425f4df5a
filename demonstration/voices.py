"""Invented open answers, and how a coordinator rewrote some of them. (language, original, rewritten, domain, stance)"""

from __future__ import annotations

from typing import NamedTuple


class Voice(NamedTuple):
    language: str
    original: str
    may_quote: bool
    #: Empty while nobody has rewritten it yet.
    rewritten: str = ""
    domain: str = ""
    stance: str = "typical"


AALTEN = (
    Voice("uk", "Тепер я сама питаю в магазині, що шукаю. Сусідка Марійка тренується зі мною щовівторка.", True,
          "Ik durf nu in de winkel zelf te vragen wat ik zoek. Mijn buurvrouw oefent met mij.", "language"),
    Voice("uk", "Курс тільки вдень, а я працюю. Тепер вчу менше, ніж хочу.", True,
          "De les is overdag. Dan werk ik. Ik leer nu minder dan ik wil.", "language", "contrary"),
    Voice("uk", "Нам знову довелося переїхати. Тоді не шукаєш роботу, шукаєш ліжко.", True,
          "We moesten weer verhuizen. Dan zoek je geen werk, dan zoek je een bed.", "housing"),
    Voice("uk", "Я працюю в пекарні. Спершу прибирала, тепер печу хліб, як удома.", True,
          "Ik begon met schoonmaken. Nu doe ik het werk dat ik thuis ook deed.", "work"),
    Voice("uk", "Робота є, але тільки на тиждень. Я бухгалтер, а складаю коробки.", True,
          "Er is werk, maar steeds voor één week. Ik kan meer dan ze mij laten doen.", "work", "contrary"),
    Voice("uk", "По четвергах я допомагаю в садку біля школи. Там мене знають на ім'я.", True,
          "Elke week help ik mee in een tuin. Daar kennen ze mij bij naam.", "bridges"),
    Voice("en", "I finally know which desk to go to when a letter comes.", True,
          "Ik weet nu bij welk loket ik moet zijn als er een brief komt.", "links"),
    Voice("uk", "Дякую, що спитали. Прошу не писати це ніде.", False),
)  # fmt: skip

SAMEN = (
    Voice("uk", "У групі я вперше сміялася за довгий час.", True),
    Voice("uk", "Автобус їде раз на годину, тому я часто запізнююся на курс.", True),
    Voice("nl", "Ik wil graag vrijwilliger worden, maar ik weet niet waar.", False),
)
