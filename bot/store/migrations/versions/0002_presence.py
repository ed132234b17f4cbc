"""Whether records are still there, what sources taught, quarantine, censuses, and what was spent."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DELETED = ',"deleted":true}'
"""How a body ended whose source had said that it was deleted."""


def upgrade() -> None:
    """Add the columns and tables; what was deleted by its body is so by its presence."""
    op.add_column("records", sa.Column("presence", sa.Text(), nullable=False, server_default="present"))
    op.add_column("records", sa.Column("presence_at", sa.BigInteger()))
    op.create_index(
        "ix_records_absent",
        "records",
        ["source", "container"],
        unique=False,
        sqlite_where=sa.text("presence <> 'present'"),
        postgresql_where=sa.text("presence <> 'present'"),
    )
    _move_deleted()
    op.add_column("syncs", sa.Column("requests", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("syncs", sa.Column("budgets", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "usage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("requests", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_usage"),
    )
    op.create_index("ix_usage_source_at", "usage", ["source", "at"], unique=False)
    op.create_table(
        "learned",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "name", name="pk_learned"),
    )
    op.create_table(
        "quarantine",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "item", name="pk_quarantine"),
    )
    op.create_table(
        "censuses",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("container", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.Integer()),
        sa.Column("seen", sa.Integer()),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "container", name="pk_censuses"),
    )


def _move_deleted() -> None:
    records = sa.table(
        "records", *(sa.column(name) for name in ("kind", "body", "changed_at", "presence", "presence_at"))
    )
    said = sa.and_(
        records.c.kind.in_(["work_item", "pull_request"]), records.c.body.endswith(DELETED, autoescape=True)
    )
    body = sa.func.substr(records.c.body, 1, sa.func.length(records.c.body) - len(DELETED)).concat("}")
    op.execute(
        sa.update(records).where(said).values(presence="deleted", presence_at=records.c.changed_at, body=body)
    )


def downgrade() -> None:
    """Back to the first tables; what is known about absence is lost."""
    for table in ("censuses", "quarantine", "learned", "usage"):
        op.drop_table(table)
    op.drop_column("syncs", "budgets")
    op.drop_column("syncs", "requests")
    op.drop_index("ix_records_absent", "records")
    op.drop_column("records", "presence_at")
    op.drop_column("records", "presence")
