"""What the system and the operator do with the daemon: service manager, signals, reload, roles, socket activation."""
import base64
import hmac
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

from harness import BIN, DEADLINE, Api, HouseCase, Program

NOBODY = 65534


class Manager(unittest.TestCase):
    """A daemon with engine none, started as systemd would."""

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="wmpf-")
        self.folder = pathlib.Path(self.scratch.name)
        self.config = self.folder / "config.json"
        self.socket = self.folder / "api.sock"
        self.write()
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(self.folder / "notify.sock"))
        self.manager.settimeout(DEADLINE)
        self.daemon = None

    def tearDown(self):
        if self.daemon:
            self.daemon.stop()
            self.daemon.check_clean()
        self.manager.close()
        self.scratch.cleanup()

    def write(self, board=None, **call):
        self.config.write_text(json.dumps({
            "device": {"sn": "lonely-1"}, "call": dict({"engine": "none"}, **call),
            "board": board or {"driver": "sim", "buttons": [{"name": "call", "openId": "somebody"}]}}))

    def start(self, **environment):
        self.daemon = Program(BIN / "wmpf-voipd", "--config", self.config, "--state-dir", self.folder / "state",
                              "--socket", self.socket,
                              env=dict({"NOTIFY_SOCKET": str(self.folder / "notify.sock")}, **environment))

    def told(self, text):
        """Waits until the manager has been told that."""
        while text not in (heard := self.manager.recv(4096).decode()):
            pass
        return heard

    def test_ready_comes_when_the_api_answers_and_stopping_before_the_end(self):
        self.start()
        self.told("READY=1")
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(self.socket))   # no retry: READY promised it
        client.close()
        self.daemon.process.send_signal(signal.SIGTERM)
        self.told("STOPPING=1")
        self.assertEqual(self.daemon.wait_exit(), 0)
        self.assertFalse(self.socket.exists())

    def test_a_board_that_still_looks_for_its_devices_lets_the_daemon_end(self):
        bell, lamp, door = ({"gpio": {"chip": "nowhere", "line": line}} for line in "123")
        self.write(board={"driver": "linux", "buttons": [dict(bell, name="bell")], "lamp": lamp, "relays": [dict(door, name="door")],
                          "camera": False, "microphone": False, "speaker": False})
        self.start()
        self.told("READY=1")
        self.daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait_exit(), 0)

    def test_the_watchdog_is_fed(self):
        self.start(WATCHDOG_USEC="400000")
        for _ in range(3):
            self.told("WATCHDOG=1")

    def test_hup_reloads_what_may_change_and_tells_the_rest(self):
        self.start()
        self.told("READY=1")
        self.write(ringSeconds=1, huntSeconds=1, timeLimit=30)
        self.daemon.process.send_signal(signal.SIGHUP)
        self.assertIn("MONOTONIC_USEC=", self.told("RELOADING=1"))
        self.told("READY=1")
        self.daemon.wait_line(r"reloaded applied=\".*call.ringSeconds.*\"")
        api = Api(self.socket)
        api.call("voip.call", {"openId": "somebody"})
        self.assertEqual(api.call("room.get")["timeLimit"], 30)
        api.close()

    def test_a_bad_configuration_changes_nothing_and_says_why(self):
        self.start()
        self.told("READY=1")
        self.write(ringSeconds=-5)
        api = Api(self.socket)
        error = api.error("config.reload")
        self.assertIn("call.ringSeconds", error["message"])
        self.assertEqual(api.call("room.get")["phase"], "idle")
        api.close()

    def test_a_call_without_any_service(self):
        self.start()
        api = Api(self.socket)
        api.call("room.subscribe")
        api.call("board.press", {"button": "call"})
        api.wait_phase("talking")
        api.call("voip.forceHangUpVoip", {"reason": "manual"})
        self.assertEqual(api.wait_phase("ended")["end"]["origin"], "manual")
        api.close()

    def test_socket_activation(self):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.folder / "activated.sock"))
        listener.listen()
        # As systemd does: descriptor 3, and LISTEN_PID set in the process that becomes the daemon.
        starter = ("import os, sys; os.dup2(int(sys.argv[1]), 3); os.set_inheritable(3, True); "
                   "os.environ['LISTEN_PID'] = str(os.getpid()); os.environ['LISTEN_FDS'] = '1'; "
                   "os.execv(sys.argv[2], sys.argv[2:])")
        process = subprocess.Popen([sys.executable, "-c", starter, str(listener.fileno()), str(BIN / "wmpf-voipd"),
                                    "--config", str(self.config), "--state-dir", str(self.folder / "state")],
                                   pass_fds=[listener.fileno()], stderr=subprocess.DEVNULL)
        try:
            api = Api(self.folder / "activated.sock")
            self.assertEqual(api.call("room.get")["phase"], "idle")
            api.close()
        finally:
            process.terminate()
            self.assertEqual(process.wait(DEADLINE), 0)
            listener.close()

    def test_two_daemons_do_not_share_a_socket(self):
        self.start()
        self.told("READY=1")
        second = Program(BIN / "wmpf-voipd", "--config", self.config, "--state-dir", self.folder / "other",
                         "--socket", self.socket)
        self.assertEqual(second.wait_exit(), 1)
        self.assertIn("api.sock", second.text())
        api = Api(self.socket)
        self.assertEqual(api.call("room.get")["phase"], "idle")
        api.close()


