"""Pictures that stand in for takes where another account makes what begins or ends on these."""

from generations import grabbing, preflight, publishing
from generations.models import Account, Generation, Still
from generations.orders import Frame, Order
from generations.parts import is_continued
from generations.refusal import Refused


def stand_ins(generation: Generation, target: Account, order: Order) -> dict[str, Still]:
    """Return the stills that stand in for takes which the other account can't be told of.

    Raises Refused where a frame can't be brought there, and then leaves none.
    """
    stills: dict[str, Still] = {}
    try:
        _add_stills(stills, generation, target, order)
    except Refused:
        grabbing.leave_none(stills.values())
        raise
    return stills


def _add_stills(
    stills: dict[str, Still], generation: Generation, target: Account, order: Order
) -> None:
    for keyframe in generation.keyframes.all():
        source = keyframe.source
        if source and is_continued(order, source, target, keyframe.position):
            continue
        if obstacle := publishing.obstacle(target):
            raise Refused({keyframe.position: obstacle})
        if source is None:
            continue
        if not grabbing.has_frames(source):
            raise Refused({keyframe.position: f"The file of {source} isn't here yet."})
        frame, ratio = Frame(source=source), generation.prompt.ratio
        if problem := preflight.frame_problem(frame, ratio, target):
            raise Refused({keyframe.position: problem})
        which = grabbing.stand_in(keyframe.position)
        try:
            stills[keyframe.position] = grabbing.grab(source, which, generation.author)
        except grabbing.NoFrame as error:
            raise Refused({keyframe.position: str(error)}) from error
