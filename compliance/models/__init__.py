"""What the floor of figures keeps: targets, and spreadsheets that were sent."""

from compliance.models.targets import Target
from compliance.models.uploads import (
    WAITING,
    WORKING,
    Upload,
    UploadKind,
    UploadQuerySet,
    UploadState,
)

__all__ = [
    "WAITING",
    "WORKING",
    "Target",
    "Upload",
    "UploadKind",
    "UploadQuerySet",
    "UploadState",
]
