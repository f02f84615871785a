"""manage.py begin --partnership BF --name "Bracknell Forest" --manager EMAIL --manager-name NAME"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from compliance.folder import PartnershipRefused, open_partnership
from partnership.actions import give_access
from partnership.models import Partnership, User, today
from partnership.roles import Role


class Command(BaseCommand):
    help = (
        "Make a partnership in an empty installation, with the default rules and bank holidays, and "
        "its first manager, who gets an invitation by mail. Running it twice changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--partnership", required=True, metavar="CODE", help="Such as BF.")
        parser.add_argument("--name", default="", help="The name of a new partnership.")
        parser.add_argument("--manager", required=True, metavar="EMAIL", help="Their work e-mail.")
        parser.add_argument("--manager-name", required=True, metavar="NAME")

    def handle(self, *args, **options) -> None:
        email, name = options["manager"].strip(), options["manager_name"].strip()
        try:
            validate_email(email)
            with transaction.atomic():
                where = open_partnership(None, options["partnership"], options["name"])
                new = appoint(where, email, name)
        except PartnershipRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from error
        self.stdout.write(f"{where.name} ({where.code}) is there, with its rules and bank holidays.")
        self.stdout.write(told(email, name, new))


def appoint(partnership: Partnership, email: str, name: str) -> bool:
    """The manager's role, from today on; False where the person has it already."""
    user = User.objects.filter(email__iexact=email).first()
    role = {"role": Role.PARTNERSHIP_MANAGER, "partnership": partnership}
    if user and user.grants.in_force(today()).filter(**role).exists():
        return False
    give_access(by=None, email=email, name=name, from_on=today(), **role)
    return True


def told(email: str, name: str, new: bool) -> str:
    if not new:
        return f"{email} manages it already: nothing was changed."
    return f"{name} manages it. The worker sends the invitation to {email}."
