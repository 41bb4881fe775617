"""Seal the secrets of authenticator apps and recovery codes, which were kept in the clear."""

from collections.abc import Callable
from typing import Any

from django.db import migrations


def _change(apps: Any, change: Callable[[str], str]) -> None:
    for each in apps.get_model("mfa", "Authenticator").objects.exclude(type="webauthn"):
        for name in ("secret", "seed"):
            if name in each.data:
                each.data[name] = change(each.data[name])
        if "migrated_codes" in each.data:
            each.data["migrated_codes"] = [change(code) for code in each.data["migrated_codes"]]
        each.save(update_fields=["data"])


def _seal(apps: Any, schema_editor: Any) -> None:
    from generations.sealing import seal

    _change(apps, seal)


def _unseal(apps: Any, schema_editor: Any) -> None:
    from generations.sealing import unseal

    _change(apps, unseal)


class Migration(migrations.Migration):
    dependencies = [
        ("mfa", "0003_authenticator_type_uniq"),
        ("studio", "0021_shares"),
    ]

    operations = [migrations.RunPython(_seal, _unseal)]
