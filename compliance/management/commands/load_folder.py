"""manage.py load_folder FOLDER --partnership BF --name "Bracknell Forest" """

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance.folder import FILES, FolderRefused, PartnershipRefused, load_folder


class Command(BaseCommand):
    help = (
        f"Load a folder of spreadsheets ({', '.join(FILES)}) into a partnership: all of it or "
        "nothing. Loading it twice changes nothing. Notes of meetings are not kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="The folder that holds the files.")
        parser.add_argument(
            "--partnership", required=True, metavar="CODE", help="Its code; made when it is new."
        )
        parser.add_argument("--name", default="", help="The name of a new partnership.")

    def handle(self, *args, folder: Path, partnership: str, name: str, **options) -> None:
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.", returncode=2)
        try:
            loaded = load_folder(folder, code=partnership, name=name, on=timezone.localdate())
        except PartnershipRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        except FolderRefused as refusal:
            for row in refusal.refused:
                self.stderr.write(str(row))
            raise CommandError(
                f"Nothing was loaded: {len(refusal.refused)} to mend, listed above."
            ) from refusal
        for line in loaded.lines():
            self.stdout.write(line)
