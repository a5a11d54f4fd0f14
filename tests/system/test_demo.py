"""The demo, as the README tells a newcomer to use it."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import BIN, DEADLINE, Api, Program


class Demo(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="wmpf-"))
        self.runtime = {"XDG_RUNTIME_DIR": str(self.folder)}
        self.demo = Program(BIN / "wmpf-voipd", "--demo", "--listen", "127.0.0.1:0", env=self.runtime)
        self.phone_line = self.demo.wait_line(r"wmpf-voip-phone (--service \S+ --ca \S+ --as reception)")[1]
        self.demo.wait_line(r"channel: on line", from_start=True)

    def tearDown(self):
        self.demo.stop()
        self.demo.check_clean()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ctl(self, *arguments):
        import os
        return subprocess.run([str(BIN / "wmpf-voipctl"), *arguments], capture_output=True, text=True, timeout=DEADLINE,
                              env=dict(os.environ, **self.runtime))

    def test_the_guide_names_the_page_and_the_certificate(self):
        text = "\n".join(self.demo.lines)
        link = re.search(r"(https://localhost:\d+)/$", text, re.M)[1]
        authority = re.search(r"^ +(/\S+/ca\.pem)$", text, re.M)[1]
        import ssl
        import urllib.request
        context = ssl.create_default_context(cafile=authority)
        with urllib.request.urlopen(link + "/", timeout=DEADLINE, context=context) as page:
            self.assertIn("<html", page.read().decode())
        self.assertNotIn("code to log in", text)   # this machine only: no code, no QR

    def test_press_rings_the_phone_that_the_demo_names(self):
        phone = Program(BIN / "wmpf-voip-phone", *self.phone_line.split(), "--auto-answer=0")
        phone.wait_line("^online")
        api = Api(self.folder / "wmpf-voipd" / "api.sock")
        api.call("room.subscribe")
        pressed = self.ctl("press", "call")
        self.assertEqual(pressed.returncode, 0, pressed.stderr)
        phone.wait_line("^ringing")
        phone.wait_line("^calling")
        api.wait_phase("talking")   # a terminal has neither sound nor picture, and says so
        self.assertIn("talking", self.ctl("status").stdout)
        api.close()
        self.assertEqual(self.ctl("hangup").returncode, 0)
        phone.wait_line("^finishVoip")
        phone.stop()
        phone.check_clean()

    def test_the_phone_rings_the_device(self):
        serial = re.search(r"demo-\w+", "\n".join(self.demo.lines))[0]
        phone = Program(BIN / "wmpf-voip-phone", *self.phone_line.split(), "--call", serial)
        api = Api(self.folder / "wmpf-voipd" / "api.sock")
        snapshot = api.call("room.subscribe")
        if snapshot["phase"] != "alerting":
            api.wait_phase("alerting")
        self.assertEqual(self.ctl("answer").returncode, 0)
        phone.wait_line("^calling")
        api.wait_phase("talking")
        self.assertEqual(self.ctl("hangup").returncode, 0)
        self.assertEqual(phone.wait_exit(), 0)
        api.close()

    def test_tables_and_json(self):
        for command in ("status", "contacts", "history", "health", "board", "metrics"):
            with self.subTest(command):
                done = self.ctl(command)
                self.assertEqual(done.returncode, 0, done.stderr)
        done = self.ctl("--json", "contacts")
        import json
        names = {contact["contact"] for contact in json.loads(done.stdout)["contacts"]}
        self.assertEqual(names, {"reception", "security"})


if __name__ == "__main__":
    unittest.main()
