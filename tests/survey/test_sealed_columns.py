"""Whatever a person can put in words is sealed: a new column that could hold words must be, or be on this list."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import LargeBinary, String, TypeDecorator

from survey.models import Identity, Model, OpenAnswer
from survey.privacy.fields import SealedText

#: Columns of text or bytes that are not sealed, and why that hurts nobody. A code comes from a list in the program.
REASONS = {
    "a code from a list": {
        "audit_event.action", "audit_event.actor", "consent.purpose", "membership.role",
        "intake.interpreter", "intake.mode", "intake.state", "intake_section.domain",
        "open_answer.state", "page.domain", "talk_wish.domain", "participant.gender", "participant.group",
        "response.instrument", "response.mode", "response.respondent", "story.domain", "story.stance", "story.state",
        "staff.tf_primary_method", "visit.state", "wave.state", "consent.basis", "organisation.taking_part_basis",
        "string_review.catalog", "string_review.verdict",
        "retention_rule.kind", "retention_mark.kind", "staff_invitation.role", "staff_session.device",
        "recording.media_type", "enrolment.end_reason", "deadline.rule", "deadline_extension.reason",
        "observation.what", "observation.source", "activity.standard", "activity.hours_per",
        "activity.outcome", "activity.end_reason", "activity_kind.standard",
        "goal.domain", "goal.state", "goal_step.actor", "domain_link.kind", "domain_link.from_domain",
        "domain_link.to_domain", "cohort.kind", "programme.chosen_on",
        "programme.primary_domains", "note.kind", "note.channel", "note.domains", "label.standard",
        "figure.kind", "intended_result.template", "target.comparator", "target.group", "target.measure",
        "target.unit",
    },
    "a code from a list, or a number: operations refuse anything else": {"observation.value"},
    "lists of the organisation, the same for everyone; forms ask for no person's name": {
        "activity_kind.name", "provider.name",
    },
    "a coarse fact: forms offer a list, and an import takes a short label": {"participant.household"},
    "a language": {
        "consent.language", "goal.language", "intake.language",
        "language_override.language", "open_answer.language", "page.language",
        "language_review.language", "string_review.language", "kept_wording.language", "programme_wording.language",
        "participant.language", "recording.language", "response.language", "staff.language", "story.language",
        "visit.language",
    },
    "answers as codes, numbers and days, never words": {"page.answers", "intake_section.answers"},
    "in which order something was given: numbers, and the random name of a sitting": {"page.given", "visit.given"},
    "codes and numbers, checked when they are written": {"audit_event.details"},
    "random, or a hash that needs a key or a guess of 40 bits": {
        "access_code.secret_hash", "access_code.selector", "audit_event.hash", "audit_event.key_id", "audit_head.hash",
        "audit_head.key_id", "audit_head.seal", "code_attempts.selector", "page.sitting", "participant.pseudonym",
        "picture_lock.sitting",
        "sign_in_attempts.door", "staff.fs_uniquifier", "staff.password", "staff_invitation.token_hash",
        "staff_session.token_hash",
    },
    "sealed in another way, with a master key or the organisation's": {
        "organisation.wrapped_key", "person_key.wrapped", "staff.mf_recovery_codes", "staff.tf_totp_secret",
    },
    "of the municipality, which is public": {
        "label.name", "figure.caveat", "figure.source", "intended_result.explanation", "intended_result.title",
        "target.about", "target.caveat", "target.owner", "target.source",
        "organisation.help_contact", "organisation.name", "organisation.slug", "programme.code",
        "programme.breakdowns", "programme.instruments", "programme.name", "wave.key", "wave.versions",
    },
    "sums and counts of at least ten people each, of nobody alone; only what may be published": {"cohort.statistics"},
    "of a colleague, looked up by it when signing in; deleted with the account": {"staff.email", "staff.name"},
    "of a colleague to be, whom the link is for": {"staff_invitation.email"},
    "texts that every participant reads, and what reviewers say of them": {
        "string_review.context", "string_review.source", "string_review.shipped", "string_review.texts",
        "string_review.back_translation", "string_review.remark", "string_review.proposed",
        "string_review.proposed_back", "string_review.proposed_remark", "kept_wording.texts",
    },
    "a hash of texts, the same for everyone who is asked in them": {
        "string_review.key", "string_review.wording", "kept_wording.hash", "programme_wording.wording", "page.wording",
    },
    "random": {"language_review.edition"},
    "of a colleague who put that name under a text": {"string_review.reviewer"},
    "written to be published, without identity": {"release.document", "release.sha256", "story.text"},
    "what every participant may read and hear, and its hashes": {
        "recording.sound", "recording.sound_hash", "recording.text", "recording.text_hash",
    },
    "who lent their voice, so that they can take it back: a first name is asked, and it goes with the recording": {
        "recording.speaker",
    },
    "why a removal was put off, by staff about a whole programme's rule": {"retention_mark.reason"},
}  # fmt: skip
REASONED = {column: reason for reason, columns in REASONS.items() for column in columns}


def can_hold_words(column: Any) -> bool:
    type_ = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    return isinstance(type_, String | LargeBinary)


COLUMNS = sorted(
    (
        (mapper.class_, column)
        for mapper in Model.registry.mappers
        for column in mapper.local_table.columns
        if can_hold_words(column)
    ),
    key=str,
)


@pytest.mark.parametrize(("model", "column"), COLUMNS, ids=[str(column) for _model, column in COLUMNS])
def test_every_column_that_can_hold_words_is_sealed_or_reasoned(model: Any, column: Any) -> None:
    if column.name.endswith("_sealed"):
        assert isinstance(column.type, LargeBinary)
        assert isinstance(vars(model).get(column.name.removesuffix("_sealed")), SealedText), (
            f"{column}: give it a SealedText attribute, through which alone it is written"
        )
    else:
        assert str(column) in REASONED, (
            f"{column} could hold words: seal it (SealedText), or say here why not"
        )


def test_the_list_holds_nothing_that_is_gone() -> None:
    assert set(REASONED) <= {str(column) for _model, column in COLUMNS}


def test_what_people_say_of_themselves_is_sealed() -> None:
    assert {"name", "contact"} <= set(vars(Identity)) and "text" in vars(OpenAnswer)
    sealed = {str(column) for _model, column in COLUMNS if column.name.endswith("_sealed")}
    assert {"identity.name_sealed", "identity.contact_sealed", "open_answer.text_sealed"} <= sealed


def test_a_column_that_is_not_sealed_would_be_seen() -> None:
    """The test above must be able to fail."""
    from sqlalchemy import Column, Text

    assert can_hold_words(Column("remark", Text)) and can_hold_words(Column("photo", LargeBinary))
    assert "participant.remark" not in REASONED
