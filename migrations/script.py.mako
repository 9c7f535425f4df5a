"""${message}"""

import sqlalchemy as sa
from alembic import op

from survey.models.base import CompactJson, Instant  # column types only; migrations import no models

${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
