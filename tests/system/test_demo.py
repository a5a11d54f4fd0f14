"""The demo, as the README tells a newcomer to use it."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
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

    def test_it_starts_without_a_warning(self):
        self.assertEqual([line for line in self.demo.lines if re.match("<[0-4]>", line)], [])

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


ADDRESS = "192.0.2.7"
# A network of its own: one cable, one address, nobody else.
NETWORK = f"""ip link set lo up && ip link add lan type veth peer name far && ip address add {ADDRESS}/24 dev lan &&
ip link set lan up && ip link set far up && exec "$@" """
ALONE = ["unshare", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]), "--net", "sh", "-c", NETWORK, "sh"]
FETCH = """import ssl, sys, urllib.request
context = ssl.create_default_context(cafile=sys.argv[2])
print(urllib.request.urlopen(sys.argv[1], timeout=float(sys.argv[3]), context=context).read().decode())"""


def lacks_networks():
    try:
        return subprocess.run([*ALONE, "true"], capture_output=True, timeout=DEADLINE).returncode != 0
    except FileNotFoundError:
        return True


@unittest.skipIf(lacks_networks(), "no network namespace can be made here")
class DemoBeyondThisMachine(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="wmpf-"))
        self.runtime = {"XDG_RUNTIME_DIR": str(self.folder)}
        self.demo = Program(*ALONE, BIN / "wmpf-voipd", "--demo", "--listen", "0.0.0.0:0", env=self.runtime)

    def tearDown(self):
        self.demo.stop()
        self.demo.check_clean()
        shutil.rmtree(self.folder, ignore_errors=True)

    def within(self):
        """The words before a command that let it run in the demo's network."""
        names = f"/proc/{self.demo.process.pid}/ns"
        users = [] if os.geteuid() == 0 else [f"--user={names}/user", "--preserve-credentials"]
        return ["nsenter", *users, f"--net={names}/net"]

    def test_the_guide_has_link_code_and_qr_for_a_phone_and_they_work(self):
        authority = self.demo.wait_line(r"^ +(/\S+/ca\.pem)$")[1]
        link = self.demo.wait_line(rf"A phone on this network: (https://{ADDRESS}:\d+/)$")[1]
        code = self.demo.wait_line(r"its code to log in \(ten minutes, once\): (\w{26})$")[1]
        self.demo.wait_line("Local API: ")
        drawn = [line for line in self.demo.lines if re.fullmatch("[ █▀▄]{29,}", line)]   # 21 modules and 8 around at least
        self.assertGreaterEqual(len(drawn), 15)
        self.assertEqual({len(line) for line in drawn}, {len(drawn[0])})
        fetched = subprocess.run([*self.within(), sys.executable, "-c", FETCH, link, authority, str(DEADLINE)],
                                 capture_output=True, text=True, timeout=2 * DEADLINE)
        self.assertIn("<html", fetched.stdout, fetched.stderr)   # the certificate names the address
        phone = Program(*self.within(), BIN / "wmpf-voip-phone", "--service", link.rstrip("/"), "--ca", authority, "--code", code)
        phone.wait_line("^online")
        phone.stop()
        phone.check_clean()


if __name__ == "__main__":
    unittest.main()
