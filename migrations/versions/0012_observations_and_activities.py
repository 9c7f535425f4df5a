"""What is observed of people on a day, what they do, and the organisation's lists of kinds and providers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from survey.models.base import Instant  # column types only; migrations import no models

revision = "0012"
down_revision = "0011"

OWNED = ("observation", "activity_kind", "provider", "activity")
IS_OWN = "organisation_id = NULLIF(current_setting('telvertel.organisation', true), '')::uuid"
IS_EXEMPT = "current_setting('telvertel.exemption', true)"
OBSERVED = (
    "'ladder', 'work_status', 'work_hours', 'contract', 'support', 'fit_level', 'fit_field', 'listening', "
    "'reading', 'speaking', 'writing', 'route', 'target_group', 'exam', 'exemption'"
)
SOURCES = "'conversation', 'document', 'test', 'exam', 'employer', 'provider', 'register', 'other'"
STANDARD_KINDS = (
    "'paid_work', 'part_time_work', 'internship', 'volunteering', 'study', 'study_preparation', 'course', "
    "'language_buddy', 'job_coaching', 'network_talk', 'application_training', 'activation', "
    "'health_programme', 'one_off_job', 'lasting_match', 'care_and_rest', 'other'"
)
OUTCOMES = "'completed', 'certificate', 'to_work', 'to_study', 'to_other_activity', 'not_completed'"
END_REASONS = (
    "'as_planned', 'contract_ended', 'dismissed', 'own_choice', 'something_better', 'childcare', 'travel', "
    "'moved', 'health', 'place_gone', 'other'"
)


def upgrade() -> None:
    create_observations()
    create_lists()
    create_activities()
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            secure_rows(table)


def create_observations() -> None:
    op.create_table(
        "observation",
        link("participant_id"),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        *recorded(),
        check("observation", "what", f"what IN ({OBSERVED})"),
        check("observation", "source", f"source IN ({SOURCES})"),
        to("observation", "participant_id", "participant", "CASCADE"),
        *of_the_house("observation"),
        sa.UniqueConstraint(
            "participant_id",
            "what",
            "observed_on",
            name=op.f("uq_observation_participant_id_what_observed_on"),
        ),
    )
    index("observation", "organisation_id")


def create_lists() -> None:
    op.create_table(
        "activity_kind",
        *named(),
        sa.Column("standard", sa.String(length=30), nullable=False),
        check("activity_kind", "standard", f"standard IN ({STANDARD_KINDS})"),
        *of_the_house("activity_kind"),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_activity_kind_organisation_id_name")),
    )
    op.create_table(
        "provider",
        *named(),
        *of_the_house("provider"),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_provider_organisation_id_name")),
    )
    for table in ("activity_kind", "provider"):
        index(table, "organisation_id")


def create_activities() -> None:
    op.create_table(
        "activity",
        link("participant_id"),
        *(link(column, nullable=True) for column in ("kind_id", "provider_id", "became_id")),
        sa.Column("standard", sa.String(length=30), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("hours", sa.Double(), nullable=True),
        sa.Column("hours_per", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("end_reason", sa.String(length=20), nullable=True),
        *recorded(),
        check("activity", "kind", "(kind_id IS NULL) <> (standard IS NULL)"),
        check("activity", "standard", f"standard IS NULL OR standard IN ({STANDARD_KINDS})"),
        check("activity", "ends_after_start", "ended_on IS NULL OR ended_on >= started_on"),
        check("activity", "hours_per", "hours_per IN ('week', 'total')"),
        check("activity", "outcome", f"outcome IS NULL OR outcome IN ({OUTCOMES})"),
        check("activity", "end_reason", f"end_reason IS NULL OR end_reason IN ({END_REASONS})"),
        to("activity", "participant_id", "participant", "CASCADE"),
        to("activity", "kind_id", "activity_kind"),
        to("activity", "provider_id", "provider"),
        to("activity", "became_id", "activity", "SET NULL", deferrable=True, initially="DEFERRED"),
        *of_the_house("activity"),
    )
    for column in ("organisation_id", "participant_id", "kind_id", "provider_id", "became_id"):
        index("activity", column)


def link(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def named() -> list[sa.Column[object]]:
    return [
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def recorded() -> list[sa.Column[object]]:
    return [
        sa.Column("recorded_at", Instant(), nullable=False),
        link("recorded_by_id", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def of_the_house(table: str) -> list[sa.Column[object] | sa.Constraint]:
    """What every table has; and who recorded a row, where it has that."""
    by = [] if table in ("activity_kind", "provider") else [to(table, "recorded_by_id", "staff", "SET NULL")]
    return [
        link("id"), link("organisation_id"), *by, to(table, "organisation_id", "organisation", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]  # fmt: skip


def to(
    table: str, column: str, other: str, ondelete: str | None = None, **how: Any
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete, **how)


def check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def secure_rows(table: str) -> None:
    """As the first migration does."""
    inside = f"{IS_OWN} OR {IS_EXEMPT} = 'operator'"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY inside_organisation ON {table} USING ({inside}) WITH CHECK ({inside})")


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
