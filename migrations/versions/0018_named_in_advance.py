"""Which domains a programme named in advance, and on what low scores it chose its people."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("programme", sa.Column("primary_domains", sa.Text(), server_default="[]", nullable=False))
    op.add_column("programme", sa.Column("chosen_on", sa.String(40), nullable=True))
    op.add_column("programme", sa.Column("chosen_from_mean", sa.Double(), nullable=True))
    op.add_column("programme", sa.Column("retest_r", sa.Double(), nullable=True))


def downgrade() -> None:
    for name in ("retest_r", "chosen_from_mean", "chosen_on", "primary_domains"):
        op.drop_column("programme", name)
