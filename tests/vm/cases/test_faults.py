"""The units under a real systemd and kernel when something goes wrong: crash, hang, memory, disk, service, configuration."""
import json
import pathlib
import subprocess
import unittest

import station
from devices import DEADLINE, main, sh, until
from station import DAEMON, SERVICE, UNITS

STATE = pathlib.Path("/var/lib/wmpf-voipd")


class FaultCase(unittest.TestCase):
    """Each case begins with a daemon that is on line and has never failed."""
    lines = ()      # for the unit, by a drop-in

    @classmethod
    def setUpClass(cls):
        cls.drop_in = station.DropIn(*cls.lines) if cls.lines else None

    @classmethod
    def tearDownClass(cls):
        if cls.drop_in:
            cls.drop_in.remove()

    def setUp(self):
        station.provision()
        self.pid = station.main_pid()

    def restarted(self):
        until(lambda: station.main_pid() not in (0, self.pid),
              lambda: f"another main process; {station.journal(DAEMON, '--lines=20')}")
        station.wait_active()

    def a_call(self):
        """Rings, is answered, ends; the calls of the history."""
        phone = station.Phone("--auto-answer=0")
        self.addCleanup(phone.close)
        watch = station.api()
        self.addCleanup(watch.close)
        watch.call("room.subscribe")
        watch.call("board.press", {"button": "call"})
        try:
            watch.wait_phase("talking")
        except TimeoutError:
            self.fail(f"no call: {watch.call('room.get')}\n{station.journal(DAEMON, '--lines=40')}{station.journal(SERVICE, '--lines=30')}")
        watch.call("voip.forceHangUpVoip")
        watch.wait_phase("ended")
        phone.wait("^finishVoip")
        phone.close()
        return watch.call("call.history")["calls"]


class Crash(FaultCase):
    def test_killed_in_a_call_it_is_back_on_line_and_the_phone_is_told(self):
        phone = station.Phone("--auto-answer=0")
        self.addCleanup(phone.close)
        watch = station.api()
        watch.call("room.subscribe")
        watch.call("board.press", {"button": "call"})
        watch.wait_phase("talking")
        station.kill("KILL")
        watch.close()
        self.restarted()
        station.wait_online()
        self.assertEqual(station.show(DAEMON, "NRestarts"), "1")
        self.assertEqual(pathlib.Path("/run/wmpf-voipd/failures").read_text(), "1\n")
        phone.close()
        self.assertGreaterEqual(len(self.a_call()), 1)

    def test_a_service_that_is_killed_comes_back_and_the_device_with_it(self):
        pid = station.main_pid(SERVICE)
        station.kill("KILL", SERVICE)
        until(lambda: station.main_pid(SERVICE) not in (0, pid), "another service")
        station.wait_active(SERVICE)
        station.wait_online(2 * DEADLINE)
        self.assertEqual(station.main_pid(), self.pid)
        self.a_call()


class Hang(FaultCase):
    lines = ("WatchdogSec=4",)

    def test_a_daemon_that_stands_still_is_ended_by_the_watchdog_and_started_again(self):
        station.kill("STOP")
        self.restarted()
        self.assertIn("Watchdog timeout", station.journal())
        station.wait_online()
        self.a_call()


