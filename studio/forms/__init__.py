"""What people fill in."""

from studio.forms.account import AccountForm, AnotherKeyForm, FactorForm, FallbackForm, LimitsForm
from studio.forms.approval import ApproveForm, DeclineForm
from studio.forms.composer import ComposerForm
from studio.forms.made import MadeForm
from studio.forms.own_price import OwnPriceForm
from studio.forms.project import ProjectForm
from studio.forms.spending import ApprovalForm, BudgetForm
from studio.forms.team import TeamForm

__all__ = [
    "AccountForm",
    "AnotherKeyForm",
    "ApprovalForm",
    "ApproveForm",
    "BudgetForm",
    "ComposerForm",
    "DeclineForm",
    "FactorForm",
    "FallbackForm",
    "LimitsForm",
    "MadeForm",
    "OwnPriceForm",
    "ProjectForm",
    "TeamForm",
]
