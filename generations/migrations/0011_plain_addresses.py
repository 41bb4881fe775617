"""One spelling for each account's address, so that those with the same key share its limits."""

from urllib.parse import urlsplit, urlunsplit

from django.db import migrations

_LUMAS_OWN = "https://api.lumalabs.ai/dream-machine/v1"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def _plain(url):
    """As generations.addresses.plain was when this was written."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url
    if not host or "@" in parts.netloc:
        return url
    name = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        name = f"{name}:{port}"
    return urlunsplit((parts.scheme, name, parts.path, parts.query, parts.fragment)).rstrip("/")


def _spell(apps, schema_editor):
    """Nothing is joined or removed: two of a team's accounts may turn out to share a key."""
    accounts = apps.get_model("generations", "Account").objects
    for account in accounts.exclude(base_url="").only("base_url", "provider"):
        plain = _plain(account.base_url)
        if account.provider == "luma" and plain == _LUMAS_OWN:
            plain = ""
        if plain != account.base_url:
            accounts.filter(pk=account.pk).update(base_url=plain)


class Migration(migrations.Migration):
    dependencies = [("generations", "0010_managed_accounts")]
    operations = [migrations.RunPython(_spell, migrations.RunPython.noop)]
