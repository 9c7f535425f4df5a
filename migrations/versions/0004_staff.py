"""How staff come in: invitations, sessions in the database, tries that are counted, codes that work once."""

import sqlalchemy as sa
from alembic import op

from survey.models.base import Instant  # column types only; migrations import no models

revision = "0004"
down_revision = "0003"

OWNED = ("staff_invitation",)
IS_OWN = "organisation_id = NULLIF(current_setting('telvertel.organisation', true), '')::uuid"
IS_EXEMPT = "current_setting('telvertel.exemption', true)"
#: What an account's own organisations are called, and whether they are made up.
LOOK_UPS = {"organisation": "staff_organisation"}


def upgrade() -> None:
    create_invitations()
    create_sessions()
    op.add_column("staff", sa.Column("totp_step", sa.BigInteger(), nullable=True))
    op.add_column("staff", sa.Column("renewed_at", Instant(), nullable=True))
    op.add_column("staff", sa.Column("renewed_by_id", sa.Uuid(), nullable=True))
    op.add_column("membership", sa.Column("vouched_at", Instant(), nullable=True))
    op.add_column("membership", sa.Column("signed_in_at", Instant(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        secure_rows()


def create_invitations() -> None:
    op.create_table(
        "staff_invitation",
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "role IS NULL OR role IN ('casemanager', 'coordinator', 'councillor', 'administrator')",
            name=op.f("ck_staff_invitation_role"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["staff.id"],
            name=op.f("fk_staff_invitation_made_by_id_staff"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_staff_invitation_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_invitation_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_invitation_token_hash")),
    )
    for column in ("organisation_id", "staff_id"):
        op.create_index(op.f(f"ix_staff_invitation_{column}"), "staff_invitation", [column])


def create_sessions() -> None:
    op.create_table(
        "staff_session",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
    )
    for column in ("staff_id", "expires_at"):
        op.create_index(op.f(f"ix_staff_session_{column}"), "staff_session", [column])
    op.create_table(
        "sign_in_attempts",
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("shut_until", sa.Double(), nullable=False),
        sa.Column("last_try", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("door", name=op.f("pk_sign_in_attempts")),
    )


def secure_rows() -> None:
    """As the first migration does."""
    inside = f"{IS_OWN} OR {IS_EXEMPT} = 'operator'"
    op.execute("ALTER TABLE staff_invitation ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE staff_invitation FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY inside_organisation ON staff_invitation USING ({inside}) WITH CHECK ({inside})"
    )
    for table, look_up in LOOK_UPS.items():
        op.execute(f"CREATE POLICY {look_up} ON {table} FOR SELECT USING ({IS_EXEMPT} = '{look_up}')")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, look_up in LOOK_UPS.items():
            op.execute(f"DROP POLICY {look_up} ON {table}")
    op.drop_column("membership", "signed_in_at")
    op.drop_column("membership", "vouched_at")
    for column in ("renewed_by_id", "renewed_at", "totp_step"):
        op.drop_column("staff", column)
    for table in ("sign_in_attempts", "staff_session", "staff_invitation"):
        op.drop_table(table)
