"""What can be said of the unit files without booting them (tests/nspawn boots them)."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import DEADLINE, ROOT

UNITS = ROOT / "systemd"


def rendered(folder):
    """The units as they are installed below /usr."""
    places = {"WMPF_DOCDIR": "/usr/share/doc", "WMPF_BINDIR": "/usr/bin", "WMPF_LIBEXECDIR": "/usr/libexec", "WMPF_SYSCONFDIR": "/etc"}
    for source in UNITS.glob("*.in"):
        text = re.sub(r"@(\w+)@", lambda found: places[found[1]], source.read_text())
        (folder / source.stem).write_text(text)


@unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
class Exposure(unittest.TestCase):
    def exposure(self, folder, unit, threshold):
        return subprocess.run(["systemd-analyze", "security", "--offline=true", f"--threshold={threshold}",
                               str(folder / unit)], capture_output=True, text=True, timeout=DEADLINE)

    def test_two_or_better_for_each_unit_and_for_the_example_of_a_board(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            rendered(folder)
            for unit in ("wmpf-voipd.service", "wmpf-voip-service.service"):
                done = self.exposure(folder, unit, 20)
                self.assertEqual(done.returncode, 0, done.stdout)
            with open(folder / "wmpf-voipd.service", "a") as unit:   # as a drop-in is read: after the unit
                unit.write((UNITS / "examples/board.conf").read_text())
            done = self.exposure(folder, "wmpf-voipd.service", 20)
            self.assertEqual(done.returncode, 0, done.stdout)
            # The measure measures: without its sandbox the same unit is far above.
            bare = [line for line in (folder / "wmpf-voipd.service").read_text().splitlines()
                    if not re.match(r"Protect|Restrict|SystemCall|Capability|Private|NoNew", line)]
            (folder / "wmpf-voipd.service").write_text("\n".join(bare))
            self.assertNotEqual(self.exposure(folder, "wmpf-voipd.service", 20).returncode, 0)


class RestartDelay(unittest.TestCase):
    """The script alone; `sleep` is replaced by one that only says for how long."""

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.scratch.name)
        sleeper = self.folder / "sleep"
        sleeper.write_text("#!/bin/sh\necho slept $1\n")
        sleeper.chmod(0o755)

    def tearDown(self):
        self.scratch.cleanup()

    def script(self, verb, result=None):
        environment = {"RUNTIME_DIRECTORY": str(self.folder), "PATH": f"{self.folder}:{os.environ['PATH']}"}
        if result:
            environment["SERVICE_RESULT"] = result
        done = subprocess.run(["/bin/sh", str(UNITS / "restart-delay"), verb], capture_output=True, text=True,
                              env=environment, timeout=DEADLINE)
        self.assertEqual(done.returncode, 0, done.stderr)
        found = re.search(r"slept (\d+)", done.stdout)
        return int(found[1]) if found else 0

    def test_pauses_grow_from_0_to_60_seconds_and_stay_there(self):
        pauses = []
        for _ in range(10):
            pauses.append(self.script("wait"))
            self.script("note", "exit-code")
        self.assertEqual(pauses, [0, 0, 1, 2, 4, 8, 16, 60, 60, 60])

    def test_an_orderly_stop_forgets(self):
        for result in ("exit-code", "watchdog", "signal", "oom-kill", "success"):
            self.script("wait")
            self.script("note", result)
        self.assertEqual(self.script("wait"), 0)

    def test_a_failure_after_ten_good_minutes_is_the_first(self):
        for _ in range(5):
            self.script("wait")
            self.script("note", "signal")
        started = self.folder / "started"
        if int(started.read_text()) < 700:
            self.skipTest("this machine has not been up for ten minutes")
        started.write_text(str(int(started.read_text()) - 8 - 600))   # the pause of five failures, and ten minutes
        self.script("note", "signal")
        self.assertEqual((self.folder / "failures").read_text(), "1\n")

    def test_damaged_files_count_as_none(self):
        for text in ("", "many", "-7", "99999999999999999999"):
            (self.folder / "failures").write_text(text)
            (self.folder / "started").write_text(text)
            self.assertEqual(self.script("wait"), 0, text)
            (self.folder / "started").write_text(text)
            self.script("note", "signal")


if __name__ == "__main__":
    unittest.main()
