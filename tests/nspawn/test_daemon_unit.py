"""wmpf-voipd.service and wmpf-voipd.socket under a real systemd: start, crash, hang, reload, sandbox, state."""
import json
import signal
import unittest

from machine import DEADLINE, until
from staging import DEVICE, new_machine

UNITS = ("wmpf-voipd.service", "wmpf-voipd.socket")


class MachineCase(unittest.TestCase):
    """A machine for all cases of a class; each begins with a running daemon that has never failed."""
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.machine = new_machine(**cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.machine.close()

    def setUp(self):
        self.machine.write_config = lambda config: self.machine.run(
            "tee", "/etc/wmpf-voipd/config.json", text=config if isinstance(config, str) else json.dumps(config))
        self.machine.write_config(DEVICE)
        self.machine.run("systemctl", "restart", *UNITS)
        self.machine.wait_active("wmpf-voipd")

    def kill(self, name):
        self.machine.run("systemctl", "kill", "--kill-whom=main", f"--signal={name}", "wmpf-voipd")

    def restarted(self, pid, timeout=DEADLINE):
        until(lambda: self.machine.pid() not in (0, pid), "another main process", timeout)
        self.machine.wait_active("wmpf-voipd", timeout)


class Life(MachineCase):
    def test_the_socket_listens_before_the_daemon_and_nothing_failed(self):
        socket = int(self.machine.show("wmpf-voipd.socket", "ActiveEnterTimestampMonotonic"))
        daemon = int(self.machine.show("wmpf-voipd.service", "ActiveEnterTimestampMonotonic"))
        self.assertLess(socket, daemon)
        self.assertEqual(self.machine.run("systemctl", "--failed", "--no-legend", "--plain").stdout, "")

    def test_the_units_name_nothing_that_systemd_does_not_know(self):
        done = self.machine.run("systemd-analyze", "verify", *(f"/usr/lib/systemd/system/{unit}" for unit in UNITS))
        self.assertEqual(done.stdout + done.stderr, "")

    def test_the_journal_finds_the_lines_of_one_call(self):
        api = self.machine.api()
        api.call("room.subscribe")
        api.call("board.press", {"button": "call"})
        room = api.wait_phase("talking")["roomId"]
        api.call("voip.forceHangUpVoip")
        api.wait_phase("ended")
        api.close()
        self.machine.wait_log("call over")
        lines = self.machine.journal(f"WMPF_ROOM={room}", "--output=cat").splitlines()
        self.assertTrue(any("call over" in line for line in lines), lines)
        self.assertTrue(all(room in line for line in lines), lines)

    def test_an_app_that_connects_starts_the_daemon(self):
        self.machine.run("systemctl", "stop", "wmpf-voipd.service")
        self.assertEqual(self.machine.show("wmpf-voipd.socket", "ActiveState"), "active")
        api = self.machine.api()
        self.assertEqual(api.call("room.get")["phase"], "idle")
        api.close()
        self.machine.wait_active("wmpf-voipd")

    def test_a_crash_costs_no_pause_and_keeps_the_socket(self):
        pid = self.machine.pid()
        self.kill("KILL")
        self.restarted(pid)
        api = self.machine.api()
        self.assertEqual(api.call("room.get")["phase"], "idle")
        api.close()
        self.assertEqual(self.machine.run("cat", "/run/wmpf-voipd/failures").stdout, "1\n")

    def test_stop_ends_a_call_and_the_exit_is_clean(self):
        api = self.machine.api()
        api.call("room.subscribe")
        api.call("board.press", {"button": "call"})
        api.wait_phase("talking")
        self.machine.run("systemctl", "stop", "wmpf-voipd.service")
        shown = self.machine.show("wmpf-voipd", "Result", "ExecMainStatus", "ActiveState")
        self.assertEqual(shown, {"Result": "success", "ExecMainStatus": "0", "ActiveState": "inactive"})
        api.close()
        self.machine.run("systemctl", "start", "wmpf-voipd.service")
        api = self.machine.api()
        self.assertEqual(len(api.call("call.history")["calls"]), 1)
        api.close()


class Configuration(MachineCase):
    def test_reload_applies_what_may_change_in_the_same_process(self):
        pid = self.machine.pid()
        self.machine.write_config(dict(DEVICE, call={"engine": "none", "timeLimit": 30}))
        self.machine.run("systemctl", "reload", "wmpf-voipd")
        self.assertEqual(self.machine.pid(), pid)
        api = self.machine.api()
        api.call("voip.call", {"openId": "somebody"})
        self.assertEqual(api.call("room.get")["timeLimit"], 30)
        api.call("voip.forceHangUpVoip")
        api.close()

    def test_reload_of_a_bad_configuration_fails_with_its_fault_and_changes_nothing(self):
        pid = self.machine.pid()
        self.machine.write_config(dict(DEVICE, call={"engine": "none", "timeLimit": -3}))
        done = self.machine.run("systemctl", "reload", "wmpf-voipd", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.machine.wait_log("call.timeLimit")
        self.assertEqual(self.machine.show("wmpf-voipd", "ActiveState"), "active")
        self.assertEqual(self.machine.pid(), pid)

    def test_pauses_grow_while_it_cannot_start_and_a_mended_file_is_found_by_itself(self):
        self.machine.write_config("{ broken")
        self.machine.run("systemctl", "restart", "wmpf-voipd", check=False)
        self.machine.wait_log("restart-delay: 2 failures in a row, the next start is in 1 s")
        self.machine.wait_log("restart-delay: 3 failures in a row, the next start is in 2 s")
        self.machine.wait_log("restart-delay: 4 failures in a row, the next start is in 4 s")
        self.machine.write_config(DEVICE)
        self.machine.wait_active("wmpf-voipd")
        self.assertEqual(self.machine.show("wmpf-voipd.socket", "ActiveState"), "active")

    def test_waiting_clients_do_not_hasten_the_next_start(self):
        self.machine.write_config("{ broken")
        self.machine.run("systemctl", "stop", "wmpf-voipd.service")
        api = self.machine.api()   # waits in the socket's queue
        self.machine.wait_log("restart-delay: 3 failures in a row")
        self.assertIn(self.machine.show("wmpf-voipd.socket", "ActiveState"), ("active", "activating"))
        self.machine.write_config(DEVICE)
        self.assertEqual(api.call("room.get")["phase"], "idle")
        api.close()

    def test_an_order_to_restart_forgets_the_failures(self):
        self.machine.write_config("{ broken")
        self.machine.run("systemctl", "restart", "wmpf-voipd", check=False)
        self.machine.wait_log("restart-delay: 4 failures in a row, the next start is in 4 s")
        self.machine.write_config(DEVICE)
        self.machine.run("systemctl", "restart", "wmpf-voipd")   # fails here if it waits for longer than its caller
        self.machine.wait_active("wmpf-voipd")
        self.assertNotEqual(self.machine.run("cat", "/run/wmpf-voipd/failures", check=False).returncode, 0)


class Watchdog(MachineCase):
    options = {"drop_in": "WatchdogSec=2\n"}

    def test_a_daemon_that_hangs_is_ended_and_started_again(self):
        pid = self.machine.pid()
        self.kill("STOP")
        self.restarted(pid)
        self.assertIn("Watchdog timeout", self.machine.journal("--unit", "wmpf-voipd", "--output=cat"))

    def test_a_daemon_that_moves_is_left_alone_also_in_a_call(self):
        pid = self.machine.pid()
        api = self.machine.api()
        api.call("room.subscribe", {"events": ["calling"]})
        api.call("board.press", {"button": "call"})
        for _ in range(5):   # one a second: two and a half times the watchdog's time
            api.wait_event("calling")
        self.assertEqual(self.machine.pid(), pid)
        api.call("voip.forceHangUpVoip")
        api.close()


# Run by ExecStartPre of the unit, so in exactly its sandbox and as its user; prints what it could do.
PROBE = r"""#!/bin/sh
try() { name=$1; shift; if ("$@") >/dev/null 2>&1; then echo "$name yes"; else echo "$name no"; fi; }
{
    try write-state touch "$STATE_DIRECTORY/probe"
    try write-run touch "$RUNTIME_DIRECTORY/probe"
    try write-tmp touch /tmp/probe
    try write-etc touch /etc/probe
    try write-usr touch /usr/probe
    try write-var touch /var/lib/probe
    try write-sys sh -c 'echo 1 >/sys/power/state'
    try see-home sh -c 'test -n "$(ls -A /home /root)"'
    try see-others test -e /proc/1/cmdline
    try see-tunables test -e /proc/sys/kernel
    try new-namespace unshare --user true
    try mount mount -t tmpfs none /tmp
    try own chown root "$STATE_DIRECTORY/probe"
    try set-clock date --set=@0
    try realtime chrt --fifo 1 true
    try packet-socket python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)'
    try udp-socket python3 -c 'import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)'
    try landlock python3 -c 'import ctypes; e = ctypes.CDLL(None, use_errno=True); e.syscall(444, None, 0, 1) >= 0 or ctypes.get_errno() == 95 or exit(1)'
    try mapped-code python3 -c 'import mmap, tempfile; f = tempfile.TemporaryFile(); f.write(b"x" * 4096); f.flush(); mmap.mmap(f.fileno(), 4096, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_EXEC)'
    try writable-code python3 -c 'import mmap; mmap.mmap(-1, 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)'
} >"$STATE_DIRECTORY/probed"
"""


class Sandbox(MachineCase):
    @classmethod
    def setUpClass(cls):
        cls.machine = new_machine(drop_in="ExecStartPre=/bin/sh /etc/probe.sh\n", boot=False)
        cls.machine.write("/etc/probe.sh", PROBE)
        cls.machine.write("/home/somebody/letter", "private")
        cls.machine.boot()

    def test_what_the_daemon_and_its_media_program_can_do_and_what_not(self):
        lines = self.machine.run("cat", "/var/lib/wmpf-voipd/probed").stdout.splitlines()
        can = {name for name, answer in (line.split() for line in lines) if answer == "yes"}
        self.assertEqual(can, {"write-state", "write-run", "write-tmp", "udp-socket", "landlock", "mapped-code"})
        self.assertEqual(len(lines), 20)

    def test_the_process_has_no_root_no_capabilities_and_a_filter(self):
        status = dict(line.split(":\t", 1) for line in
                      self.machine.run("cat", f"/proc/{self.machine.pid()}/status").stdout.splitlines()
                      if ":\t" in line)
        self.assertNotIn("0", status["Uid"].split())
        for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb"):
            self.assertEqual(int(status[name], 16), 0, name)
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assertEqual(status["Seccomp"], "2")
        groups = self.machine.run("id", "--name", "--groups", "voip").stdout.split()
        self.assertEqual(set(groups), {"voip", "gpio", "input", "video", "audio"})

    def test_exposure_is_two_or_better(self):
        for unit in ("wmpf-voipd.service", "wmpf-voip-service.service"):
            self.machine.run("systemd-analyze", "security", "--offline=true", "--threshold=20", unit)

    def test_state_is_for_the_daemon_alone(self):
        listed = self.machine.run("stat", "--format=%n %U %a", "/var/lib/wmpf-voipd", "/run/wmpf-voipd",
                                  "/run/wmpf-voipd/api.sock", "/etc/wmpf-voipd").stdout.splitlines()
        self.assertEqual(listed, ["/var/lib/wmpf-voipd voip 700", "/run/wmpf-voipd voip 755",
                                  "/run/wmpf-voipd/api.sock root 666", "/etc/wmpf-voipd root 755"])

    def test_roles_of_the_system_users(self):
        for user, groups, code in (("nobody", "nogroup", 4), ("nobody", "voip-observe", 0), ("nobody", "voip", 0)):
            done = self.machine.run("setpriv", f"--reuid={user}", "--regid=nogroup", f"--groups={groups}",
                                    "wmpf-voipctl", "status", check=False)
            self.assertEqual(done.returncode, code, (groups, done.stderr))
        done = self.machine.run("setpriv", "--reuid=nobody", "--regid=nogroup", "--groups=voip-observe",
                                "wmpf-voipctl", "press", "call", check=False)
        self.assertEqual(done.returncode, 4, done.stderr)


class Figures(MachineCase):
    """The example for node_exporter's textfile collector, installed as its comment says."""
    FILE = "/var/lib/prometheus/node-exporter/wmpf-voipd.prom"

    @classmethod
    def setUpClass(cls):
        cls.machine = new_machine()
        cls.machine.run("useradd", "--system", "--no-create-home", "prometheus")
        cls.machine.run("install", "-d", "-o", "prometheus", "-g", "prometheus", "/var/lib/prometheus/node-exporter")
        for kind in ("service", "timer"):
            cls.machine.run("cp", f"/usr/share/doc/wmpf-voipd/examples/wmpf-voipd-metrics.{kind}", "/etc/systemd/system/")
        cls.machine.run("systemctl", "daemon-reload")

    def test_the_timer_is_known_to_systemd_and_runs_the_service(self):
        done = self.machine.run("systemd-analyze", "verify", "/etc/systemd/system/wmpf-voipd-metrics.timer")
        self.assertEqual(done.stdout + done.stderr, "")
        # A minute is the operator's; the drop-in makes the same timer due now.
        self.machine.run("mkdir", "-p", "/run/systemd/system/wmpf-voipd-metrics.timer.d")
        self.machine.run("tee", "/run/systemd/system/wmpf-voipd-metrics.timer.d/now.conf",
                         text="[Timer]\nOnActiveSec=100ms\nAccuracySec=10ms\n")
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "enable", "--now", "wmpf-voipd-metrics.timer")
        until(lambda: self.machine.path(self.FILE).exists(), "the textfile")
        self.assertIn("wmpf_voipd_online 1\n", self.machine.path(self.FILE).read_text())
        self.assertEqual(self.machine.run("stat", "--format=%U %a", self.FILE).stdout.strip(), "prometheus 644")

    def test_its_user_may_watch_and_not_call(self):
        done = self.machine.run("setpriv", "--reuid=prometheus", "--regid=prometheus", "--groups=voip-observe",
                                "wmpf-voipctl", "press", "call", check=False)
        self.assertEqual(done.returncode, 4, done.stderr)

    def test_a_daemon_that_is_gone_fails_the_unit_and_leaves_the_file(self):
        self.machine.run("systemctl", "start", "wmpf-voipd-metrics.service")
        before = self.machine.path(self.FILE).read_text()
        self.machine.run("systemctl", "stop", "wmpf-voipd.socket", "wmpf-voipd.service")
        self.machine.run("systemctl", "start", "wmpf-voipd-metrics.service", check=False)
        self.assertEqual(self.machine.path(self.FILE).read_text(), before)


class Disk(MachineCase):
    """State on a file system of its own that can be filled and made read-only."""

    @classmethod
    def setUpClass(cls):
        cls.machine = new_machine(boot=False)
        cls.machine.write("/etc/systemd/system/var-lib-wmpf\\x2dvoipd.mount",
                          "[Mount]\nWhat=tmpfs\nWhere=/var/lib/wmpf-voipd\nType=tmpfs\nOptions=size=256k\n"
                          "[Install]\nRequiredBy=wmpf-voipd.service\n")
        cls.machine.enable("var-lib-wmpf\\x2dvoipd.mount")
        cls.machine.boot()

    def a_call(self):
        api = self.machine.api()
        api.call("room.subscribe")
        api.call("board.press", {"button": "call"})
        api.wait_phase("talking")
        api.call("voip.forceHangUpVoip")
        api.wait_phase("ended")
        calls = api.call("call.history")["calls"]
        api.close()
        return calls

    def test_a_full_disk_stops_no_call_and_no_restart(self):
        self.machine.run("sh", "-c", "cat /dev/zero >/var/lib/wmpf-voipd/filler || true")
        pid = self.machine.pid()
        self.assertGreaterEqual(len(self.a_call()), 1)
        self.kill("KILL")
        self.restarted(pid)
        self.a_call()
        self.machine.run("rm", "/var/lib/wmpf-voipd/filler")
        before = len(self.a_call())
        self.machine.run("systemctl", "restart", "wmpf-voipd")
        self.assertEqual(len(self.a_call()), before + 1)

    def test_a_read_only_state_folder_stops_no_call(self):
        self.machine.run("mount", "-o", "remount,ro", "/var/lib/wmpf-voipd")
        try:
            self.machine.run("systemctl", "restart", "wmpf-voipd")
            self.a_call()
        finally:
            self.machine.run("mount", "-o", "remount,rw", "/var/lib/wmpf-voipd")


class Unprovisioned(unittest.TestCase):
    def test_without_a_configuration_nothing_starts_and_nothing_fails(self):
        machine = new_machine(config=None)
        try:
            for unit in UNITS:
                self.assertEqual(machine.show(unit, "ConditionResult", "ActiveState"),
                                 {"ConditionResult": "no", "ActiveState": "inactive"})
            self.assertEqual(machine.run("systemctl", "--failed", "--no-legend", "--plain").stdout, "")
            machine.run("tee", "/etc/wmpf-voipd/config.json", text=json.dumps(DEVICE))
            machine.run("systemctl", "start", "wmpf-voipd")
            api = machine.api()
            self.assertEqual(api.call("health.get")["status"], "ok")
            api.close()
        finally:
            machine.close()


if __name__ == "__main__":
    unittest.main()
