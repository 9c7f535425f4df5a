"""Cohorts on which releases rest, the menu of breakdowns of a programme, and releases that were withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

OWNED = ("cohort", "cohort_member")
IS_OWN = "organisation_id = NULLIF(current_setting('telvertel.organisation', true), '')::uuid"
IS_EXEMPT = "current_setting('telvertel.exemption', true)"
MENU = '["group","gender","age_band"]'


def upgrade() -> None:
    op.create_table(
        "cohort",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("statistics", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('change', 'follow_up')", name=op.f("ck_cohort_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        refers("cohort", "release_id", "release"),
        refers("cohort", "organisation_id", "organisation"),
    )
    op.create_table(
        "cohort_member",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("cohort_id", "enrolment_id", name=op.f("pk_cohort_member")),
        refers("cohort_member", "cohort_id", "cohort"),
        refers("cohort_member", "enrolment_id", "enrolment"),
        refers("cohort_member", "organisation_id", "organisation"),
    )
    op.create_index(op.f("ix_cohort_release_id"), "cohort", ["release_id"])
    op.create_index(op.f("ix_cohort_member_enrolment_id"), "cohort_member", ["enrolment_id"])
    for table in OWNED:
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
        if op.get_bind().dialect.name == "postgresql":
            secure_rows(table)
    op.add_column("programme", sa.Column("breakdowns", sa.Text(), server_default=MENU, nullable=False))
    op.add_column("release", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))


def refers(name: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    constraint = op.f(f"fk_{name}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], ondelete="CASCADE", name=constraint)


def secure_rows(table: str) -> None:
    """As the first migration does."""
    inside = f"{IS_OWN} OR {IS_EXEMPT} = 'operator'"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY inside_organisation ON {table} USING ({inside}) WITH CHECK ({inside})")


def downgrade() -> None:
    with op.batch_alter_table("release") as table:
        table.drop_column("withdrawn_at")
    with op.batch_alter_table("programme") as table:
        table.drop_column("breakdowns")
    for name in reversed(OWNED):
        op.drop_table(name)
