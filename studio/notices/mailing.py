"""Mailing notices: at once, those of a moment together, or once a day."""

import logging
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from studio.models import Notice, NoticeRules, User

log = logging.getLogger(__name__)

# Four takes that are finished one after the other make one mail.
_TOGETHER = timedelta(seconds=30)
_DIGEST_HOUR = 8  # UTC
_MOST_LINES = 50


def mail_due(now: datetime | None = None) -> int:
    """Write to everybody who is to be written to now; return how many mails were handed over."""
    now = now or timezone.now()
    unmailed = Notice.objects.filter(user=OuterRef("user"), mailed_at=None)
    rules = NoticeRules.objects.filter(Exists(unmailed), user__is_active=True)
    wanted = rules.exclude(mail=NoticeRules.Mail.NEVER).select_related("user")
    return sum(_write(each, now) for each in wanted if _is_time(each, now))


def set_rules(user: User, mail: NoticeRules.Mail, kinds: list[str]) -> None:
    """Tell a person so from now on; what was there before goes into no mail."""
    facts = {"mail": mail, "kinds": kinds}
    NoticeRules.objects.update_or_create(user=user, defaults=facts)
    Notice.objects.filter(user=user, mailed_at=None).update(mailed_at=timezone.now())


def _is_time(rules: NoticeRules, now: datetime) -> bool:
    new = Notice.objects.filter(user=rules.user_id, mailed_at=None)
    if rules.mail == NoticeRules.Mail.DAILY:
        hour = _last_digest_hour(now)
        is_first = rules.digest_on is None or rules.digest_on < hour.date()
        return is_first and new.filter(created_at__lt=hour).exists()
    newest = new.order_by("-pk").first()
    return newest is not None and newest.created_at <= now - _TOGETHER


def _last_digest_hour(now: datetime) -> datetime:
    """Return when digests were due last: what comes after that waits for the next."""
    today = now.astimezone(UTC).replace(hour=_DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)


def _write(rules: NoticeRules, now: datetime) -> bool:
    """Write one mail of all that is new; False where there was nothing, or no mail server.

    What goes into it is claimed before it is sent: two workers don't write it twice. If the mail
    can't be handed over, it is tried again; if the worker dies just then, the page still has it.
    """
    ids = _claim(rules, now)
    wanted = Notice.objects.of(rules.user).filter(pk__in=ids, kind__in=rules.kinds)
    related = ("generation", "bakeoff", "team", "project")
    shown = list(wanted.select_related(*related).order_by("pk"))
    if not shown:
        return False
    try:
        _mail(rules, shown).send()
    except (OSError, SMTPException) as error:
        log.warning("user=%s: the mail can't be sent: %s", rules.user_id, type(error).__name__)
        Notice.objects.filter(pk__in=ids).update(mailed_at=None)
        NoticeRules.objects.filter(pk=rules.pk).update(digest_on=rules.digest_on)
        return False
    log.info("user=%s: %s notices went into a mail", rules.user_id, len(shown))
    return True


@transaction.atomic
def _claim(rules: NoticeRules, now: datetime) -> list[int]:
    """Return the ids of what nobody has put into a mail, and is in this one now."""
    NoticeRules.objects.select_for_update().get(pk=rules.pk)
    new = Notice.objects.filter(user=rules.user_id, mailed_at=None)
    ids = list(new.values_list("pk", flat=True))
    Notice.objects.filter(pk__in=ids).update(mailed_at=now)
    digest_on = _last_digest_hour(now).date()
    NoticeRules.objects.filter(pk=rules.pk).update(digest_on=digest_on)
    return ids


def _mail(rules: NoticeRules, notices: list[Notice]) -> EmailMessage:
    few = notices[:_MOST_LINES]
    lines = [f"{each.words}\n{_absolute(each.path)}\n" for each in few]
    if len(notices) > len(few):
        lines.append(f"And {len(notices) - len(few)} more.\n")
    here = _absolute(reverse("notices"))
    lines.append(f"Choose what you are told, and when: {here}\n")
    subject = notices[0].words if len(notices) == 1 else f"Dailies: {len(notices)} things happened"
    return EmailMessage(
        " ".join(subject.split())[:120],
        "\n".join(lines),
        to=[rules.user.email],
        headers={"List-Unsubscribe": f"<{here}>", "Auto-Submitted": "auto-generated"},
    )


def _absolute(path: str) -> str:
    return (settings.PUBLIC_URL or settings.LOCAL_URL) + path
