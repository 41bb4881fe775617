"""`manage.py up`: everything on one machine, until Ctrl-C."""

import gc
import io
import logging
import os
import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from generations.models import Heartbeat
from studio import provider_accounts
from studio.demo import rendering, takes, team
from studio.migrating import bring_up_to_date
from studio.running import children, ports
from studio.running.alone import AlreadyRunning, alone_in
from studio.running.first_demo import STILL_RENDERING, FirstDemo
from studio.running.leftovers import Roll, StillRunning
from studio.running.supervisor import Ended, Supervisor


class Command(BaseCommand):
    help = "Runs web, worker, broker and simulator on this machine until Ctrl-C."
    requires_system_checks: list[str] = []  # they would load the whole site

    def handle(self, *args: Any, **options: Any) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(line_buffering=True)  # what is said is seen, in a log file too
        if not os.environ.get("LOG_LEVEL"):
            logging.getLogger().setLevel(logging.WARNING)  # as the children have it
        for number in (signal.SIGTERM, signal.SIGHUP):  # until the supervisor takes them over
            signal.signal(number, signal.default_int_handler)
        plan = children.Plan.from_settings()
        roll = Roll(Path(settings.DATA_DIR) / "up.json")
        try:
            with alone_in(settings.DATA_DIR):
                ended = roll.end_leftovers()
                for name in ended:
                    self.stdout.write(f"Ended {name}, left over from an earlier start.")
                rendering.remove_leftovers()
                # Their own children go a moment later, and may hold a port until then.
                _claim_ports(plan, patience_s=3.0 if ended else 0)
                with Supervisor(roll) as supervisor:
                    status = self._run(supervisor, plan)
                Heartbeat.silence("sweep")
        except (AlreadyRunning, StillRunning, ports.PortTaken) as refusal:
            raise CommandError(str(refusal)) from refusal
        except Ended as early:
            status = early.status  # while it was being prepared
        except KeyboardInterrupt:
            status = 0  # before that
        raise SystemExit(status)

    def _run(self, supervisor: Supervisor, plan: children.Plan) -> int:
        demo = FirstDemo(supervisor, wait_s=float(os.environ.get("DEMO_WAIT_S") or 45))
        if _wants_demo() and team.is_first():
            self.stdout.write("The first start: tables are made, and the demo's takes rendered.")
            demo.begin(plan)
        unfinished = supervisor.work_off(self._prepare)
        for child in children.children(plan):
            supervisor.start(child)
        if unfinished:
            demo.go_on(plan)
        return supervisor.run(
            ready=lambda: demo.is_shown(ready=lambda: _is_swept() and _is_ready(plan)),
            announce=lambda: self._announce(plan, demo),
        )

    def _prepare(self) -> bool:
        """Bring the database up to date; tell whether demo takes have yet to be kept.

        Those are on the board before anybody can look at it.
        """
        bring_up_to_date()
        Heartbeat.silence("sweep")  # of a run that was killed: readiness is this one's
        team.make()
        takes.take_key_away()
        provider_accounts.sync_all()
        unfinished = _wants_demo() and bool(takes.begin())
        connections.close_all()  # the children have their own
        gc.collect()
        gc.freeze()  # else the end looks through all of it once more, for most of a second
        return unfinished

    def _announce(self, plan: children.Plan, demo: FirstDemo) -> None:
        sign_in = team.sign_in()
        connections.close_all()
        # Served over TLS, its own address only redirects there.
        url = settings.PUBLIC_URL if settings.SECURE and settings.PUBLIC_URL else plan.url
        self.stdout.write(f"\n  Dailies is at {self.style.SUCCESS(url)}\n")
        if sign_in:
            self.stdout.write(f"  Sign in as {sign_in[0]} with the password {sign_in[1]}\n")
        if demo.is_awaited():
            self.stdout.write(f"  {STILL_RENDERING}\n")
        engine = (
            "Luma renders, and charges"
            if provider_accounts.has_real_key()
            else "the simulator renders"
        )
        self.stdout.write(f"  Ctrl-C stops it; {engine}.\n\n")


def _wants_demo() -> bool:
    return os.environ.get("DEMO_TAKES", "1") != "0"


def _claim_ports(plan: children.Plan, patience_s: float) -> None:
    ports.claim("PORT", plan.host, plan.port, patience_s)
    if plan.simulator:
        ports.claim("SIMULATOR_PORT", "127.0.0.1", plan.simulator_port, patience_s)


def _is_swept() -> bool:
    """Tell whether the worker has swept: before that, /readyz only says no (and logs it)."""
    return Heartbeat.objects.exists()


def _is_ready(plan: children.Plan) -> bool:
    request = urllib.request.Request(f"{plan.url}/readyz")  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
