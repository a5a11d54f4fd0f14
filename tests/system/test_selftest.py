"""wmpf-voipctl selftest as who brings a board up runs it: real programs, simulated devices."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from harness import BIN, DEADLINE, SLOW, Api, Program


@unittest.skipUnless((BIN / "wmpf-voip-media").exists(), "this build has no media program")
class Selftest(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="wmpf-")
        self.folder = pathlib.Path(self.scratch.name)
        self.config, self.socket = self.folder / "config.json", self.folder / "api.sock"
        self.daemon = None

    def tearDown(self):
        if self.daemon:
            self.daemon.stop()
            self.daemon.check_clean()
        self.scratch.cleanup()

    def write(self, **board):
        self.config.write_text(json.dumps({"device": {"sn": "lonely-1"}, "call": {"engine": "none"},
                                           "board": dict({"driver": "sim"}, **board)}))

    def start(self):
        self.daemon = Program(BIN / "wmpf-voipd", "--config", self.config, "--state-dir", self.folder / "state",
                              "--socket", self.socket)
        return Api(self.socket)

    def command(self):
        return [str(BIN / "wmpf-voipctl"), "--socket", str(self.socket), "--json", "selftest", "--config",
                str(self.config)]

    def findings(self):
        """(exit code, {part: finding})"""
        done = subprocess.run(self.command(), capture_output=True, text=True, timeout=60 + DEADLINE)
        return done.returncode, {each["part"]: each for each in json.loads(done.stdout)}

    def test_a_board_that_works_beside_its_daemon_ends_with_0_and_tells_the_delay(self):
        self.write(microphone={"device": "echo:120:10"})
        self.start().close()
        for _ in range(1 if SLOW == 1 else 3):   # it measures in real time, which a slow machine does not always keep
            code, found = self.findings()
            if code == 0:
                break
        late = [each["text"] for each in found.values() if not each["good"]]
        if SLOW != 1 and late and all("too few" in text or "jumps" in text for text in late):
            self.skipTest("this machine is too slow for its own devices: " + "; ".join(late))
        self.assertEqual(code, 0, found)
        self.assertLessEqual({"board", "camera", "microphone", "speaker", "echo"}, set(found))
        self.assertGreaterEqual(found["echo"]["config"]["media"]["playoutDelay"], 120)

    def test_what_is_wrong_ends_with_1_and_its_own_words(self):
        self.write(camera={"device": "/nowhere/film.h264"}, microphone={"enabled": False}, speaker={"enabled": False})
        code, found = self.findings()   # and there is no daemon
        self.assertEqual(code, 1)
        self.assertEqual({part: each["good"] for part, each in found.items()}, {"daemon": False, "camera": False})
        self.assertIn("/nowhere/film.h264", found["camera"]["text"])

    def test_a_call_that_begins_gets_its_devices_back_and_one_that_lives_keeps_them(self):
        self.write()
        api = self.start()
        running = subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(running.kill)
        # It has asked whether it may, and is a client still: the call comes in the middle.
        while "wmpf_voipd_api_clients 2\n" not in api.call("metrics.get")["text"]:
            pass
        api.call("voip.call", {"openId": "somebody"})
        out, err = running.communicate(timeout=DEADLINE)
        self.assertEqual(running.returncode, 1, err)
        self.assertIn("a call", out + err)
        late = subprocess.run(self.command(), capture_output=True, text=True, timeout=DEADLINE)
        self.assertEqual((late.returncode, late.stdout), (1, ""))
        self.assertIn("a call is up", late.stderr)
        api.close()

    def test_a_configuration_with_faults_is_told_instead_and_none_is_a_usage_error(self):
        self.write(microphone={"device": 7})
        code, found = self.findings()
        self.assertEqual((code, list(found)), (1, ["configuration"]))
        self.assertIn("board.microphone.device", found["configuration"]["text"])
        self.config.unlink()
        done = subprocess.run(self.command(), capture_output=True, text=True, timeout=DEADLINE)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn(str(self.config), done.stderr)


if __name__ == "__main__":
    unittest.main()
