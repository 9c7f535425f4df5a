"""An instrument as data: its scales, its domains and items, and how the domains map to other frameworks.

A class here says what one field may hold. What only shows when tables are laid side by side (an unknown
scale, an id used twice, a scale with fewer labels than codes) is in `validation`, so that every fault is
found at once.
"""

import json
import re
import unicodedata
from collections.abc import Collection
from functools import cached_property
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StrictBool,
    StrictInt,
    StrictStr,
)
from pydantic_core import PydanticCustomError

# Marks that steer reading direction would let one string change how its neighbours are read. The zero-width
# joiners stay allowed: Persian and other scripts are misspelt without them.
DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class DefinitionError(ValueError):
    """A definition cannot be used; `errors` holds every (place, message), sorted by place."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        self.errors = errors
        super().__init__("\n".join(f"{place}: {message}" for place, message in errors))


def _text(longest: int, may_be_empty: bool = False) -> AfterValidator:
    def check(value: str) -> str:
        faults = []
        if not value.strip() and not (may_be_empty and value == ""):
            faults.append("is empty")
        elif value != value.strip():
            faults.append("begins or ends with a space")
        if len(value) > longest:
            faults.append(f"has {len(value)} characters; at most {longest} fit")
        if any(unicodedata.category(c) == "Cc" or c in DIRECTION_MARKS for c in value):
            faults.append("holds a line break or another character that cannot be seen")
        if faults:
            raise PydanticCustomError("text", "{faults}", {"faults": "; ".join(faults)})
        return value

    return AfterValidator(check)


def _name(separator: str) -> AfterValidator:
    def check(value: str) -> str:
        if re.fullmatch(rf"[a-z][a-z0-9{separator}]{{0,39}}", value):
            return value
        rule = f"must be 1 to 40 small letters a-z, digits or {separator}, a letter first"
        raise PydanticCustomError(
            "name", "{fault}", {"fault": f"is {json.dumps(value[:60], ensure_ascii=False)}; it {rule}"}
        )

    return AfterValidator(check)


# Item ids become the names of columns in data files: only what every statistics program takes.
Code = Annotated[StrictStr, _name("_")]
Key = Annotated[StrictStr, _name("-")]
Sentence = Annotated[StrictStr, _text(200)]
Label = Annotated[StrictStr, _text(80, may_be_empty=True)]
Prose = Annotated[StrictStr, _text(600)]
Version = Annotated[StrictInt, Field(ge=1, le=999)]


class Part(BaseModel):
    """What every part of a definition has in common: it never changes, and holds nothing it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Scale(Part):
    """Answer codes from low to high with their English labels.

    There are as many labels as codes. A scale that shows numbers, such as 0-10, labels only its two ends; the
    labels between are "".
    """

    key: Code
    codes: tuple[Annotated[StrictInt, Field(ge=-100, le=1000)], ...] = Field(min_length=2, max_length=101)
    labels: tuple[Label, ...]
    #: Where answers are carried over into facts or observations: what each code is called there.
    values: tuple[Code, ...] = ()

    @property
    def low(self) -> int:
        return self.codes[0]

    @property
    def high(self) -> int:
        return self.codes[-1]


#: With one option of the item's scale, with several, or written. Questionnaires know `one` alone.
AnswerKind = Literal["one", "several", "number", "date", "words"]
CHOSEN: tuple[AnswerKind, ...] = ("one", "several")


class Condition(Part):
    """An item is asked only where an earlier one of its domain was answered with one of these codes."""

    item: Code
    codes: tuple[StrictInt, ...] = Field(min_length=1)


class Item(Part):
    """One question. `measures` is what it is meant to measure, `why` the reason for asking in plain words.

    An item of an intake measures nothing: it says for what `purpose` it is asked.
    """

    id: Code
    text: Sentence
    hint: Sentence | None = None
    answer: AnswerKind = "one"
    #: Empty for what is written.
    scale: Code = ""
    not_applicable: StrictBool = False
    reverse: StrictBool = False
    shown_if: Condition | None = None
    #: Of a number.
    least: StrictInt = 0
    most: StrictInt = 1000
    measures: Prose = ""
    why: Prose = ""
    purpose: Sentence = ""
    #: The fact of a person, or the observation, that the answer can be carried over to.
    records: Code | None = None


class MappingTable(Part):
    """Another framework that domains are mapped to: its terms by English key, in the owner's own words."""

    key: Code
    version: Version
    name: Prose
    terms: dict[Code, Prose] = Field(min_length=1)


class Domain(Part):
    """Items that make one score. `mappings` holds, by mapping table, the terms it belongs under."""

    code: Code
    name: Label
    heading: Sentence | None = None
    mappings: dict[Code, tuple[Code, ...]] = {}
    items: tuple[Item, ...] = Field(alias="item", min_length=1, max_length=100)


class Instrument(Part):
    """A questionnaire: one key, one version, never changed once published (`sha256` is of its definition)."""

    key: Key
    version: Version
    name: Sentence
    attribution: Prose | None = None
    evidence: Prose | None = None
    #: Asked in later waves, beside others and about their domains. Its answers are read one by one: they make no score.
    looks_back: StrictBool = False
    #: Filled in together with a casemanager: facts and wishes of one person. No wave asks it, and it makes no score.
    intake: StrictBool = False
    mappings: tuple[MappingTable, ...] = Field(alias="mapping", default=())
    scales: tuple[Scale, ...] = Field(alias="scale", min_length=1, max_length=100)
    domains: tuple[Domain, ...] = Field(alias="domain", min_length=1, max_length=100)

    _sha256: str = PrivateAttr(default="")

    def __hash__(self) -> int:
        return hash(self._sha256)

    @property
    def sha256(self) -> str:
        """The hash of the definition's text (UTF-8, lines ended by a line feed), in hexadecimal."""
        return self._sha256

    @property
    def is_questionnaire(self) -> bool:
        """Whether a programme can choose it, to be asked in its waves and to make scores."""
        return not (self.looks_back or self.intake)

    def about(self, codes: Collection[str]) -> "Instrument | None":
        """The same with these domains alone; None if it has none of them."""
        kept = tuple(domain for domain in self.domains if domain.code in codes)
        if len(kept) == len(self.domains):
            return self
        narrowed = self.model_copy(update={"domains": kept})
        for name in ("items", "_domains", "_items"):
            narrowed.__dict__.pop(name, None)
        return narrowed if kept else None

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every item, in the order asked."""
        return tuple(item for domain in self.domains for item in domain.items)

    def domain(self, code: str) -> Domain:
        """The domain with this code; KeyError if there is none."""
        return self._domains[code]

    @cached_property
    def _domains(self) -> dict[str, Domain]:
        return {domain.code: domain for domain in self.domains}

    def item(self, item_id: str) -> Item:
        """The item with this id; KeyError if there is none."""
        return self._items[item_id]

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    def scale_of(self, item_id: str) -> Scale:
        """The scale on which this item is answered; KeyError if there is no such item, or none is chosen from."""
        return self._scales[self.item(item_id).scale]

    @cached_property
    def _scales(self) -> dict[str, Scale]:
        return {scale.key: scale for scale in self.scales}

    def score_range(self, code: str) -> tuple[int, int]:
        """The lowest and the highest score a domain can have: the ends its items' scales share."""
        scale = self.scale_of(self.domain(code).items[0].id)
        return scale.low, scale.high
