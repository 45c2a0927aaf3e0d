"""Field types and constraints of request bodies."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

Email = Annotated[
    str,
    Meta(
        description="254 bytes at most.",
        examples=["ann@example.com"],
        extra_json_schema={"format": "email"},
    ),
]
Secret = Annotated[str, Meta(examples=["Correct-Horse-1"])]
NewSecret = Annotated[
    str,
    Meta(
        description="8 to 128 characters, with upper-case, lower-case and a digit by default, "
        "and in production none that is common.",
        examples=["Correct-Horse-1"],
        extra_json_schema={"minLength": 8, "maxLength": 128},
    ),
]
Name = Annotated[str, Meta(description="1 to 100 characters; plain text.", examples=["Ann Lee"])]
Timestamp = Annotated[datetime, Meta(tz=True, examples=["2026-11-22T20:33:39.123456Z"])]
Bio = Annotated[
    str,
    Meta(
        description="HTML of 2,000 characters at most: p, br, strong, em, ul, ol, li and a with "
        "an http, https or mailto link. Anything else is taken out.",
        examples=["I grow <em>sunflowers</em>."],
    ),
]
Website = Annotated[
    str,
    Meta(
        description="An http or https URL of 2,048 bytes at most, on a public host.",
        examples=["https://ann.example/"],
    ),
]
Cursor = Annotated[str, Meta(examples=["AZrPn3lRcbq2..."])]
RefreshSecret = Annotated[str, Meta(examples=["qNpDmsYEm6mS3i8ZUuKTDvq0kqTzCOdaQBYp2pVqNJk"])]
