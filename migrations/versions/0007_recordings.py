"""Texts spoken by a person, how often they changed, and whether a programme lets people answer without words."""

import sqlalchemy as sa
from alembic import op

from survey.models.base import Instant  # column types only; migrations import no models

revision = "0007"
down_revision = "0006"

OWNED = ("recording",)
IS_OWN = "organisation_id = NULLIF(current_setting('telvertel.organisation', true), '')::uuid"
IS_EXEMPT = "current_setting('telvertel.exemption', true)"


def upgrade() -> None:
    op.add_column("organisation", sa.Column("sounds", sa.Integer(), server_default="0", nullable=False))
    op.add_column("programme", sa.Column("word_free", sa.Boolean(), server_default=sa.true(), nullable=False))
    create_recordings()
    if op.get_bind().dialect.name == "postgresql":
        secure_rows()


def create_recordings() -> None:
    op.create_table(
        "recording",
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("sound", sa.LargeBinary(), nullable=False),
        sa.Column("sound_hash", sa.String(length=64), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.String(length=100), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "media_type IN ('audio/ogg', 'audio/mpeg', 'audio/mp4', 'audio/wav')",
            name=op.f("ck_recording_media_type"),
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["staff.id"], name=op.f("fk_recording_added_by_id_staff"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_recording_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint(
            "organisation_id",
            "language",
            "text_hash",
            name=op.f("uq_recording_organisation_id_language_text_hash"),
        ),
    )
    for column in ("organisation_id", "sound_hash"):
        op.create_index(op.f(f"ix_recording_{column}"), "recording", [column])


def secure_rows() -> None:
    """As the first migration does."""
    inside = f"{IS_OWN} OR {IS_EXEMPT} = 'operator'"
    op.execute("ALTER TABLE recording ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE recording FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY inside_organisation ON recording USING ({inside}) WITH CHECK ({inside})")


def downgrade() -> None:
    op.drop_table("recording")
    op.drop_column("programme", "word_free")
    op.drop_column("organisation", "sounds")
