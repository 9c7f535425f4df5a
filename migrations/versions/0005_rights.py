"""Rights: who was erased, codes that a person ended, the basis of a consent, and how long things are kept."""

import sqlalchemy as sa
from alembic import op

from survey.models.base import Instant  # a column type only; migrations import no models

revision = "0005"
down_revision = "0002"

#: Tables whose rows belong to one organisation.
OWNED = ("erasure_request", "retention_mark", "retention_rule")
KINDS = "kind IN ('codes', 'identity', 'open_answers', 'answers')"
BASES = "('consent', 'public_task')"
IS_OWN = "NULLIF(current_setting('telvertel.organisation', true), '')::uuid"
IS_EXEMPT = "current_setting('telvertel.exemption', true)"


def upgrade() -> None:
    op.add_column("participant", sa.Column("erased_on", sa.Date(), nullable=True))
    op.add_column("access_code", sa.Column("ended_at", Instant(timezone=True), nullable=True))
    add_basis("consent", "basis")
    add_basis("organisation", "taking_part_basis")
    create_tables()
    if op.get_bind().dialect.name == "postgresql":
        secure_rows()


def add_basis(table: str, column: str) -> None:
    """Said in SQL, with the check on the column: SQLite would otherwise make the table anew, and drop the old one."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(20) DEFAULT 'consent' NOT NULL"
        f" CONSTRAINT ck_{table}_{column} CHECK ({column} IN {BASES})"
    )


def secure_rows() -> None:
    """As in the first migration."""
    for table in OWNED:
        inside = f"organisation_id = {IS_OWN} OR {IS_EXEMPT} = 'operator'"
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY inside_organisation ON {table} USING ({inside}) WITH CHECK ({inside})")


def owned(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], ondelete="CASCADE",
            name=op.f(f"fk_{table}_organisation_id_organisation"),
        ),
    ]  # fmt: skip


def refers(table: str, column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], ondelete=ondelete, name=name)


def create_tables() -> None:
    op.create_table(
        "erasure_request",
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", Instant(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("keep_answers", sa.Boolean(), nullable=False),
        refers("erasure_request", "participant_id", "participant", "CASCADE"),
        refers("erasure_request", "asked_by_id", "staff", "SET NULL"),
        sa.UniqueConstraint("participant_id", name=op.f("uq_erasure_request_participant_id")),
        *owned("erasure_request"),
    )
    op.create_table(
        "retention_rule",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("changed_at", Instant(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        refers("retention_rule", "changed_by_id", "staff", "SET NULL"),
        sa.UniqueConstraint("organisation_id", "kind", name=op.f("uq_retention_rule_organisation_id_kind")),
        sa.CheckConstraint(KINDS, name=op.f("ck_retention_rule_kind")),
        sa.CheckConstraint("months >= 0", name=op.f("ck_retention_rule_months")),
        *owned("retention_rule"),
    )
    op.create_table(
        "retention_mark",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("marked_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("put_off_by_id", sa.Uuid(), nullable=True),
        refers("retention_mark", "programme_id", "programme", "CASCADE"),
        refers("retention_mark", "enrolment_id", "enrolment", "CASCADE"),
        refers("retention_mark", "put_off_by_id", "staff", "SET NULL"),
        sa.UniqueConstraint("enrolment_id", "kind", name=op.f("uq_retention_mark_enrolment_id_kind")),
        sa.CheckConstraint(KINDS, name=op.f("ck_retention_mark_kind")),
        *owned("retention_mark"),
    )
    op.create_index(op.f("ix_retention_mark_programme_id"), "retention_mark", ["programme_id"])
    for table in OWNED:
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])


def downgrade() -> None:
    for table in OWNED:
        op.drop_table(table)
    op.drop_column("organisation", "taking_part_basis")
    with op.batch_alter_table(
        "consent"
    ) as batch:  # where a later migration made it anew, the table has the check
        batch.drop_constraint(op.f("ck_consent_basis"), type_="check")
        batch.drop_column("basis")
    op.drop_column("access_code", "ended_at")
    op.drop_column("participant", "erased_on")
