"""Pictures that open one's own answers, and subjects somebody wants to talk about."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

OWNED = ("picture_lock", "talk_wish")
IS_OWN = "organisation_id = NULLIF(current_setting('telvertel.organisation', true), '')::uuid"
IS_EXEMPT = "current_setting('telvertel.exemption', true)"


def upgrade() -> None:
    create_picture_locks()
    create_talk_wishes()
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            secure_rows(table)


def create_picture_locks() -> None:
    op.create_table(
        "picture_lock",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("pictures_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sitting", sa.String(length=32), nullable=False),
        sa.Column("opens_from", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.Double(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        *links("picture_lock", "enrolment", "organisation", "participant"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture_lock")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_picture_lock_enrolment_id")),
    )
    for column in ("organisation_id", "participant_id"):
        op.create_index(op.f(f"ix_picture_lock_{column}"), "picture_lock", [column])


def create_talk_wishes() -> None:
    op.create_table(
        "talk_wish",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.String(length=40), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("talked_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        *links("talk_wish", "enrolment", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_wish")),
        sa.UniqueConstraint("enrolment_id", "domain", name=op.f("uq_talk_wish_enrolment_id_domain")),
    )
    op.create_index(op.f("ix_talk_wish_organisation_id"), "talk_wish", ["organisation_id"])


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
