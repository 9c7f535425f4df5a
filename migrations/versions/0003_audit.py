"""The audit log: events and where each organisation's chain ends. The database itself refuses to change them."""

import sqlalchemy as sa
from alembic import op

from survey.models.base import CompactJson, Instant  # column types only; migrations import no models

revision = "0003"
down_revision = "0005"

OWNED = ("audit_event", "audit_head")
IS_OWN = "NULLIF(current_setting('telvertel.organisation', true), '')::uuid"
IS_EXEMPT = "current_setting('telvertel.exemption', true)"
REFUSAL = "The audit log only grows"


def upgrade() -> None:
    create_tables()
    if op.get_bind().dialect.name == "postgresql":
        secure_rows()
        refuse_changes_on_postgresql()
    else:
        refuse_changes_on_sqlite()


def create_tables() -> None:
    op.create_table(
        "audit_event",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("happened_at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=12), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("details", CompactJson(), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "actor IN ('staff', 'participant', 'operator', 'nobody')", name=op.f("ck_audit_event_actor")
        ),
        sa.CheckConstraint(
            "(actor = 'staff') = (staff_id IS NOT NULL)", name=op.f("ck_audit_event_staff_has_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_audit_event_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "number", name=op.f("pk_audit_event")),
    )
    for columns in (
        ("participant_id", "number"),
        ("staff_id", "number"),
        ("action", "number"),
        ("happened_at",),
    ):
        name = "_".join(("ix_audit_event_organisation_id", *columns))
        op.create_index(op.f(name), "audit_event", ["organisation_id", *columns], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_audit_head_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_audit_head")),
    )


def secure_rows() -> None:
    """As in the first migration; there is no looking up here before the organisation is known."""
    inside = f"organisation_id = {IS_OWN} OR {IS_EXEMPT} = 'operator'"
    for table in OWNED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY inside_organisation ON {table} USING ({inside}) WITH CHECK ({inside})")


def refuse_changes_on_sqlite() -> None:
    """The head is brought forward, so that may change; INSERT OR REPLACE would delete without a trigger."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for table in OWNED:
        op.execute(f"CREATE TRIGGER {table}_refuses_delete BEFORE DELETE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER audit_event_refuses_update BEFORE UPDATE ON audit_event {refuse}")
    op.execute(
        "CREATE TRIGGER audit_head_refuses_update BEFORE UPDATE ON audit_head"
        f" WHEN NEW.organisation_id IS NOT OLD.organisation_id {refuse}"
    )
    for table, same in (("audit_event", "number = NEW.number"), ("audit_head", "TRUE")):
        is_there = f"SELECT 1 FROM {table} WHERE organisation_id = NEW.organisation_id AND {same}"  # noqa: S608 - ours
        op.execute(
            f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} WHEN EXISTS ({is_there}) {refuse}"
        )


def refuse_changes_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    refuse = "EXECUTE FUNCTION audit_only_grows()"
    op.execute(f"CREATE TRIGGER refuses_changes BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW {refuse}")
    op.execute(f"CREATE TRIGGER refuses_delete BEFORE DELETE ON audit_head FOR EACH ROW {refuse}")
    op.execute(
        "CREATE TRIGGER refuses_update BEFORE UPDATE ON audit_head FOR EACH ROW"
        f" WHEN (NEW.organisation_id IS DISTINCT FROM OLD.organisation_id) {refuse}"
    )
    for table in OWNED:
        op.execute(f"CREATE TRIGGER refuses_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")


def downgrade() -> None:
    op.drop_table("audit_head")
    op.drop_table("audit_event")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_only_grows()")
