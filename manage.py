#!/usr/bin/env python
"""The way in from the command line; a database that is not there is answered with a sentence."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsdesk.settings")
    try:
        from django.core.management import execute_from_command_line
        from django.db import InterfaceError, OperationalError
    except ModuleNotFoundError as missing:
        sys.exit(f"Python の部品 {missing.name} が入っていません。make run が必要なものを .venv に入れます。")
    try:
        execute_from_command_line(sys.argv)
    except (OperationalError, InterfaceError) as error:
        from opsdesk.outage import sentence

        sys.exit(sentence(error))


if __name__ == "__main__":
    main()
