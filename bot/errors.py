"""The table of errors about opsbot itself: its database, its service, Slack and the command line."""

from config.errors import Entry

DATABASE_ADDRESS = Entry(
    "database-address",
    "The address of the database cannot be read.",
    "A part is missing, or a sign in the password is not written as addresses need it.",
    "Write it as `sqlite:///opsbot.db` or `postgresql://user:password@host:5432/database`; in a password, "
    "`@` is written `%40` and `/` is written `%2F`.",
)
DATABASE_DRIVER = Entry(
    "database-driver",
    "PostgreSQL is asked for, and its driver is not installed.",
    "opsbot was installed without the extra `postgres`.",
    "Install it with the extra: `pip install 'product-ops-bot[postgres]'`. The image has it.",
)
DATABASE_UNUSABLE = Entry(
    "database-unusable",
    "The database cannot be opened or brought to the present schema.",
    "Its folder or server is not there, access is refused, or a newer opsbot wrote it.",
    "Do what the message says. A newer opsbot's database needs that opsbot, or an older backup.",
)
DATABASE_SQLITE = Entry(
    "database-sqlite",
    "This SQLite may lose what was written last when it is under load.",
    "Python was built with an SQLite that still has a known mistake (sqlite.org/wal.html).",
    "Use the image, a Python with SQLite 3.51.3 or newer, or PostgreSQL.",
)
DATABASE_FILLED = Entry(
    "database-filled",
    "What was exported is to be restored into a database that holds records already.",
    "What is there would be mixed with what is in the file, and nobody could tell which is which.",
    "Name a new database with `--database`, before the command (docs/operations.md).",
)
INSTALL_SHADOWED = Entry(
    "install-shadowed",
    "Another package of the same name is used in place of a part of opsbot.",
    "The packages of opsbot have everyday names, and something else in this Python has one of them too.",
    "Install opsbot into a virtual environment of its own, or use the image.",
)
CLOCK_STILL = Entry(
    "clock-still",
    "The clock of opsbot stands still: nothing ages and nothing comes due.",
    "`OPSBOT_NOW` is set, as for the demo and for tests.",
    "Remove `OPSBOT_NOW`.",
)
SERVICE_ADDRESS = Entry(
    "service-address",
    "opsbot cannot listen on the address or port it was told.",
    "Another program has the port, or the address is none of this machine.",
    "Set `OPSBOT_WEB_PORT` and `OPSBOT_WEB_HOST` to a free address; for the page, `opsbot report --serve "
    "--port 8090`.",
)
SLACK_TOKEN = Entry(
    "slack-token",
    "There is no token for Slack, or Slack does not accept it.",
    "It was not set, was revoked, has expired, or is of another kind than `xoxb-`.",
    "Install the app again as docs/slack.md says, and set `OPSBOT_SLACK_BOT_TOKEN` to its bot token.",
)
SLACK_SCOPE = Entry(
    "slack-scope",
    "The app in Slack lacks a permission.",
    "It was installed with an older manifest.",
    "Print the present one with `opsbot slack manifest`, paste it at Slack, and install the app again.",
)
SLACK_CHANNEL = Entry(
    "slack-channel",
    "opsbot may not post in a channel.",
    "It was not invited, or the channel is archived, read-only, shared with others, or misspelt in the "
    "model.",
    "Type `/invite @opsbot` in the channel, or correct its name in the model.",
)
SLACK_MESSAGE = Entry(
    "slack-message",
    "Slack does not take a message as it is.",
    "A mistake of opsbot: messages are measured before they are sent.",
    "Report it with the line of the log. The message stays with `opsbot doctor`; the next one is not held "
    "up.",
)
SLACK_COMMANDS = Entry(
    "slack-commands",
    "Slash commands from Slack are refused.",
    "Neither an app token nor a signing secret is set, so opsbot could not tell who asks.",
    "Set `OPSBOT_SLACK_APP_TOKEN` (Socket Mode) or `OPSBOT_SLACK_SIGNING_SECRET` (HTTP): docs/slack.md.",
)
SLACK_LATER = Entry(
    "slack-later",
    "Slack does not do what was asked for now.",
    "An outage, a limit, or a rule of the workspace.",
    "Nothing, if it passes: what was certainly not sent is tried again for three days. `opsbot doctor` "
    "shows what waits.",
)
SLACK_AMBIGUOUS = Entry(
    "slack-ambiguous",
    "A message may or may not have been posted.",
    "The connection broke after it was sent and before Slack answered.",
    "Look into the channel. It is not repeated by itself, so that nothing is told twice.",
)
WEBHOOK_REFUSED = Entry(
    "webhook-refused",
    "A webhook was not let in.",
    "Its signature does not fit: the secrets differ, none is set, or somebody else sent it.",
    "Set the same secret at the tool and in `.env` (docs/operations.md). Without webhooks, changes arrive "
    "with the next sync.",
)
WEBHOOK_SECRET = Entry(
    "webhook-secret",
    "Webhooks of a source are refused, because there is no secret to know them by.",
    "None was set. Without webhooks everything works: changes arrive with the next sync.",
    "If changes should arrive within seconds, set the same secret at the tool and in `.env` "
    "(docs/operations.md).",
)
COMMAND_USAGE = Entry(
    "command-usage",
    "A command is not called as it can be.",
    "An option or argument is missing, misspelt, or does not go with another one.",
    "Add `--help` to see what the command takes: `opsbot judge --help`.",
)
COMMAND_UNKNOWN = Entry(
    "command-unknown",
    "A command names a thing that there is not: a product, rule, source, channel, item or finding.",
    "A misspelling, or it was not read yet.",
    "Take the name that the message proposes. What is open: `opsbot findings`. Newer data: `opsbot sync`, "
    "then `opsbot judge`.",
)
COMMAND_NOTHING = Entry(
    "command-nothing",
    "There is nothing that the command could do.",
    "The model names no source, no digest or no channel for it.",
    "Add it to the model: docs/model.md. `opsbot model check` says what the model has.",
)
INIT_EXISTS = Entry(
    "init-exists",
    "`opsbot init` would write over files that are there.",
    "The folder holds a model already. What people wrote is never overwritten.",
    "Name another folder: `opsbot init --from export.csv --out proposal`, and take over what is of use.",
)
COMMAND_BUSY = Entry(
    "command-busy",
    "`opsbot try` is at work in this folder already.",
    "Two of them at once would write over each other's files.",
    "Wait until the other has ended, or try it in another folder: `opsbot try waiver --folder other-demo`.",
)
SYSTEM = Entry(
    "system",
    "The operating system refuses something.",
    "A file is not there or not permitted, or the disk is full.",
    "Correct the path or the permission that the message names.",
)
INTERNAL = Entry(
    "internal",
    "A mistake of opsbot itself.",
    "Something happened that nobody foresaw.",
    "Run the command again with `--debug`, and report what it prints; the log has the line with the same "
    "reference. Nothing was half written: each step is one transaction.",
)

ENTRIES = (
    DATABASE_ADDRESS,
    DATABASE_DRIVER,
    DATABASE_UNUSABLE,
    DATABASE_SQLITE,
    DATABASE_FILLED,
    INSTALL_SHADOWED,
    CLOCK_STILL,
    SERVICE_ADDRESS,
    SLACK_TOKEN,
    SLACK_SCOPE,
    SLACK_CHANNEL,
    SLACK_MESSAGE,
    SLACK_COMMANDS,
    SLACK_LATER,
    SLACK_AMBIGUOUS,
    WEBHOOK_REFUSED,
    WEBHOOK_SECRET,
    COMMAND_USAGE,
    COMMAND_UNKNOWN,
    COMMAND_NOTHING,
    INIT_EXISTS,
    COMMAND_BUSY,
    SYSTEM,
    INTERNAL,
)
