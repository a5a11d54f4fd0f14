"""What the operator's monitoring sees: health by part, figures as OpenMetrics, log levels that change while it runs."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time
import unittest

import openmetrics
from harness import BIN, DEADLINE, Api, HouseCase, Program

NOBODY = 65534


class Figures(HouseCase):
    house_options = {"people": ("reception",)}

    def figures(self):
        return openmetrics.parse(self.house.api().call("metrics.get")["text"])

    def test_every_figure_of_the_house_is_there_with_a_help_and_in_order(self):
        families = self.figures()
        for name, kind in {
                "wmpf_voipd_calls": "counter", "wmpf_voipd_time_to_ring_seconds": "summary",
                "wmpf_voipd_time_to_media_seconds": "summary", "wmpf_voipd_reconnects": "counter",
                "wmpf_voipd_device_token_age_seconds": "gauge", "wmpf_voipd_queue_events": "gauge",
                "wmpf_voipd_queue_bytes": "gauge", "wmpf_voipd_media_frames_dropped": "counter",
                "wmpf_voipd_resident_bytes": "gauge", "wmpf_voipd_media_resident_bytes": "gauge",
                "wmpf_voipd_state_free_bytes": "gauge"}.items():
            self.assertEqual(families[name].kind, kind, name)
            self.assertTrue(families[name].help, name)
        for queue in ("api", "channel"):
            self.assertGreaterEqual(openmetrics.value(families, "wmpf_voipd_queue_bytes", queue=queue), 0)
        for kind in ("picture", "sound"):
            self.assertEqual(openmetrics.value(families, "wmpf_voipd_media_frames_dropped", kind=kind), 0)
        self.assertGreater(openmetrics.value(families, "wmpf_voipd_resident_bytes"), 1e6)
        self.assertGreater(openmetrics.value(families, "wmpf_voipd_state_free_bytes"), 64 * 1024)
        age = openmetrics.value(families, "wmpf_voipd_device_token_age_seconds")
        self.assertTrue(0 <= age < 600, age)

    def test_calls_are_counted_by_how_they_ended_and_time_to_ring_once_each(self):
        before = self.figures()
        watch = self.house.watch()
        self.house.phone("reception", "--auto-answer=0")
        self.house.ctl("press", "call")
        watch.wait_phase("talking")
        self.house.ctl("hangup")
        watch.wait_phase("ended")
        after = self.figures()
        ends = {labels: number for (_, labels), number in after["wmpf_voipd_calls"].samples.items()}
        self.assertEqual(ends[(("direction", "outgoing"), ("end", "hangUpVoip"))], 1, ends)
        rung = ("_count", ())
        self.assertGreater(after["wmpf_voipd_time_to_ring_seconds"].samples[rung],
                           before["wmpf_voipd_time_to_ring_seconds"].samples[rung])

    def test_coming_back_on_line_is_a_reconnect(self):
        before = openmetrics.value(self.figures(), "wmpf_voipd_reconnects")
        self.house.service.program.stop()
        self.house.daemon.wait_line("channel")
        self.house.service.start()
        end = time.monotonic() + 3 * DEADLINE
        while openmetrics.value(self.figures(), "wmpf_voipd_reconnects") == before:
            self.assertLess(time.monotonic(), end, self.house.daemon.text())
            threading.Event().wait(0.05)   # bounded above; the figure has no notification

    def test_health_names_each_part_with_state_since_and_reason(self):
        health = self.house.api().call("health.get")
        parts = {part["name"]: part for part in health["parts"]}
        for name in ("board", "channel", "clock", "registration", "storage"):
            self.assertEqual(parts[name]["state"], "ok", parts[name])
            self.assertEqual(parts[name]["reason"], "")
            self.assertLess(abs(parts[name]["since"] - time.time() * 1000), 3600e3)
        self.assertEqual(health["status"], "ok")

    def test_levels_of_one_area_change_while_it_runs(self):
        self.house.ctl("log", "call:debug,api:debug,*:err")
        self.house.ctl("status")
        self.house.daemon.wait_line(r"api(\[\d+\])?: client ")
        self.house.ctl("log", "*:err")
        at = len(self.house.daemon.lines)
        self.house.ctl("status")
        self.house.ctl("log", "api:debug,*:err")
        self.house.ctl("status")
        self.house.daemon.wait_line(r"api(\[\d+\])?: client ")
        said = [line for line in self.house.daemon.lines[at:] if "client role" in line]
        self.assertLessEqual(len(said), 2, said)   # of "log" and of the last "status", not of the one before
        self.house.ctl("log", "*:debug")
        self.assertEqual(self.house.ctl("log", "call:loud", check=False).returncode, 1)
        refused = self.house.ctl("log", "cal:debug", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn('no area "cal"; did you mean "call"?', refused.stderr)


class StateFolder(unittest.TestCase):
    """A daemon without a service whose state folder is not what it should be."""

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="wmpf-")
        self.folder = pathlib.Path(self.scratch.name)
        self.folder.chmod(0o755)
        self.state = self.folder / "state"
        self.state.mkdir(mode=0o700)
        self.socket = self.folder / "run/api.sock"
        self.socket.parent.mkdir(mode=0o777)
        self.socket.parent.chmod(0o777)
        self.config = self.folder / "config.json"
        self.config.write_text(json.dumps({
            "device": {"sn": "lonely-1"}, "call": {"engine": "none"},
            "board": {"driver": "sim", "buttons": [{"name": "call", "openId": "somebody"}]}}))
        self.daemon = None
        self.mounted = False

    def tearDown(self):
        if self.daemon:
            self.daemon.stop()
            self.daemon.check_clean()
        if self.mounted:
            subprocess.run(["umount", "--lazy", self.state], check=True)
        self.scratch.cleanup()

    def mount(self, options):
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "wmpf-test", self.state], capture_output=True,
                              text=True)
        if done.returncode != 0:
            self.skipTest("cannot mount: " + done.stderr)
        self.mounted = True

    def start(self, *prefix):
        self.daemon = Program(*prefix, BIN / "wmpf-voipd", "--config", self.config, "--state-dir", self.state, "--socket",
                              self.socket)
        self.daemon.wait_line("daemon: ready")

    def storage(self):
        api = Api(self.socket)
        health = api.call("health.get")
        api.close()
        part, = (part for part in health["parts"] if part["name"] == "storage")
        self.assertEqual(health["status"], part["state"])   # nothing else is wrong here
        return part["state"], part["reason"]

    def a_call(self):
        api = Api(self.socket)
        api.call("room.subscribe")
        api.call("board.press", {"button": "call"})
        api.wait_phase("talking")
        api.call("voip.forceHangUpVoip")
        api.wait_phase("ended")
        calls = len(api.call("call.history")["calls"])
        api.close()
        return calls

    @unittest.skipUnless(os.geteuid() == 0, "mounts")
    def test_a_full_disk_is_degraded_and_what_was_refused_is_stored_when_there_is_room(self):
        self.mount("size=256k,mode=700")
        self.start()
        self.assertEqual(self.storage(), ("ok", ""))
        filler = self.state / "filler"
        with self.assertRaises(OSError), open(filler, "wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        self.assertEqual(self.a_call(), 1)
        state, reason = self.storage()
        self.assertEqual(state, "degraded")
        self.assertIn("full, 0 KiB free", reason)
        self.daemon.wait_line("storage: the state folder keeps nothing why=.*full")
        filler.unlink()
        self.assertEqual(self.storage(), ("ok", ""))
        self.daemon.wait_line("storage: the state folder keeps what it is given again")
        self.assertEqual((self.state / "history.jsonl").read_text().count("\n"), 1)   # of the call on the full disk

    @unittest.skipUnless(os.geteuid() == 0, "mounts")
    def test_a_read_only_folder_is_degraded_and_calls_go_on(self):
        self.mount("size=256k,mode=700,ro")
        self.start()
        state, reason = self.storage()
        self.assertEqual(state, "degraded")
        self.assertIn("Read-only file system", reason)
        self.assertEqual(self.a_call(), 1)
        subprocess.run(["mount", "-o", "remount,rw", self.state], check=True)
        self.assertEqual(self.storage(), ("ok", ""))
        self.assertTrue((self.state / "history.jsonl").exists())

    @unittest.skipUnless(os.geteuid() == 0, "becomes somebody else")
    def test_a_folder_without_permission_to_write_is_degraded_and_calls_go_on(self):
        os.chown(self.state, NOBODY, NOBODY)
        self.start("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        self.state.chmod(0o500)   # root does not care, nobody does
        state, reason = self.storage()
        self.assertEqual(state, "degraded")
        self.assertIn("Permission denied", reason)
        self.assertEqual(self.a_call(), 1)

    @unittest.skipUnless(os.geteuid() == 0, "becomes somebody else")
    def test_somebody_elses_folder_is_refused_by_name(self):
        daemon = Program("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", BIN / "wmpf-voipd", "--config",
                         self.config, "--state-dir", self.state, "--socket", self.socket)
        self.assertEqual(daemon.wait_exit(), 1)
        self.assertIn(f"{self.state}: belongs to user 0", daemon.text())

    def test_a_missing_configuration_ends_with_78_and_its_name(self):
        self.config.unlink()
        daemon = Program(BIN / "wmpf-voipd", "--config", self.config, "--state-dir", self.state, "--socket", self.socket)
        self.assertEqual(daemon.wait_exit(), 78)
        self.assertTrue(re.search(re.escape(str(self.config)), daemon.text()), daemon.text())


if __name__ == "__main__":
    unittest.main()
