"""Writes what is generated in docs/; with --check writes nothing and says which pages are stale.

Pictures are made by `make pictures`: the demo is played for them.
"""

import argparse
import sys
from pathlib import Path

from errorpage import errors_page
from modelpage import model_page
from modelschema import schema_page
from reference import commands_page, settings_page
from rulebook import facts_page, rules_page

HERE = Path(__file__).parent
PAGES = {
    "rules.md": rules_page,
    "facts.md": facts_page,
    "settings.md": settings_page,
    "commands.md": commands_page,
    "errors.md": errors_page,
    "model.md": model_page,
    "operating-model.schema.json": schema_page,
}


def main() -> int:
    """Write or check every page; 1 where a page is stale."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is stale")
    check = arguments.parse_args().check
    stale = []
    for name, page in PAGES.items():
        path, text = HERE / name, page()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"docs/{name} is stale; run: make docs" if check else f"docs/{name}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
