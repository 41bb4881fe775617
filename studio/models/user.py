"""A person, who signs in with an email address."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    """Makes people by email address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person. Raises ValueError without an email address."""
        if not email:
            raise ValueError("A person needs an email address.")
        # In small letters, as allauth looks for them when somebody signs in.
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def at(self, address: str) -> "User | None":
        """Return the person of an address, however its letters are written."""
        address = address.strip()
        # SQLite folds letters of ASCII alone, and people are kept in small ones.
        return self.filter(Q(email=address.lower()) | Q(email__iexact=address)).first()

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the person of an address, as above. Raises User.DoesNotExist."""
        found = self.at(username or "")
        if found is None:
            raise self.model.DoesNotExist
        return found

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person who may administer the installation."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person. The email address is the name to sign in with; there is no username."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80, blank=True)
    # Up to when the person has seen on Home what failed.
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The newest notice that the person has said they have seen.
    notice_seen = models.PositiveBigIntegerField(default=0, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def look(self, until: datetime) -> None:
        """Remember that the person has seen what failed until a moment; never one earlier."""
        earlier = Q(looked_at=None) | Q(looked_at__lt=until)
        type(self).objects.filter(earlier, pk=self.pk).update(looked_at=until)

    def see_notices(self, until: int) -> None:
        """Remember that the person has seen their notices up to one; never one earlier."""
        mine = type(self).objects.filter(pk=self.pk, notice_seen__lt=until)
        mine.update(notice_seen=until)

    def get_full_name(self) -> str:
        """Return the name to show."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the first word of the name to show."""
        return str(self).split("@")[0].split()[0]

    @property
    def initials(self) -> str:
        """Two letters for the person's round mark."""
        words = (self.name or self.email.split("@")[0]).replace(".", " ").split()
        return "".join(word[0] for word in words[:2]).upper()
