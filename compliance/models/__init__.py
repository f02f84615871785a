"""What the floor of figures keeps: targets, uploads, the board’s actions, what was typed, what was issued."""

from compliance.models.issued import (
    IssuedPrint,
    IssuedReport,
    ReportKind,
    ReportState,
    SignOff,
    kind_of,
)
from compliance.models.logged import (
    Action,
    ActionReminder,
    ActionReminderKind,
    ActionSource,
    ActionState,
    ActionStep,
    StepKind,
)
from compliance.models.packs import Pack, PackForm, PackPiece, PackState
from compliance.models.published import FamilyState, PublishedCard, PublishedFamily
from compliance.models.returns import (
    MADE,
    MISSING,
    AgencyReturn,
    EndedHow,
    NilReason,
    ReminderStep,
    ReturnReminder,
    ReturnRound,
    ReturnSignOff,
    ReturnState,
)
from compliance.models.targets import Target
from compliance.models.typed import TypedCount
from compliance.models.uploads import (
    WAITING,
    WORKING,
    Upload,
    UploadKind,
    UploadQuerySet,
    UploadState,
)

__all__ = [
    "MADE",
    "MISSING",
    "WAITING",
    "WORKING",
    "Action",
    "ActionReminder",
    "ActionReminderKind",
    "ActionSource",
    "ActionState",
    "ActionStep",
    "AgencyReturn",
    "EndedHow",
    "FamilyState",
    "IssuedPrint",
    "IssuedReport",
    "NilReason",
    "Pack",
    "PackForm",
    "PackPiece",
    "PackState",
    "PublishedCard",
    "PublishedFamily",
    "ReminderStep",
    "ReportKind",
    "ReportState",
    "ReturnReminder",
    "ReturnRound",
    "ReturnSignOff",
    "ReturnState",
    "SignOff",
    "StepKind",
    "Target",
    "TypedCount",
    "Upload",
    "UploadKind",
    "UploadQuerySet",
    "UploadState",
    "kind_of",
]
