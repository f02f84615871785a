"""How drf-spectacular makes the description of the interface. Plain values: the settings read them."""

SPECTACULAR_SETTINGS = {
    "TITLE": "Quorate",
    "DESCRIPTION": "Training, attendance and escalations of safeguarding partnerships, for other systems. "
    "The guide with the commonest jobs is docs/api.md.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SERVE_INCLUDE_SCHEMA": False,
    "SORT_OPERATIONS": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums", "api.schema.with_headers",
    ],
    "ENUM_NAME_OVERRIDES": {
        "MeetingKindEnum": "conferences.choices.MeetingKind",
        "MissedKindEnum": "conferences.choices.MissedKind",
        "MeetingStateEnum": "conferences.choices.MeetingState",
        "CaseStateEnum": "escalation.choices.STATES",
    },
}
