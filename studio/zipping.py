"""Many takes as one ZIP, written while it is sent.

Videos and pictures are packed already, so they are only stored: the length is known beforehand,
a browser shows how far it is, and no take is ever held in memory whole.
"""

from collections.abc import Mapping, Sequence

from zipstream import ZipStream

from generations.models import Asset, Generation
from studio.naming import file_name

_MISSING = "These takes are missing here, for their files are gone from the server:\n\n{}\n"
_KINDS = (Asset.Kind.VIDEO, Asset.Kind.IMAGE)


def zip_of(takes: Sequence[Generation]) -> ZipStream:
    """Return a ZIP of what plays of each take: its best version, or its own file without one here.

    What isn't on the disk any more is named in a text file inside.
    """
    found = ZipStream(sized=True)
    files = _files_of(takes)
    missing = []
    for take in takes:
        asset = _first_there(files, take.best_version_id, take.pk)
        name = file_name(take)
        if asset:
            found.add_path(asset.file, f"{name}{asset.file.suffix}")
        else:
            missing.append(name)
    if missing:
        found.add(_MISSING.format("\n".join(missing)), "missing.txt")
    return found


def _first_there(files: Mapping[int, Asset], *generations: int | None) -> Asset | None:
    """Return the file of the first of some generations whose file is on the disk."""
    found = (files.get(pk) for pk in generations if pk)
    return next((asset for asset in found if asset and asset.file.is_file()), None)


def _files_of(takes: Sequence[Generation]) -> dict[int, Asset]:
    """Return the files of takes and of their best versions, by the ids of these."""
    shown = {pk for take in takes for pk in (take.pk, take.best_version_id)}
    kept = Asset.objects.filter(
        generation__in=shown - {None}, kind__in=_KINDS, state=Asset.State.STORED
    ).order_by("kind")
    return {asset.generation_id: asset for asset in kept}
