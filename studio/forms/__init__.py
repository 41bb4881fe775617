"""What people fill in."""

from studio.forms.composer import ComposerForm
from studio.forms.made import MadeForm
from studio.forms.project import ProjectForm
from studio.forms.team import TeamForm

__all__ = ["ComposerForm", "MadeForm", "ProjectForm", "TeamForm"]
