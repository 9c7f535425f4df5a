"""The words participants read: what reviewers decide on each, which words a programme asks in; and who reviews."""

import sqlalchemy as sa
from alembic import op

from survey.models.base import CompactJson, Instant  # column types only; migrations import no models

revision = "0006"
down_revision = "0004"

OWNED = ("language_review", "string_review", "kept_wording", "programme_wording")
IS_OWN = "NULLIF(current_setting('telvertel.organisation', true), '')::uuid"
IS_EXEMPT = "current_setting('telvertel.exemption', true)"
ROLES = "'casemanager', 'coordinator', 'councillor', 'administrator'"
#: By table, whether the column may be empty.
WITH_ROLE = {"membership": "", "staff_invitation": "role IS NULL OR "}


def upgrade() -> None:
    set_roles(f"{ROLES}, 'reviewer'")
    op.add_column("page", sa.Column("wording", sa.String(length=20), nullable=True))
    create_language_review()
    create_string_review()
    create_wording()
    if op.get_bind().dialect.name == "postgresql":
        secure_rows()


def set_roles(roles: str) -> None:
    """SQLite cannot change a check, so there the table is made anew; nothing refers to these two."""
    for table, empty in WITH_ROLE.items():
        name, check = op.f(f"ck_{table}_role"), f"{empty}role IN ({roles})"
        if op.get_bind().dialect.name == "postgresql":
            op.drop_constraint(name, table)
            op.create_check_constraint(name, table, check)
        else:
            with op.batch_alter_table(table, recreate="always") as batch:
                batch.drop_constraint(name, type_="check")
                batch.create_check_constraint(name, check)


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


def create_language_review() -> None:
    op.create_table(
        "language_review",
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        *owned("language_review"),
        sa.UniqueConstraint(
            "organisation_id", "language", name=op.f("uq_language_review_organisation_id_language")
        ),
    )
    index("language_review", "organisation_id")


def create_string_review() -> None:
    op.create_table(
        "string_review",
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("catalog", sa.String(length=20), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("source", CompactJson(), nullable=False),
        sa.Column("shipped", CompactJson(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("texts", CompactJson(), nullable=True),
        sa.Column("back_translation", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("wording", sa.String(length=20), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("reviewer", sa.String(length=255), nullable=False),
        sa.Column("decided_at", Instant(timezone=True), nullable=True),
        sa.Column("proposed", CompactJson(), nullable=True),
        sa.Column("proposed_back", sa.Text(), nullable=False),
        sa.Column("proposed_remark", sa.Text(), nullable=False),
        sa.Column("proposed_at", Instant(timezone=True), nullable=True),
        *owned("string_review"),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["staff.id"],
            ondelete="SET NULL",
            name=op.f("fk_string_review_reviewer_id_staff"),
        ),
        sa.UniqueConstraint(
            "organisation_id", "language", "key", name=op.f("uq_string_review_organisation_id_language_key")
        ),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict IN ('approved', 'changed', 'refused')",
            name=op.f("ck_string_review_verdict"),
        ),
        sa.CheckConstraint(
            "(verdict IS NULL) = (decided_at IS NULL)", name=op.f("ck_string_review_decided_has_moment")
        ),
        sa.CheckConstraint(
            "(proposed IS NULL) = (proposed_at IS NULL)", name=op.f("ck_string_review_proposed_has_moment")
        ),
    )
    index("string_review", "organisation_id")


def create_wording() -> None:
    op.create_table(
        "kept_wording",
        sa.Column("hash", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("texts", CompactJson(), nullable=False),
        sa.Column("kept_at", Instant(timezone=True), nullable=False),
        *owned("kept_wording"),
        sa.UniqueConstraint("organisation_id", "hash", name=op.f("uq_kept_wording_organisation_id_hash")),
    )
    index("kept_wording", "organisation_id")
    op.create_table(
        "programme_wording",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("wording", sa.String(length=20), nullable=False),
        sa.Column("approved", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("fixed_at", Instant(timezone=True), nullable=False),
        *owned("programme_wording"),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            ondelete="CASCADE",
            name=op.f("fk_programme_wording_programme_id_programme"),
        ),
        sa.UniqueConstraint(
            "programme_id", "language", name=op.f("uq_programme_wording_programme_id_language")
        ),
    )
    index("programme_wording", "organisation_id")
    index("programme_wording", "programme_id")


def index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def secure_rows() -> None:
    """As in the first migration."""
    for table in OWNED:
        inside = f"organisation_id = {IS_OWN} OR {IS_EXEMPT} = 'operator'"
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY inside_organisation ON {table} USING ({inside}) WITH CHECK ({inside})")


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
    op.drop_column("page", "wording")
    for table in WITH_ROLE:
        op.execute(f"DELETE FROM {table} WHERE role = 'reviewer'")  # noqa: S608 - the names are ours
    set_roles(ROLES)
