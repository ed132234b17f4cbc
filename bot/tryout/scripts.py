"""The five scripts, to be read from top to bottom: a person who plays one sees the same."""

from datetime import UTC, datetime

from bot.tryout.steps import Broken, Clock, Command, Edit, Flag, Ledger, Script


def _tuesday(hour: int, minute: int = 0) -> datetime:
    """A moment of the story's Tuesday, in UTC; in Berlin it is one hour later."""
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


WAIVER = Script(
    name="waiver",
    shows="a waiver: refused to the wrong person, granted by the right one, and written down",
    steps=(
        Command(
            "BOOK-931 is nearly three weeks old and waits for the customs office. Bo asks that it may stay.",
            'waive BOOK-931 --reason "Waits for the customs office" --until 2026-12-11 --as bo',
            "Asking changes nothing yet. A waiver needs a reason, an end, and somebody who may grant it.",
        ),
        Command(
            "Bo tries to grant it himself.",
            "waivers approve 1 --as bo",
            "Refused: nobody decides about what they asked for.",
            code=2,
        ),
        Command(
            "Hana looks after another value stream.",
            "waivers approve 1 --as hana",
            "Refused too, with who may.",
            code=2,
        ),
        Command(
            "Ana owns the value stream the product belongs to.",
            "waivers approve 1 --as ana",
            "Granted. The finding still fails; until the waiver ends it is counted, and told nowhere.",
        ),
        Command(
            "Where is it now?",
            "findings --waived",
            "It has not vanished: it is listed with its waiver.",
        ),
        Command(
            "Does a new judgement keep it?",
            "judge",
            "It is counted as waived. Once the rule passes the finding resolves: a waiver hides no pass.",
        ),
        Ledger("Who did what, and why, is one row of the ledger for each act."),
    ),
    end="Take it back with: opsbot --in {folder} waivers revoke 1 --as ana --reason TEXT",
)

THRESHOLD = Script(
    name="threshold",
    shows="a threshold: what changing it would open and close, before it applies",
    steps=(
        Command(
            "The platform team wants to promise stories within 7 days, and to give reviews 5 days. What would"
            " that do? Nothing is written to find out.",
            'simulate --set "products.dev-platform.sle.story=7d at 85%"'
            " --set products.dev-platform.rules.flow-review-waiting.days=5",
            "For each value: what holds today and where it is written. For each finding: what its rule says"
            " now, and then. Last: who would be told.",
        ),
        Command(
            "A value that cannot be is refused as in a file.",
            "simulate --set products.dev-platfrom.tier=4",
            "What is wrong, what is allowed, and what was probably meant.",
            code=2,
        ),
        Edit(
            "products/dev-platform.yaml",
            "channel: prod-platform",
            "channel: prod-platform\nsle: {story: 7d at 85%}\nrules: {flow-review-waiting: {days: 5}}",
            "Now somebody writes it into the model.",
        ),
        Command(
            "And judges.",
            "judge",
            "One new, one resolved: what was foretold.",
        ),
        Command(
            "Is the new one the one that was named?",
            "findings --product dev-platform",
            "PLAT-645 has become too old by the new promise.",
        ),
    ),
    end="Change any value: opsbot --in {folder} simulate --set PATH=VALUE",
)

OUTAGE = Script(
    name="outage",
    shows="Jira broken: what needs it becomes unknown, and nothing is resolved by silence",
    needs_tools=True,
    steps=(
        Clock(_tuesday(9), "an hour goes by."),
        Broken("jira", 503, "Jira is under maintenance: it answers 503, and asks to wait an hour."),
        Command(
            "The sync meets it.",
            "sync jira github",
            "Jira failed and says why; GitHub was read as ever.",
            code=3,
        ),
        Clock(_tuesday(11), "two more hours go by. Jira is read every ten minutes, or should be."),
        Command(
            "GitHub still answers.",
            "sync github slack",
            "It was read as ever.",
        ),
        Command(
            "What can be said now?",
            "judge",
            "What stands on Jira is unknown, with the reason. Nothing of it was resolved: what was open stays"
            " open. Rules about pull requests go on.",
        ),
        Command(
            "Does anybody notice?",
            "findings --rule model-health-source-stale",
            "The source itself is a finding, and told at once.",
        ),
        Broken("jira", None, "Jira is back."),
        Command(
            "The next sync reads what happened meanwhile.",
            "sync jira",
            "It went on where it had stopped.",
        ),
        Command(
            "Judge again.",
            "judge",
            "Known again: the finding about the source is resolved, all else is judged by fresh data.",
        ),
    ),
    end="How old data may be is in the model: sources, every.",
)

FIX = Script(
    name="fix",
    shows="an item fixed in Jira: only the change is read, the finding resolves, the digest says so",
    needs_tools=True,
    lifted=Flag("PAY-664", _tuesday(9, 20), "gia", "The bank has confirmed the new reference format."),
    steps=(
        Command(
            "PAY-664 has been flagged for more than a week.",
            "findings --product billing",
            "It is the gravest thing open about billing.",
        ),
        Clock(_tuesday(10), "Gia takes the flag off PAY-664 in Jira, at 10:20 in Berlin."),
        Command(
            "Read the tools again.",
            "sync",
            "Of thousands of records only those that changed were asked for; Jira's last minutes are read"
            " twice, so that nothing is missed.",
        ),
        Command(
            "Judge what was read.",
            "judge",
            "One is resolved.",
        ),
        Command(
            "What will the channel be told?",
            "digest --dry-run prod-billing",
            "What got better is told too.",
        ),
    ),
    end="The item's whole story: opsbot --in {folder} explain PAY-664",
)

YOURS = Script(
    name="yours",
    shows="now yours: exports anybody can save, judged without an account, and a first model of them",
    exports=True,
    steps=(
        Clock(_tuesday(17), "the files are saved at the end of the day."),
        Command(
            "These files are what Jira and the gh command save for everybody. They are judged as they are.",
            "judge --from {folder}/exports",
            "Counts first, then what the rules find without knowing the organisation, and what they cannot"
            " know.",
        ),
        Command(
            "Which model would fit? It is proposed from the same files.",
            "init --from {folder}/exports --out {folder}/proposed",
            "Files with comments, what they cover in per cent, and questions only a person can answer.",
        ),
        Command(
            "With the proposal the rules about products and owners speak too.",
            "--model {folder}/proposed judge --from {folder}/exports",
            "Correct the files, answer the questions, and judge again.",
        ),
    ),
    end="With your own: in Jira search for issues, then Export > CSV (all fields); opsbot init --help has\n"
    "the line for GitHub. Then: opsbot judge --from FILE, and opsbot init --from FILE",
)

SCRIPTS = {script.name: script for script in (WAIVER, THRESHOLD, OUTAGE, FIX, YOURS)}
