"""Tablets that staff hand over: codes of one sitting, that are in no letter."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column(
        "access_code", sa.Column("handed_over", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("access_code", "handed_over")
