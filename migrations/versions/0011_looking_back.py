"""Whether a programme asks people in later waves to look back."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    for name in ("then_now", "anchor"):
        op.add_column("programme", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    for name in ("anchor", "then_now"):
        op.drop_column("programme", name)
