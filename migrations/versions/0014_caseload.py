"""The caseload: when somebody was last seen, legal terms of a person, and households."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

#: Tables whose rows belong to one organisation.
OWNED = ("deadline", "deadline_extension", "home", "home_member")
IS_OWN = "NULLIF(current_setting('telvertel.organisation', true), '')::uuid"
IS_EXEMPT = "current_setting('telvertel.exemption', true)"
REASONS = "reason IN ('learning_to_read', 'no_place', 'effort', 'circumstances', 'other')"


def upgrade() -> None:
    op.add_column("enrolment", sa.Column("last_seen_on", sa.Date(), nullable=True))
    create_tables()
    if op.get_bind().dialect.name == "postgresql":
        secure_rows()


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
        refers(table, "organisation_id", "organisation", "CASCADE"),
    ]


def refers(table: str, column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], ondelete=ondelete, name=name)


def create_tables() -> None:
    op.create_table(
        "deadline",
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        refers("deadline", "participant_id", "participant", "CASCADE"),
        sa.UniqueConstraint("participant_id", "rule", name=op.f("uq_deadline_participant_id_rule")),
        *owned("deadline"),
    )
    op.create_table(
        "deadline_extension",
        sa.Column("deadline_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        refers("deadline_extension", "deadline_id", "deadline", "CASCADE"),
        refers("deadline_extension", "recorded_by_id", "staff", "SET NULL"),
        sa.CheckConstraint(REASONS, name=op.f("ck_deadline_extension_reason")),
        *owned("deadline_extension"),
    )
    op.create_index(op.f("ix_deadline_extension_deadline_id"), "deadline_extension", ["deadline_id"])
    create_households()
    for table in OWNED:
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])


def create_households() -> None:
    op.create_table(
        "home",
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("children", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("size >= 1 AND children >= 0", name=op.f("ck_home_numbers")),
        *owned("home"),
    )
    op.create_table(
        "home_member",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("benefit_unit", sa.Integer(), nullable=False),
        refers("home_member", "household_id", "home", "CASCADE"),
        refers("home_member", "participant_id", "participant", "CASCADE"),
        sa.UniqueConstraint("participant_id", name=op.f("uq_home_member_participant_id")),
        *owned("home_member"),
    )
    op.create_index(op.f("ix_home_member_household_id"), "home_member", ["household_id"])


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
    op.drop_column("enrolment", "last_seen_on")
