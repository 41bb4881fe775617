"""Many takes as one ZIP, written while it is sent.

Videos and pictures are packed already, so they are only stored: the length is known beforehand,
a browser shows how far it is, and no take is ever held in memory whole.
"""

from collections.abc import Sequence

from zipstream import ZipStream

from generations.models import Asset, Generation
from studio.naming import file_name

_MISSING = "These takes are missing here, for their files are gone from the server:\n\n{}\n"
_KINDS = (Asset.Kind.VIDEO, Asset.Kind.IMAGE)


def zip_of(takes: Sequence[Generation]) -> ZipStream:
    """Return a ZIP of what plays of each take, its best version or its own file.

    What isn't on the disk any more is named in a text file inside.
    """
    found = ZipStream(sized=True)
    files = _files_of(takes)
    missing = []
    for take in takes:
        asset = files.get(take.best_version_id or take.pk)
        name = file_name(take)
        if asset and asset.file.is_file():
            found.add_path(asset.file, f"{name}{asset.file.suffix}")
        else:
            missing.append(name)
    if missing:
        found.add(_MISSING.format("\n".join(missing)), "missing.txt")
    return found


def _files_of(takes: Sequence[Generation]) -> dict[int, Asset]:
    shown = [take.best_version_id or take.pk for take in takes]
    kept = Asset.objects.filter(
        generation__in=shown, kind__in=_KINDS, state=Asset.State.STORED
    ).order_by("kind")
    return {asset.generation_id: asset for asset in kept}
