"""The Debian packages in a booted machine: install, upgrade in a call, remove, purge. WMPF_DEBS names their folder."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import unittest

from machine import DEADLINE, Machine, until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import packages  # noqa: E402

DEBS = pathlib.Path(os.environ["WMPF_DEBS"]) if "WMPF_DEBS" in os.environ else None
SN, MODEL, APP = "packaged-1", "model-1", "wx-packages"
DEVICE = {
    "device": {"sn": SN, "modelId": MODEL, "appId": APP},
    "service": {"url": "https://localhost:8443", "ca": "/etc/wmpf-voipd/ca.pem"},
    "board": {"driver": "sim", "buttons": [{"name": "call", "contact": "anna"}]},
    "media": {"enabled": False},
}


def package(name):
    return packages.package(DEBS, name)


@unittest.skipUnless(DEBS, "WMPF_DEBS is not set: ./run test-nspawn sets it")
class Dependencies(unittest.TestCase):
    """What the packages say they need, against what the programs load. Without a machine."""
    ROOT = pathlib.Path(__file__).resolve().parents[2]

    def field(self, name, field):
        text = subprocess.run(["dpkg-deb", "--field", package(name), field], capture_output=True, text=True, check=True).stdout
        return {re.split(r"[ :(]", entry.strip())[0] for part in text.split(",") for entry in part.split("|")}

    def owner(self, plugin):
        """The Debian package of a GStreamer plugin; None where it is not installed here."""
        places = list(pathlib.Path("/usr/lib").glob(f"*/gstreamer-1.0/libgst{plugin}.so"))
        if not places:
            return None
        return subprocess.run(["dpkg-query", "--search", places[0]], capture_output=True, text=True,
                              check=True).stdout.split(":")[0]

    def test_every_plugin_that_the_media_program_loads_comes_with_its_package(self):
        source = (self.ROOT / "daemon/media/program/gst/library.cpp").read_text()
        plugins = set(re.findall(r'"(\w+)"', " ".join(re.findall(r"> for_\w+\{([^}]*)\}", source))))
        self.assertTrue({"webrtc", "nice", "openh264", "opus"} <= plugins, plugins)
        needed = self.field("wmpf-voip-media", "Depends")
        suggested = self.field("wmpf-voip-media", "Suggests")
        for plugin in sorted(plugins):
            found = self.owner(plugin)
            if found is None:   # a display of X11 or OpenGL, which a device seldom has
                self.assertIn(plugin, ("ximagesink", "xvimagesink", "opengl"))
                continue
            self.assertIn(found, needed | suggested, plugin)
        for plugin in ("webrtc", "nice", "openh264", "opus", "dtls", "srtp", "rtp", "rtpmanager", "app"):
            self.assertIn(self.owner(plugin), needed, plugin)

    def test_the_daemon_drags_in_neither_gstreamer_nor_sqlite(self):
        for part in self.field("wmpf-voipd", "Depends"):
            self.assertFalse(re.match(r"(lib)?gst|libglib|libsqlite", part), part)

    def test_debug_symbols_are_apart_and_programs_stripped(self):
        for name in ("wmpf-voipd", "wmpf-voip-media", "wmpf-voip-service"):
            self.assertTrue(list(DEBS.glob(f"{name}-dbgsym_*.deb")), name)
            with tempfile.TemporaryDirectory() as scratch:
                subprocess.run(["dpkg-deb", "--extract", package(name), scratch], check=True)
                programs = [path for path in pathlib.Path(scratch).rglob("usr/*/wmpf-voip*") if path.is_file()
                            and path.read_bytes()[:4] == b"\x7fELF"]
                self.assertTrue(programs, name)
                for path in programs:
                    sections = subprocess.run(["readelf", "--section-headers", "--wide", path], capture_output=True,
                                              text=True, check=True).stdout
                    self.assertNotIn(".symtab", sections, path)
                    self.assertNotIn(".debug_info", sections, path)


@unittest.skipUnless(DEBS, "WMPF_DEBS is not set: ./run test-nspawn sets it")
class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="wmpf-debs-")
        folder = pathlib.Path(cls.scratch.name)
        (folder / "debs").mkdir()
        packages.stage(DEBS, folder / "debs", ("wmpf-voipd", "wmpf-voip-service"))

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def setUp(self):
        layer = pathlib.Path(self.scratch.name)
        self.machine = Machine(layer)
        self.machine.boot()

    def tearDown(self):
        self.machine.close()

    def dpkg(self, *arguments):
        return self.machine.run("env", "DEBIAN_FRONTEND=noninteractive", "dpkg", *arguments)

    def install(self, *names):
        # wmpf-voipd and the service alone: their dependencies are in the machine's tree.
        self.dpkg("--install", *(f"/debs/{name}.deb" for name in names))

    def state(self, unit):
        return self.machine.show(unit, "ActiveState")

    def provision(self):
        """A service with a user, a device that is registered with it, and a phone that answers."""
        self.install("wmpf-voip-service", "wmpf-voipd")
        run = self.machine.run
        self.machine.wait_active("wmpf-voip-service")
        run("cp", "/var/lib/wmpf-voip-service/ca.pem", "/etc/wmpf-voipd/ca.pem")
        run("tee", "/etc/wmpf-voipd/config.json", text=json.dumps(DEVICE))
        run("chmod", "644", "/etc/wmpf-voipd/ca.pem")
        run("systemctl", "start", "wmpf-voipd.socket", "wmpf-voipd.service")
        admin = ("wmpf-voip-service", "admin")
        run(*admin, "product", "add", APP, MODEL)
        run(*admin, "user", "add", "anna")
        code = re.search(r"[A-Za-z0-9_-]{20,}", run(*admin, "user", "enrol", "anna").stdout)[0]
        open_id = re.search(r"\bo\S+", run(*admin, "user", "list").stdout.split("anna", 1)[1])[0]
        ticket = re.search(r"\b[0-9A-Za-z]{32}\b", run(*admin, "ticket", SN).stdout)[0]
        run("wmpf-voipctl", "register", ticket)
        run(*admin, "grant", "anna", SN, "Front door")
        self.api = self.machine.api()
        self.api.call("contact.set", {"contact": "anna", "name": "Anna", "people": [{"openId": open_id}]})
        self.online()
        return self.machine.start_program(
            "wmpf-voip-phone", "--service", "https://localhost:8443", "--ca", "/etc/wmpf-voipd/ca.pem",
            "--code", code, "--auto-answer")

    def online(self):
        until(lambda: self.api.call("device.get")["channel"]["state"] == "online", "the device is on line")

    def end(self, phone):
        phone.kill()
        phone.wait()
        phone.stdin.close()
        phone.stdout.close()

    def read_until(self, program, word):
        # Ends the lines: nsenter alone would leave the phone behind, with the pipe open.
        late = threading.Timer(DEADLINE, self.machine.run, ("pkill", "-KILL", "--exact", "wmpf-voip-phone"))
        late.start()
        try:
            for line in program.stdout:
                if line.startswith(word):
                    return line
        finally:
            late.cancel()
        raise AssertionError(f"the phone ended, or waited too long, without {word}")

    def test_install_enables_starts_what_is_configured_and_makes_the_users(self):
        self.install("wmpf-voipd")
        self.assertEqual(self.state("wmpf-voipd"), "inactive")   # not provisioned, and no failure
        self.assertEqual(self.machine.run("systemctl", "--failed", "--no-legend", "--plain").stdout, "")
        for unit in ("wmpf-voipd.service", "wmpf-voipd.socket"):
            self.assertEqual(self.machine.run("systemctl", "is-enabled", unit).stdout.strip(), "enabled")
        groups = self.machine.run("id", "--name", "--groups", "voip").stdout.split()
        self.assertEqual(set(groups), {"voip", "gpio", "input", "video", "audio"})
        self.install("wmpf-voip-service")
        self.machine.wait_active("wmpf-voip-service")
        self.assertEqual(self.machine.run("stat", "--format=%U %a", "/var/lib/wmpf-voip-service").stdout.strip(),
                         "voip-service 700")

    def test_the_pages_that_the_units_name_are_there_and_the_examples_run(self):
        self.install("wmpf-voipd", "wmpf-voip-service")
        for unit in ("wmpf-voipd.service", "wmpf-voipd.socket", "wmpf-voip-service.service"):
            page = self.machine.show(unit, "Documentation").removeprefix("file:")
            self.assertIn("# For the ", self.machine.run("cat", page).stdout, unit)
        examples = "/usr/share/doc/wmpf-voipd/docs/examples"
        self.assertEqual(set(self.machine.run("ls", examples).stdout.split()),
                         {"doorman.c", "mute.sh", "ring.sh", "screen.py"})
        done = self.machine.run(f"{examples}/ring.sh", check=False)
        self.assertIn("usage: ring.sh CONTACT", done.stderr)

    def test_upgrade_in_a_call_ends_it_cleanly_and_keeps_all_state(self):
        phone = self.provision()
        self.read_until(phone, "online")
        self.api.call("room.subscribe")
        self.api.call("voip.call", {"contact": "anna"})
        self.api.wait_phase("talking")
        self.install("wmpf-voipd-next")
        self.api.close()
        self.read_until(phone, "hangUpVoip")   # told by the device, not a time-out
        self.read_until(phone, "finishVoip")
        self.machine.wait_active("wmpf-voipd")
        self.api = self.machine.api()
        self.online()   # the same identity: no new ticket
        self.assertEqual([c["contact"] for c in self.api.call("contact.list")["contacts"]], ["anna"])
        self.assertEqual(len(self.api.call("call.history")["calls"]), 1)
        self.assertEqual(self.machine.show("wmpf-voipd", "Result"), "success")
        self.assertEqual(self.machine.run("cat", "/etc/wmpf-voipd/config.json").stdout, json.dumps(DEVICE))
        self.api.call("room.subscribe")
        self.api.call("voip.call", {"contact": "anna"})
        self.api.wait_phase("talking")
        self.api.close()
        self.end(phone)

    def test_upgrade_of_the_service_in_a_call_lets_it_go_on(self):
        phone = self.provision()
        self.read_until(phone, "online")
        self.api.call("room.subscribe")
        self.api.call("voip.call", {"contact": "anna"})
        room = self.api.wait_phase("talking")["roomId"]
        self.install("wmpf-voip-service-next")
        self.machine.wait_active("wmpf-voip-service")
        self.online()
        now = self.api.call("room.get")
        self.assertEqual((now["roomId"], now["phase"]), (room, "talking"))
        # The phone goes back into the room as soon as it is on line, and out of it when it is told to end.
        self.read_until(phone, "online")
        self.machine.run("pkill", "-TERM", "--exact", "wmpf-voip-phone")
        self.assertEqual(self.api.wait_phase("ended")["end"]["eventName"], "hangUpVoip")
        self.api.close()
        self.end(phone)

    def test_a_changed_configuration_of_the_service_survives_the_upgrade(self):
        self.install("wmpf-voip-service")
        path = "/etc/wmpf-voip-service/config.json"
        mine = '{"listen": "127.0.0.1:9443"}'
        self.machine.run("tee", path, text=mine)
        self.install("wmpf-voip-service-next")
        self.assertEqual(self.machine.run("cat", path).stdout, mine)
        self.machine.wait_log('serving url="https://127.0.0.1:9443"', "wmpf-voip-service")

    def test_remove_keeps_state_and_purge_leaves_nothing(self):
        self.end(self.provision())
        self.api.close()
        self.dpkg("--remove", "wmpf-voipd", "wmpf-voip-service")
        for unit in ("wmpf-voipd.service", "wmpf-voipd.socket", "wmpf-voip-service"):
            self.assertEqual(self.state(unit), "inactive", unit)
        kept = ("/var/lib/wmpf-voipd/identity.json", "/var/lib/wmpf-voip-service/registry.sqlite",
                "/etc/wmpf-voip-service/config.json", "/etc/wmpf-voipd/config.json")
        for path in kept:
            self.machine.run("test", "-e", path)
        self.dpkg("--purge", "wmpf-voipd", "wmpf-voip-service")
        left = self.machine.run("find", "/", "-xdev", "-path", "/debs", "-prune", "-o", "(", "-name", "*wmpf*", "-o",
                                "-name", "*voipd*", ")", "-print").stdout.split()
        left = [path for path in left if not path.startswith(("/var/log/", "/etc/wmpf-voipd")) and not path.endswith(".deb")]
        self.assertEqual(left, [])
        # ca.pem was put there by hand, so it stays; what the package knows is gone.
        self.assertEqual(self.machine.run("ls", "/etc/wmpf-voipd").stdout.split(), ["ca.pem"])
        self.assertEqual(self.machine.run("systemctl", "--failed", "--no-legend", "--plain").stdout, "")


if __name__ == "__main__":
    unittest.main()
