"""The board "linux" with a camera, a microphone that hears its speaker, and a button: what wmpf-voipctl says of them."""
import json
import pathlib
import subprocess
import unittest

import station
from devices import DEADLINE, GpioChip, camera_node, main, sh, sound_loop, until, vivid

BELL = 3
CAMERA, SOUND = ("vivid", "vivid.0"), ("snd_aloop", "snd_aloop.0")      # driver, device
PLAYED = pathlib.Path("/proc/asound/Loop/pcm1p/sub0/status")
MEDIA = {"enabled": True, "addresses": ["127.0.0.1"]}


def board(**parts):
    return {
        "driver": "linux",
        "buttons": [{"name": "bell", "contact": "anna", "gpio": {"chip": "door-board", "line": "BELL"}}],
        "lamp": False, "relays": [], "ringTone": False,
        "camera": {"device": "/dev/video0", "width": 320, "height": 180, "fps": 10},
        "microphone": {"device": "plughw:CARD=Loop,DEV=0"}, "speaker": {"device": "plughw:CARD=Loop,DEV=1"},
        **parts}


def pull(device):
    driver, name = device
    sh("sh", "-c", f"echo {name} > /sys/bus/platform/drivers/{driver}/unbind")


def plug(device):
    driver, name = device
    sh("sh", "-c", f"echo {name} > /sys/bus/platform/drivers/{driver}/bind")
    sh("udevadm", "settle")


class Board(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.chip = GpioChip("door-board", names={BELL: "BELL"})
        assert vivid() == "/dev/video0"
        sound_loop()
        station.provision(board(), media=MEDIA)

    def selftest(self, *options):
        """(exit code, {part: finding})"""
        done = station.ctl("--json", "selftest", *options, check=False)
        self.assertTrue(done.stdout, done.stderr)
        return done.returncode, {each["part"]: each for each in json.loads(done.stdout)}

    def test_all_that_works_is_said_and_the_delay_is_a_line_of_the_configuration(self):
        code, found = self.selftest()
        self.assertEqual(code, 0, found)
        for part in ("board", "camera", "microphone", "speaker", "echo", "clock"):
            self.assertTrue(found[part]["good"], found)
        self.assertIn("320x180", found["camera"]["text"])
        delay = found["echo"]["config"]["media"]["playoutDelay"]
        self.assertGreater(delay, 20)
        self.assertLess(delay, 1000)

    def test_what_is_pulled_is_named_and_fine_when_it_is_back(self):
        for device, part in ((CAMERA, "camera"), (SOUND, "microphone")):
            with self.subTest(part):
                pull(device)
                try:
                    code, found = self.selftest()
                finally:
                    plug(device)
                self.assertEqual(code, 1)
                self.assertFalse(found[part]["good"])
                self.assertIn("is not there", found[part]["text"])
        until(lambda: camera_node("vivid"), "the camera is back")
        code, found = self.selftest()
        self.assertEqual(code, 0, found)

    def test_a_size_that_the_camera_lacks_is_told_with_those_it_has(self):
        other = pathlib.Path("/root/other.json")
        other.write_text(json.dumps(station.device_config(board(camera={"device": "/dev/video0", "width": 322, "height": 180}),
                                                          media=MEDIA)))
        code, found = self.selftest("--config", other)
        self.assertEqual(code, 1)
        self.assertIn("board.camera.width", found["camera"]["text"])
        self.assertIn("320x180", found["camera"]["text"])

    def test_a_card_that_another_program_has_is_in_use(self):
        player = subprocess.Popen(["aplay", "-q", "-D", "hw:CARD=Loop,DEV=1", "-f", "S16_LE", "-r", "48000", "-c", "2",
                                   "/dev/zero"])
        self.addCleanup(player.wait)
        self.addCleanup(player.terminate)
        until(lambda: "RUNNING" in PLAYED.read_text(), "the card plays")
        code, found = self.selftest()
        self.assertEqual(code, 1)
        self.assertFalse(found["speaker"]["good"])
        self.assertIn("in use by another program", found["speaker"]["text"])

    def test_without_a_daemon_the_button_is_looked_at_itself(self):
        def again():
            sh("systemctl", "start", *station.UNITS, timeout=3 * DEADLINE)
            station.wait_online()
        self.addCleanup(again)
        sh("systemctl", "stop", *station.UNITS)
        found = self.selftest()[1]
        self.assertFalse(found["daemon"]["good"])
        self.assertEqual(found["button bell"], {"part": "button bell", "good": True, "text": "at rest"})
        self.chip.pull(BELL, True)
        self.addCleanup(lambda: self.chip.pull(BELL, False))
        found = self.selftest()[1]
        self.assertFalse(found["button bell"]["good"])
        self.assertIn("gpio.activeLow", found["button bell"]["text"])

    def test_board_lists_them_with_the_lines_to_use_them(self):
        told = station.ctl("board").stdout
        for line in ('"camera":{"device":"/dev/v4l/by-path/platform-vivid.0-video-index0"}',
                     '"device":"plughw:CARD=Loop,DEV=0"', '"chip":"door-board"'):
            self.assertIn(line, told)


if __name__ == "__main__":
    main()
