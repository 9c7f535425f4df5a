"""The intake, and whether somebody lets their casemanager see their answers."""

import sqlalchemy as sa
from alembic import op

from survey.models.base import CompactJson  # a column type only; migrations import no models

revision = "0015"
down_revision = "0014"

OWNED = ("intake", "intake_section")
IS_OWN = "organisation_id = NULLIF(current_setting('telvertel.organisation', true), '')::uuid"
IS_EXEMPT = "current_setting('telvertel.exemption', true)"
PURPOSES = "'taking_part', 'quote'"
MODES = "mode IN ('self', 'audio', 'interpreter', 'interviewer', 'paper')"
INTERPRETERS = "interpreter IN ('none', 'present', 'phone', 'acquaintance')"


def upgrade() -> None:
    set_purposes(f"{PURPOSES}, 'show_to_casemanager'")
    create_intake()
    create_intake_section()
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            secure_rows(table)


def set_purposes(purposes: str) -> None:
    """SQLite cannot change a check, so there the table is made anew; nothing refers to it."""
    name, check = op.f("ck_consent_purpose"), f"purpose IN ({purposes})"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(name, "consent")
        op.create_check_constraint(name, "consent", check)
    else:
        with op.batch_alter_table("consent", recreate="always") as batch:
            batch.drop_constraint(name, type_="check")
            batch.create_check_constraint(name, check)


def create_intake() -> None:
    op.create_table(
        "intake",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("interpreter", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        *links("intake", "enrolment", "organisation", "participant"),
        sa.CheckConstraint(MODES, name=op.f("ck_intake_mode")),
        sa.CheckConstraint(INTERPRETERS, name=op.f("ck_intake_interpreter")),
        sa.CheckConstraint("state IN ('begun', 'finished')", name=op.f("ck_intake_state")),
        sa.CheckConstraint(
            "(state = 'finished') = (finished_on IS NOT NULL)", name=op.f("ck_intake_finished_has_date")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_intake_enrolment_id")),
    )
    for column in ("organisation_id", "participant_id"):
        op.create_index(op.f(f"ix_intake_{column}"), "intake", [column])


def create_intake_section() -> None:
    op.create_table(
        "intake_section",
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.String(length=40), nullable=False),
        sa.Column("answers", CompactJson(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        *links("intake_section", "intake", "organisation", "participant"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_section")),
        sa.UniqueConstraint("intake_id", "domain", name=op.f("uq_intake_section_intake_id_domain")),
    )
    for column in ("organisation_id", "participant_id"):
        op.create_index(op.f(f"ix_intake_section_{column}"), "intake_section", [column])


def links(table: str, *to: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [f"{one}_id"], [f"{one}.id"], name=op.f(f"fk_{table}_{one}_id_{one}"), ondelete="CASCADE"
        )
        for one in to
    ]


def secure_rows(table: str) -> None:
    """As the first migration does."""
    inside = f"{IS_OWN} OR {IS_EXEMPT} = 'operator'"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY inside_organisation ON {table} USING ({inside}) WITH CHECK ({inside})")


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
    op.execute("DELETE FROM consent WHERE purpose = 'show_to_casemanager'")
    set_purposes(PURPOSES)
    if op.get_bind().dialect.name == "sqlite":
        put_check_on_column()


def put_check_on_column() -> None:
    """A table that was made anew has its checks behind its columns; migration 0005 drops a column with its own."""
    with op.batch_alter_table("consent", recreate="always") as batch:
        batch.drop_constraint(op.f("ck_consent_basis"), type_="check")
    op.execute(
        "ALTER TABLE consent ADD COLUMN basis_again VARCHAR(20) DEFAULT 'consent' NOT NULL"
        " CONSTRAINT ck_consent_basis CHECK (basis_again IN ('consent', 'public_task'))"
    )
    op.execute("UPDATE consent SET basis_again = basis")
    op.execute("ALTER TABLE consent DROP COLUMN basis")
    op.execute("ALTER TABLE consent RENAME COLUMN basis_again TO basis")
