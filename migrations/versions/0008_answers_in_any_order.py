"""Answers that arrive in any order: how often someone came in, and which answer is the latest."""

import sqlalchemy as sa
from alembic import op

from survey.models.base import CompactJson  # a column type only; migrations import no models

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("enrolment", sa.Column("sittings", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("page", sa.Column("given", CompactJson(), nullable=True))
    op.add_column("visit", sa.Column("given", CompactJson(), nullable=True))


def downgrade() -> None:
    op.drop_column("visit", "given")
    op.drop_column("page", "given")
    op.drop_column("enrolment", "sittings")
