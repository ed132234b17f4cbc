"""The durable tables: what must survive. Fact tables are not here; they can be rebuilt from records."""

import sqlalchemy as sa

from rules.sql import Instant, Texts, sle_table

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

records = sa.Table(
    "records",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, index=True),
    sa.Column("container", sa.Text),
    sa.Column("audience", sa.Text),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("observed_at", Instant, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("mark", sa.BigInteger),  # to be derived again; another number each time it is marked
    sa.Column("presence", sa.Text, nullable=False, server_default="present"),  # rules/presence.py
    sa.Column("presence_at", Instant),  # when it was found not to be there
    sa.Index(
        "ix_records_marked",
        "kind",
        "source",
        "id",
        sqlite_where=sa.text("mark IS NOT NULL"),
        postgresql_where=sa.text("mark IS NOT NULL"),
    ),
    sa.Index(
        "ix_records_absent",
        "source",
        "container",
        sqlite_where=sa.text("presence <> 'present'"),
        postgresql_where=sa.text("presence <> 'present'"),
    ),
)

changes = sa.Table(
    "changes",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.Text),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("before", sa.Text),
    sa.Column("after", sa.Text),
)

edges = sa.Table(
    "edges",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("relation", sa.Text, primary_key=True),
    sa.Column("target", sa.Text, primary_key=True),
    sa.Index("ix_edges_target_kind", "target", "kind"),
)

cursors = sa.Table(
    "cursors",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("cursor", sa.Text, nullable=False),
    sa.Column("moved_at", Instant, nullable=False),
)

syncs = sa.Table(
    "syncs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("outcome", sa.Text),  # complete, partial, failed
    sa.Column("records", sa.Integer, nullable=False),
    sa.Column("changed", sa.Integer, nullable=False),
    sa.Column("problems", Texts, nullable=False),
    sa.Column("whole", sa.Boolean, nullable=False),  # all was read but the parts that problems name
    sa.Column("error", sa.Text),
    sa.Column("requests", sa.JSON, nullable=False, server_default="{}"),  # spent, by key of the budget
    sa.Column("budgets", sa.JSON, nullable=False, server_default="{}"),  # as the source last told them
    sa.Index("ix_syncs_source_id", "source", "id"),
)

usage = sa.Table(
    "usage",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("what", sa.Text, nullable=False),  # census, check: what is spent beside syncs
    sa.Column("requests", sa.JSON, nullable=False),
    sa.Index("ix_usage_source_at", "source", "at"),
)

learned = sa.Table(
    "learned",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),  # its key or id, as the connector names it
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
)

censuses = sa.Table(
    "censuses",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("container", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("counted", sa.Integer),  # as the source counts
    sa.Column("seen", sa.Integer),  # ids that the source listed
    sa.Column("known", sa.Integer, nullable=False),  # records of the store that should be there
    sa.Column("missing", sa.Integer),  # of these, those that were not listed
    sa.Column("outcome", sa.Text, nullable=False),
)

findings = sa.Table(
    "findings",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("table", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("discriminator", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("key", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("url", sa.Text),
    sa.Column("product", sa.Text),
    sa.Column("stream", sa.Text),
    sa.Column("audience", Texts),
    sa.Column("says", sa.Text, nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("inherited", sa.Boolean, nullable=False),
    sa.Column("inhibited_by", sa.Text),
    sa.Column("first_seen_at", Instant, nullable=False),
    sa.Column("opened_at", Instant),
    sa.Column("worse_at", Instant),
    sa.Column("resolved_at", Instant),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("occurrence", sa.Integer, nullable=False),
    sa.Index("ix_findings_table_subject", "table", "subject"),
    sa.Index("ix_findings_state_product", "state", "product"),
)

history = sa.Table(
    "finding_history",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("finding", sa.Text, nullable=False, index=True),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("product", sa.Text),
    sa.Column("inherited", sa.Boolean, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("model", sa.Text, nullable=False),  # fingerprint of the model that judged
)

verdicts = sa.Table(
    "verdicts",
    metadata,
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("product", sa.Text, primary_key=True),  # empty for what belongs to no product
    sa.Column("passed", sa.Integer, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("unknown", sa.Integer, nullable=False),
    sa.Column("example", sa.Text),  # a subject that could not be judged
    sa.Column("at", Instant, nullable=False),
)

baselines = sa.Table(
    "baselines",
    metadata,
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("product", sa.Text, primary_key=True),  # empty for none; for items source:product
    sa.Column("at", Instant, nullable=False),
)

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("what", sa.JSON, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
)

waivers = sa.Table(
    "waivers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("finding", sa.Text, nullable=False, index=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("requested_at", Instant, nullable=False),
    sa.Column("until", sa.Date, nullable=False),  # the last day it holds
    sa.Column("state", sa.Text, nullable=False),  # requested, approved, denied, revoked, expired
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", Instant),
    sa.Column("critical", sa.Boolean, nullable=False),  # covers the finding also where it is critical
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("blocks", sa.JSON, nullable=False),
    sa.Column(
        "audience", Texts, nullable=False
    ),  # of everything the message shows; asked again when it is sent
    sa.Column("state", sa.Text, nullable=False),  # due, sending, sent, ambiguous, dead
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("lease", Instant),
    sa.Column("token", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("sent_at", Instant),
    sa.Column("posted_channel", sa.Text),
    sa.Column("posted_ts", sa.Text),
    sa.Column("error", sa.Text),
    sa.Index(
        "ix_outbox_due",
        "not_before",
        "id",
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    ),
    sa.Index(
        "ix_outbox_sending",
        "lease",
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    ),
)

digests = sa.Table(
    "digests",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),  # product, stream, operations: its name in the model
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("at", Instant, primary_key=True),
    sa.Column("silent", sa.Boolean, nullable=False),
    sa.Column("seen", sa.Integer, nullable=False),  # the last row of finding_history it took in
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("delivery", sa.Text, primary_key=True),
    sa.Column("body_sha256", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("keys", Texts, nullable=False),
    sa.Column("deleted", Texts, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("processed_at", Instant),
    sa.Column("outcome", sa.Text),
    sa.UniqueConstraint("source", "body_sha256"),
)

schedule_runs = sa.Table(
    "schedule_runs",
    metadata,
    sa.Column("schedule", sa.Text, primary_key=True),
    sa.Column("occurrence", Instant, primary_key=True),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    sa.Column("outcome", sa.Text),
)

facts_state = sa.Table(
    "facts_state",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),  # schema, model, derived, judged_at
    sa.Column("value", sa.Text, nullable=False),
)

sle = sle_table(metadata)
