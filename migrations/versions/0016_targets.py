"""Intended results of programmes, their targets, and figures that are reported by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

OWNED = ("intended_result", "target", "figure")
IS_OWN = "organisation_id = NULLIF(current_setting('telvertel.organisation', true), '')::uuid"
IS_EXEMPT = "current_setting('telvertel.exemption', true)"
MEASURES = (
    "measure IN ('ladder_at_least', 'ladder_up', 'paid_work', 'sustained_work', 'activity', 'cefr', 'exam_passed',"
    " 'plan_made', 'plan_in_time', 'own_goals', 'domain_change', 'item_high', 'answered', 'told_share', 'told_number')"
)
COMPARATORS = "comparator IN ('at_least', 'at_most', 'more', 'less')"
UNITS = "unit IN ('person', 'household', 'benefit_unit', 'employer', 'municipality', 'meeting')"
GROUPS = (
    '"group" IS NULL OR "group" IN'
    " ('newcomer', 'earlier_newcomer', 'interim_group', 'family_migrant', 'displaced')"
)
KINDS = "kind IN ('registered', 'self_rating', 'estimate')"


def upgrade() -> None:
    op.create_table(
        "intended_result",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("explanation", sa.String(length=1000), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *owned("intended_result", of="programme_id", table="programme"),
    )
    create_target()
    create_figure()
    for table, of in zip(OWNED, ("programme_id", "result_id", "target_id"), strict=True):
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
        op.create_index(op.f(f"ix_{table}_{of}"), table, [of])
        if op.get_bind().dialect.name == "postgresql":
            secure_rows(table)


def create_target() -> None:
    op.create_table(
        "target",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("group", sa.String(length=20), nullable=True),
        sa.Column("comparator", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("by_date", sa.Date(), nullable=True),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("caveat", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(MEASURES, name=op.f("ck_target_measure")),
        sa.CheckConstraint(COMPARATORS, name=op.f("ck_target_comparator")),
        sa.CheckConstraint(UNITS, name=op.f("ck_target_unit")),
        sa.CheckConstraint(GROUPS, name=op.f("ck_target_group")),
        sa.CheckConstraint(
            "comparator IN ('at_least', 'at_most') OR value IS NULL", name=op.f("ck_target_than_before")
        ),
        *owned("target", of="result_id", table="intended_result"),
    )


def create_figure() -> None:
    op.create_table(
        "figure",
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("caveat", sa.String(length=500), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_figure_kind")),
        sa.CheckConstraint("base IS NULL OR base > 0", name=op.f("ck_figure_base")),
        *owned("figure", of="target_id", table="target"),
    )


def owned(name: str, of: str, table: str) -> list[sa.schema.SchemaItem]:
    """Id and organisation, and the row that it belongs to."""
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        refers(name, "organisation_id", "organisation"),
        refers(name, of, table),
    ]


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
    for table in reversed(OWNED):
        op.drop_table(table)
