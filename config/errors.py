"""The table of errors: what each means, why it happens, and what a person does about it.

Every floor has such a table, this one for the operating model and the settings. A message ends with the
name of its entry in brackets; `opsbot errors NAME` and docs/errors.md tell the rest.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of error."""

    name: str  # model-unknown-key: the family first
    means: str
    cause: str
    cure: str

    def __str__(self) -> str:
        return f"[{self.name}]"


MODEL_ABSENT = Entry(
    "model-absent",
    "There is no operating model where opsbot looks for one.",
    "The command ran in another folder, or nobody has written a model yet.",
    "Name it with `--model`, or `OPSBOT_MODEL`. To begin one: `opsbot init`, or from an export with "
    "`opsbot init --from export.csv`.",
)
MODEL_FILE = Entry(
    "model-file",
    "A file or folder of the model has the wrong name, place or form.",
    "In a model of several files, a folder is a section, a file name is an id, and all files end in .yaml.",
    "Rename or move it as the message says. `config/example/larkfield` shows a whole model.",
)
MODEL_YAML = Entry(
    "model-yaml",
    "A file of the model is not the YAML that opsbot reads.",
    "A wrong indent, a quote that does not close, the same key twice, a tab, an anchor or a tag; or the "
    "file is no UTF-8 text, or too large.",
    "Correct the line that the message names. Texts with `: ` or `#` in them need quotes. Anchors and "
    "tags are not read: `defaults` are there to say a thing once.",
)
MODEL_UNKNOWN_KEY = Entry(
    "model-unknown-key",
    "The model says a key that does not exist.",
    "A misspelling, or a key in the wrong section.",
    "Take the key that the message proposes, or look into docs/model.md. With the JSON Schema an editor "
    "completes keys.",
)
MODEL_MISSING_KEY = Entry(
    "model-missing-key",
    "An entry of the model lacks a key that it cannot be without.",
    "The entry was begun and not finished.",
    "Add the key that the message names; docs/model.md marks those that are required.",
)
MODEL_VALUE = Entry(
    "model-value",
    "A value of the model is not of the kind that its key takes.",
    "A text where a number or a list is expected, a word that is not among the choices, a duration or day "
    "in another form.",
    "Write one of the values that the message allows: `2bd` for two business days, `2026-12-24` for a day.",
)
MODEL_SECRET = Entry(
    "model-secret",
    "The model seems to hold a token or a password.",
    "Secrets never stand in the model: it is shared, and kept under version control.",
    "Take it out, set it in the environment or in `.env` as the message says, and replace the secret at "
    "its tool: it may have been seen.",
)
MODEL_UNKNOWN_NAME = Entry(
    "model-unknown-name",
    "The model points at a person, team, calendar, stage or other entry that it does not have.",
    "A misspelling, or the entry was renamed or never written.",
    "Write the name as it stands in its own section, or add the entry there. A person stands once under "
    "`people`.",
)
MODEL_ID = Entry(
    "model-id",
    "An id of the model has a form that ids cannot have.",
    "Ids are lower-case letters, digits and single hyphens, because they stand in file names, labels and "
    "commands.",
    "Write it as the message proposes: `Booking Portal` becomes `booking-portal`; its name goes into `name`.",
)
MODEL_TWICE = Entry(
    "model-twice",
    "Something stands twice in the model that one alone may have.",
    "Two files or entries with one id, two people with one account, or one status in two states.",
    "Keep one of the two places that the message names.",
)
MODEL_CIRCLE = Entry(
    "model-circle",
    "Entries of the model refer to each other in a circle.",
    "A calendar extends one that extends it, or an objective is its own parent.",
    "Leave one of the references out.",
)
MODEL_MISPLACED = Entry(
    "model-misplaced",
    "The model says something in a place where it has no effect.",
    "`rules` stand inside `defaults`, a value stream's `defaults` or a product; a product manager is "
    "`owner`; the id is the file's name.",
    "Move it to the place that the message names.",
)
MODEL_CHANGE = Entry(
    "model-change",
    "A change given with `--set` cannot be laid over the model.",
    "It is not PATH=VALUE, or the path leads to nothing that the model has.",
    "Write it as a dotted path: `opsbot simulate --set products.booking-portal.tier=2`. Where a value "
    "stands: `opsbot explain products.booking-portal.tier`.",
)
SETTINGS_UNKNOWN = Entry(
    "settings-unknown",
    "A variable that begins with OPSBOT_ is not known.",
    "A misspelling, or a setting of another version.",
    "Correct or remove it; docs/settings.md lists all. The id of a source is written in capitals, with "
    "`_` for `-`.",
)
SETTINGS_VALUE = Entry(
    "settings-value",
    "A setting has a value that cannot be used.",
    "It has another form than the setting takes. The value itself is not shown: it may be a secret.",
    "Write it as the message allows.",
)
SETTINGS_FILE = Entry(
    "settings-file",
    "A file with settings or a secret cannot be used.",
    "`.env` is no text of lines NAME=value, a `…_FILE` variable names no readable file, or a secret is "
    "given twice.",
    "Check the path and its permissions, and keep one of the two.",
)

ENTRIES = (
    MODEL_ABSENT,
    MODEL_FILE,
    MODEL_YAML,
    MODEL_UNKNOWN_KEY,
    MODEL_MISSING_KEY,
    MODEL_VALUE,
    MODEL_SECRET,
    MODEL_UNKNOWN_NAME,
    MODEL_ID,
    MODEL_TWICE,
    MODEL_CIRCLE,
    MODEL_MISPLACED,
    MODEL_CHANGE,
    SETTINGS_UNKNOWN,
    SETTINGS_VALUE,
    SETTINGS_FILE,
)