@unittest.skipUnless(os.geteuid() == 0, "needs root to become somebody else")
class Roles(HouseCase):
    def as_nobody(self, *arguments):
        def become():
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return subprocess.run([str(BIN / "wmpf-voipctl"), "--socket", str(self.house.socket), *arguments],
                              capture_output=True, text=True, timeout=DEADLINE, preexec_fn=become)

    def test_somebody_without_a_role_is_told_so(self):
        self.house.folder.chmod(0o755)
        done = self.as_nobody("status")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertEqual(self.house.ctl("status").returncode, 0)


@unittest.skipUnless(os.geteuid() == 0, "needs root to become somebody else")
class AdminAsRoot(unittest.TestCase):
    """Root gives orders to a service that is stopped and belongs to somebody else."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="wmpf-")
        self.addCleanup(scratch.cleanup)
        pathlib.Path(scratch.name).chmod(0o755)
        self.state = pathlib.Path(scratch.name) / "state"
        self.state.mkdir(mode=0o700)
        os.chown(self.state, NOBODY, NOBODY)

    def admin(self, *arguments):
        done = subprocess.run([str(BIN / "wmpf-voip-service"), "admin", "--state-dir", str(self.state), *arguments],
                              capture_output=True, text=True, timeout=DEADLINE)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_every_file_it_leaves_is_the_service_users_and_the_service_starts(self):
        self.admin("product", "add", "wx-root", "model-1")
        self.admin("user", "add", "anna")
        made = list(self.state.rglob("*"))
        self.assertTrue(made)
        self.assertEqual({(path.stat().st_uid, path.stat().st_gid) for path in made}, {(NOBODY, NOBODY)}, made)
        service = Program("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
                          BIN / "wmpf-voip-service", "--state-dir", self.state, "--listen", "127.0.0.1:0")
        service.wait_line("serving url=")
        self.assertIn("anna", self.admin("user", "list"))   # asked of the one that runs
        self.assertEqual(service.stop(), 0)
        self.assertEqual({path.stat().st_uid for path in self.state.rglob("*")}, {NOBODY})


class Support(HouseCase):
    TURN = "planted-secret-of-the-turn-server"
    house_options = {"people": ("reception",), "service": {"turn": {"urls": ["turn:127.0.0.1:3478"], "secret": TURN}}}

    def bundle(self, **environment):
        target = self.house.folder / "support.tar"
        done = subprocess.run([str(BIN / "wmpf-voipctl"), "--socket", str(self.house.socket), "bundle", str(target), "--config",
                               str(self.house.folder / "device.json")], capture_output=True, text=True, timeout=DEADLINE,
                              env=dict(os.environ, **environment))
        self.assertEqual(done.returncode, 0, done.stderr)
        with tarfile.open(target) as archive:
            return done, {member.name: archive.extractfile(member).read().decode() for member in archive}

    def test_the_archive_tells_what_is_and_opens_nothing(self):
        push_token = self.house.ctl("push-token").stdout.strip()
        self.assertGreater(len(push_token), 20)
        config = json.loads((self.house.folder / "device.json").read_text())
        config["vendor"] = {"secret": "planted-1", "password": "planted-2", "note": push_token}
        (self.house.folder / "device.json").write_text(json.dumps(config))
        _, files = self.bundle()
        self.assertEqual(json.loads(files["api/device.get"])["sn"], self.house.SN)
        self.assertIn("wmpf_voipd_online 1", files["api/metrics.get"])
        self.assertIn("MemTotal", files["system/proc-meminfo"])
        key = (self.house.state / "identity.key").read_text().splitlines()[1]
        for name, text in files.items():
            for secret in (push_token, "planted-1", "planted-2", key, "PRIVATE KEY"):
                self.assertNotIn(secret, text, name)
        self.assertEqual((self.house.folder / "support.tar").stat().st_mode & 0o777, 0o600)

    SHADOW = 1 << 28    # bytes; what is larger is a sanitizer's own map of the memory, terabytes of it

    def memory(self):
        """What the daemon has in its memory: it knows secrets that nothing shows."""
        pid = self.house.daemon.process.pid
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            for line in maps:
                place, rights = line.split()[:2]
                if rights.startswith("rw") and "[v" not in line:
                    begin, end = (int(number, 16) for number in place.split("-"))
                    if end - begin < self.SHADOW:
                        memory.seek(begin)
                        yield memory.read(end - begin)

    def known(self, pattern):
        return {found for part in self.memory() for found in re.findall(pattern.encode(), part)}

    @unittest.skipUnless(os.geteuid() == 0, "reads the daemon's memory")
    def test_every_secret_that_the_daemon_came_to_know_is_in_no_file_of_the_archive(self):
        ticket = re.search(r"\b[0-9A-Za-z]{32}\b", self.house.service.admin("ticket", self.house.SN))[0]
        self.house.api().call("device.register", {"snTicket": ticket})
        self.house.wait_online()
        watch = self.house.watch()
        self.house.phone("reception", "--auto-answer=0")
        request = {"roomType": "video", "businessType": 1, "caller": {"id": self.house.SN, "name": "", "cameraStatus": 0},
                   "listener": {"id": self.house.people["reception"], "name": "", "cameraStatus": 0},
                   "customQuery": "door=planted-query"}
        refused = self.house.api().call("voip.initByCaller", dict(request, voipToken="planted-voip-token"))
        self.assertFalse(refused["isSuccess"], refused)
        before = int(time.time())
        self.assertTrue(self.house.api().call("voip.initByCaller", request)["isSuccess"])
        room = watch.wait_phase("talking")["roomId"]
        self.house.ctl("hangup")
        watch.wait_event("finishVoip")
        # What the unit's journal holds: every line of the daemon, at level debug.
        journal, programs = self.house.folder / "journal", self.house.folder / "programs"
        journal.write_text("\n".join(self.house.daemon.lines))
        programs.mkdir()
        (programs / "journalctl").write_text(f"#!/bin/sh\nexec cat {journal}\n")
        (programs / "journalctl").chmod(0o755)
        _, files = self.bundle(PATH=f"{programs}:{os.environ['PATH']}")
        self.assertIn("call over", files["system/journal"])   # it was really read
        tokens = {token.decode() for token in self.known(r"d1\.[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{43}")}
        self.assertTrue(tokens, "the deviceToken was not found in the daemon's memory")
        names = {f"{second}:{room}" for second in range(before, int(time.time()) + 2 + 3600)}
        turn = {base64.b64encode(hmac.digest(self.TURN.encode(), name.encode(), "sha1")).decode() for name in names}
        self.assertTrue(any(word.decode() in turn for word in self.known(r"[A-Za-z0-9+/]{27}=")), "no credential of TURN")
        secrets = tokens | {ticket, "planted-query", "planted-voip-token", self.TURN, self.house.ctl("push-token").stdout.strip(),
                            (self.house.state / "identity.key").read_text().splitlines()[1]}
        for name, text in files.items():
            for secret in secrets:
                self.assertNotIn(secret, text, name)
            self.assertEqual(set(re.findall(r"[A-Za-z0-9+/]{27}=", text)) & turn, set(), name)

    def test_a_daemon_that_is_gone_is_said_in_the_archive(self):
        done = subprocess.run([str(BIN / "wmpf-voipctl"), "--socket", str(self.house.folder / "nobody.sock"), "bundle",
                               str(self.house.folder / "lonely.tar")], capture_output=True, text=True, timeout=DEADLINE)
        self.assertEqual(done.returncode, 0, done.stderr)
        with tarfile.open(self.house.folder / "lonely.tar") as archive:
            self.assertIn("no answer", archive.extractfile("api/health.get").read().decode())

    def test_the_textfile_is_what_the_collector_reads(self):
        target = self.house.folder / "wmpf.prom"
        self.house.ctl("metrics", "--textfile", str(target))
        text = target.read_text()
        self.assertIn("# TYPE wmpf_voipd_calls_total counter\n", text)
        self.assertNotIn("# EOF", text)
        self.assertEqual(target.stat().st_mode & 0o777, 0o644)


class ManyCalls(HouseCase):
    house_options = {"people": ("reception",)}

    def test_thirty_calls_leave_nothing_behind(self):
        def open_files(program):
            return len(os.listdir(f"/proc/{program.process.pid}/fd"))
        watch = self.house.watch()
        phone = self.house.phone("reception", "--auto-answer=0")
        before = None
        for number in range(30):
            self.house.ctl("press", "call")
            watch.wait_phase("talking")
            self.house.ctl("hangup")
            watch.wait_event("finishVoip")
            phone.wait_line("^finishVoip")
            if number == 4:
                before = open_files(self.house.daemon), open_files(self.house.service.program)
        self.assertEqual((open_files(self.house.daemon), open_files(self.house.service.program)), before)
        self.assertEqual(len(self.house.api().call("call.history", {"limit": 100})["calls"]), 30)


if __name__ == "__main__":
    unittest.main()
