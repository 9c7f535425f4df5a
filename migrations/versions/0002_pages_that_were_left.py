"""Whether a page was passed, or left halfway."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    passed: sa.Column[bool] = sa.Column("passed", sa.Boolean(), server_default=sa.true(), nullable=False)
    op.add_column("page", passed)


def downgrade() -> None:
    op.drop_column("page", "passed")