class Memory(FaultCase):
    def hog(self, score):
        """A process of the daemon's control group that takes ever more memory, as a media program that leaks."""
        code = (f"import os; open('/proc/self/oom_score_adj','w').write('{score}'); "
                f"open('/sys/fs/cgroup' + '{station.show(DAEMON, 'ControlGroup')}' + '/cgroup.procs', 'w').write('0'); "
                "held = []\nwhile True: held.append(b'x' * (1 << 20))")
        return subprocess.Popen(["python3", "-c", code])

    def test_a_program_of_a_call_that_takes_all_memory_is_ended_and_the_daemon_lives(self):
        sh("systemctl", "set-property", "--runtime", DAEMON, "MemoryMax=48M")
        self.addCleanup(sh, "systemctl", "set-property", "--runtime", DAEMON, "MemoryMax=256M")
        hog = self.hog(0)
        self.assertEqual(hog.wait(2 * DEADLINE), -9)
        self.assertEqual(station.main_pid(), self.pid)
        self.assertEqual(station.show(DAEMON, "ActiveState"), "active")
        self.a_call()

    def test_a_daemon_beyond_its_memory_is_ended_and_starts_again(self):
        sh("systemctl", "set-property", "--runtime", DAEMON, "MemoryMax=48M")
        self.addCleanup(sh, "systemctl", "set-property", "--runtime", DAEMON, "MemoryMax=256M")
        # The kernel takes the one that it is told to take first: that is the daemon now.
        pathlib.Path(f"/proc/{self.pid}/oom_score_adj").write_text("1000")
        hog = self.hog(-999)
        try:
            self.restarted()
        finally:
            hog.kill()
            hog.wait(DEADLINE)
        self.assertRegex(station.journal(), "oom-kill|out of memory|OOM killer")
        # A call's media program belongs to the unit, and needs most of what the daemon was left.
        sh("systemctl", "set-property", "--runtime", DAEMON, "MemoryMax=256M")
        station.wait_online()
        self.a_call()


class Disk(FaultCase):
    """The daemon's state on a file system of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        station.provision()
        sh("systemctl", "stop", *UNITS)
        sh("sh", "-ec", f"mkdir /state && truncate -s 8M /state.img && mke2fs -q -t ext4 -m 0 /state.img && "
           f"mount /state.img /state && cp -a {STATE}/. /state && umount /state && mount /state.img {STATE}")
        sh("chown", "voip:voip", STATE)

    def test_a_full_disk_stops_no_call_and_no_restart(self):
        with open(STATE / "filler", "wb") as filler:
            with self.assertRaises(OSError):
                while True:
                    filler.write(bytes(65536))
                    filler.flush()
        self.addCleanup(lambda: (STATE / "filler").unlink(missing_ok=True))
        self.a_call()
        station.kill("KILL")
        self.restarted()
        station.wait_online()
        self.a_call()
        (STATE / "filler").unlink()
        before = len(self.a_call())
        sh("systemctl", "restart", DAEMON)
        station.wait_online()
        self.assertEqual(len(self.a_call()), before + 1)

    def test_a_disk_that_becomes_read_only_stops_no_call_and_no_restart(self):
        sh("mount", "-o", "remount,ro", STATE)
        self.addCleanup(sh, "mount", "-o", "remount,rw", STATE)
        self.a_call()
        sh("systemctl", "restart", DAEMON)
        station.wait_online()
        self.a_call()


class Configuration(FaultCase):
    def test_without_one_nothing_starts_and_nothing_fails_and_one_that_comes_is_taken(self):
        sh("systemctl", "stop", *UNITS)
        station.CONFIG.unlink()
        sh("systemctl", "start", *UNITS)
        for unit in UNITS:
            self.assertEqual(station.show(unit, "ConditionResult", "ActiveState"),
                             {"ConditionResult": "no", "ActiveState": "inactive"})
        self.assertEqual(sh("systemctl", "--failed", "--no-legend", "--plain").stdout, "")
        station.provision()

    def test_a_broken_one_is_named_in_the_journal_and_a_mended_one_is_found_by_itself(self):
        station.write_config('{"device": {"sn": 5}}')
        sh("systemctl", "restart", DAEMON, check=False, timeout=3 * DEADLINE)
        station.wait_log("device.sn")
        station.write_config(station.device_config())
        station.wait_active(timeout=3 * DEADLINE)


class NoService(FaultCase):
    def test_a_daemon_that_starts_without_the_service_answers_and_comes_on_line_with_it(self):
        sh("systemctl", "stop", SERVICE)
        self.addCleanup(station.start_service)
        sh("systemctl", "restart", DAEMON)
        station.wait_active()
        client = station.api()
        self.addCleanup(client.close)
        until(lambda: client.call("device.get")["channel"]["state"] != "online", "it is off line")
        self.assertEqual(client.error("voip.call", {"contact": "anna"})["code"], 1002)
        part = next(p for p in client.call("health.get")["parts"] if p["name"] == "channel")
        self.assertNotEqual(part["state"], "ok", json.dumps(part))
        station.start_service()
        station.wait_online(3 * DEADLINE)
        self.a_call()


if __name__ == "__main__":
    main()
