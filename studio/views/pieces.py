"""Titles and sounds of a sequence: each verb saves one small change, or says why not."""

from studio import pieces
from studio.views.cutting import verb

add_title = verb(pieces.add_title)
change_title = verb(pieces.change_title)
add_card = verb(pieces.add_card)
change_card = verb(pieces.change_card)
add_sound = verb(pieces.add_sound)
change_sound = verb(pieces.change_sound)
shift = verb(pieces.shift)
reach = verb(pieces.reach)
remove = verb(pieces.remove)
duck = verb(pieces.duck)
