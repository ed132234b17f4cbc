"""What to do next: commands to copy, of the demo or of an installation of one's own."""

import shlex
from pathlib import Path

from bot.page.views import Step
from bot.tryout.scripts import SCRIPTS

EXAMPLE = "Larkfield Logistics"
"""The fictional company of the demo; nobody else is called that."""
DEMO_FOLDER = Path("opsbot-demo")


def steps(company: str, folder: Path, opsbot: str) -> tuple[str, tuple[Step, ...]]:
    """The heading and the commands. `folder` is where model and database are, `opsbot` how it is called."""
    if company == EXAMPLE:
        where = "" if folder == DEMO_FOLDER else f" --folder {shlex.quote(str(folder))}"
        name = opsbot.partition(" --in ")[0]
        tries = (Step(f"{name} try {s.name}{where}", s.shows) for s in SCRIPTS.values())
        return "Five things to try", tuple(tries)
    return "What to do next", (
        Step(f"{opsbot} findings", "everything that is open, gravest first"),
        Step(f"{opsbot} model check", "whether the operating model can be read, with file and line"),
        Step(f"{opsbot} doctor", "whether each tool answers, and what it lets opsbot see"),
        Step(f"{opsbot} digest --dry-run", "what each channel would be told now"),
    )
