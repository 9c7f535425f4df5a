"""Plans with goals, obstacles and breakthroughs; notes with the organisation's own labels, and stories made of them."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0013"
down_revision = "0012"

#: In the order in which they refer to each other.
OWNED = ("goal", "goal_step", "domain_link", "plan_version", "label", "note", "note_label")
IS_OWN = "organisation_id = NULLIF(current_setting('telvertel.organisation', true), '')::uuid"
IS_EXEMPT = "current_setting('telvertel.exemption', true)"
KINDS_BEFORE = "kind IN ('codes', 'identity', 'open_answers', 'answers')"
KINDS = "kind IN ('codes', 'identity', 'open_answers', 'casework', 'answers')"
NOTE_KINDS = "kind IN ('person', 'group_talk', 'partner', 'council', 'question')"
CHANNELS = "channel IN ('telephone', 'e_mail', 'chat', 'visit', 'meeting', 'website', 'other')"
LABELS = (
    "work", "durable_work", "job_fit", "employer_flexibility", "exploitation", "diploma", "education", "language",
    "english_or_dutch", "routes", "health_care", "mental_wellbeing", "stability", "perspective", "relatives",
    "parenting", "childcare", "housing", "reception", "forced_moves", "residence_date", "social", "network", "other",
)  # fmt: skip


def upgrade() -> None:
    for create in (create_goals, create_links, create_versions, create_labels, create_notes):
        create()
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            secure_rows(table)
    refer_to_notes()
    keep(KINDS)
    begin_lists()


def create_goals() -> None:
    op.create_table(
        "goal",
        *own("goal"), enrolment(),
        sa.Column("domain", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        *sealed("words", "dutch"),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_on", sa.Date(), nullable=False),
        *moments("made_at", "changed_at"), version(),
        *links("goal", "enrolment", "organisation"),
        check("goal", "state", "state IN ('open', 'busy', 'reached', 'dropped')"),
    )  # fmt: skip
    op.create_table(
        "goal_step",
        *own("goal_step"),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        *sealed("words", "dutch", "other"),
        sa.Column("actor", sa.String(length=20), nullable=False),
        *days("due_on", "done_on"),
        *links("goal_step", "goal", "organisation"),
        check("goal_step", "actor", "actor IN ('person', 'casemanager', 'other')"),
    )
    indexes("goal", "enrolment_id")
    indexes("goal_step", "goal_id")


def create_links() -> None:
    op.create_table(
        "domain_link",
        *own("domain_link"), enrolment(),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("from_domain", sa.String(length=40), nullable=False),
        sa.Column("to_domain", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        *days("until"), *sealed("words"), *moments("changed_at"), version(),
        *links("domain_link", "enrolment", "organisation"),
        check("domain_link", "kind", "kind IN ('obstacle', 'breakthrough')"),
        check("domain_link", "two_domains", "from_domain <> to_domain"),
        check("domain_link", "since_until", "until IS NULL OR until >= since"),
    )  # fmt: skip
    indexes("domain_link", "enrolment_id")


def create_versions() -> None:
    op.create_table(
        "plan_version",
        *own("plan_version"), enrolment(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        *moments("settled_at"),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        *sealed("document"),
        *links("plan_version", "enrolment", "organisation"), staff("plan_version", "settled_by_id"),
        unique("plan_version", "enrolment_id", "number"),
    )  # fmt: skip
    indexes("plan_version")


def create_labels() -> None:
    op.create_table(
        "label",
        *own("label"),
        sa.Column("standard", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=True),
        *days("retired_on"), version(),
        *links("label", "organisation"),
        unique("label", "organisation_id", "standard"), unique("label", "organisation_id", "name"),
        check("label", "named", "standard IS NOT NULL OR name IS NOT NULL"),
    )  # fmt: skip
    indexes("label")


def create_notes() -> None:
    op.create_table(
        "note",
        *own("note"),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("domains", sa.Text(), nullable=False),
        *sealed("text"),
        sa.Column("written_by_id", sa.Uuid(), nullable=True),
        *moments("changed_at"), *days("proposed_on"), version(),
        *links("note", "enrolment", "organisation", "programme"), staff("note", "written_by_id"),
        check("note", "kind", NOTE_KINDS),
        check("note", "of_person", "(kind = 'person') = (enrolment_id IS NOT NULL)"),
        check("note", "of_question", "(kind = 'question') = (channel IS NOT NULL)"),
        check("note", "question_without_words", "kind <> 'question' OR text_sealed IS NULL"),
        check("note", "channel", f"channel IS NULL OR {CHANNELS}"),
    )  # fmt: skip
    op.create_table(
        "note_label",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("label_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        *links("note_label", "note", "label", "organisation"),
        sa.PrimaryKeyConstraint("note_id", "label_id", name=op.f("pk_note_label")),
    )
    indexes("note", "programme_id", "enrolment_id")
    indexes("note_label", "label_id")


def refer_to_notes() -> None:
    for table in ("story", "consent"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("note_id", sa.Uuid(), nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_{table}_note_id_note"), "note", ["note_id"], ["id"], ondelete="CASCADE"
            )
    with op.batch_alter_table("story") as batch:
        batch.create_unique_constraint(op.f("uq_story_note_id"), ["note_id"])
    op.create_index(op.f("ix_consent_note_id"), "consent", ["note_id"])


def keep(kinds: str) -> None:
    """What is kept for a time: plan and notes go by a term of their own."""
    for table in ("retention_rule", "retention_mark"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_kind"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_kind"), kinds)


def begin_lists() -> None:
    """Every organisation that is there gets the labels that a new one begins with."""
    bind = op.get_bind()
    exempt("operator")
    organisations = bind.execute(sa.select(sa.column("id", sa.Uuid())).select_from(sa.table("organisation")))
    label = sa.table(
        "label", sa.column("id", sa.Uuid()), sa.column("organisation_id", sa.Uuid()), sa.column("standard"),
        sa.column("version"),
    )  # fmt: skip
    rows = [
        {"id": uuid4(), "organisation_id": found, "standard": code, "version": 1}
        for found in organisations.scalars().all()
        for code in LABELS
    ]
    if rows:
        bind.execute(sa.insert(label), rows)
    exempt("")


def exempt(name: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"SELECT set_config('telvertel.exemption', '{name}', true)")


def own(table: str) -> list[SchemaItem]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def enrolment() -> sa.Column[object]:
    return sa.Column("enrolment_id", sa.Uuid(), nullable=False)


def version() -> sa.Column[object]:
    return sa.Column("version", sa.Integer(), nullable=False)


def sealed(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(f"{name}_sealed", sa.LargeBinary(), nullable=True) for name in names]


def moments(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in names]


def days(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Date(), nullable=True) for name in names]


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def staff(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["staff.id"], name=op.f(f"fk_{table}_{column}_staff"), ondelete="SET NULL"
    )


def indexes(table: str, *columns: str) -> None:
    for column in ("organisation_id", *columns):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


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
    exempt("operator")
    for table in ("retention_rule", "retention_mark"):
        op.execute(sa.delete(sa.table(table, sa.column("kind"))).where(sa.column("kind") == "casework"))
    op.execute("DELETE FROM story WHERE note_id IS NOT NULL")
    exempt("")
    keep(KINDS_BEFORE)
    op.drop_index(op.f("ix_consent_note_id"), "consent")
    for table in ("story", "consent"):
        with op.batch_alter_table(table) as batch:
            if table == "story":
                batch.drop_constraint(op.f("uq_story_note_id"), type_="unique")
            batch.drop_constraint(op.f(f"fk_{table}_note_id_note"), type_="foreignkey")
            batch.drop_column("note_id")
    for table in reversed(OWNED):
        op.drop_table(table)
