"""A call with sound and picture on devices of a kernel: a pressed line calls, pictures of vivid's camera and tones that the
loop's microphone hears reach a phone, what the phone says comes out of the loop's speaker, the lamp is lit, a long press
ends it. The media program runs in the unit's sandbox."""
import array
import math
import pathlib
import subprocess
import tempfile
import time
import unittest

import station
from devices import DEADLINE, GpioChip, main, sh, sound_loop, strength, until, vivid
from station import Program

BELL, LAMP = 3, 5
PHONE = "/payload/wmpf-bench-phone"
RATE = 48000
BEAT_HZ, MOUTH_HZ = 1000, 700   # what the phone listens for, and what it says: 0.4 s of each second
FORMAT = ("-t", "raw", "-f", "S16_LE", "-r", RATE, "-c", 1)
UNLOADED = "media.prepare: timed out"
MEDIA_LATE = 2004     # join_enter: media did not connect in time
SIZE = {"width": 320, "height": 180, "fps": 5}      # the processor is emulated, and it encodes and decodes


class Media(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.chip = GpioChip("door-board")
        cls.camera = vivid()
        sound_loop()
        cls.folder = tempfile.TemporaryDirectory()
        cls.beats = pathlib.Path(cls.folder.name) / "beats"
        second = array.array("h", (int(12000 * math.sin(2 * math.pi * BEAT_HZ * n / RATE)) if n < 0.4 * RATE else 0
                                   for n in range(RATE)))
        cls.beats.write_bytes(90 * second.tobytes())
        # The phone logs in by its name, which the service takes from phones of the same machine when it is told so.
        cls.development = station.DropIn("ExecStart=", "ExecStart=/usr/bin/wmpf-voip-service --dev", unit=station.SERVICE)
        sh("systemctl", "restart", station.SERVICE, timeout=3 * DEADLINE)
        # The card is one cable: what is played at one end is heard at the other. The device has end 1.
        bell = {"name": "bell", "contact": "anna", "gpio": {"chip": "door-board", "line": str(BELL)}}
        board = {"driver": "linux", "buttons": [bell], "lamp": {"gpio": {"chip": "door-board", "line": str(LAMP)}}, "relays": [],
                 "camera": {"device": cls.camera, **SIZE},
                 "microphone": {"device": "plughw:Loop,1"}, "speaker": {"device": "plughw:Loop,1"}, "ringTone": False}
        station.provision(board, media={"addresses": ["127.0.0.1"], "echo": False, "noise": False, "gain": False})

    @classmethod
    def tearDownClass(cls):
        sh("systemctl", "stop", *station.UNITS, station.SERVICE, timeout=3 * DEADLINE)
        cls.chip.close()
        cls.development.remove()
        cls.folder.cleanup()

    def started(self, *command):
        process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def phone(self):
        phone = Program(PHONE, "https://localhost:8443", station.CA, "anna", stdin=subprocess.PIPE)
        self.addCleanup(phone.kill)
        phone.wait_line("^online", 3 * DEADLINE)
        return phone

    def press(self, seconds):
        self.chip.pull(BELL, True)
        time.sleep(seconds)     # a finger's time, not a wait for anything
        self.chip.pull(BELL, False)

    def talk(self, phone, watch):
        """Three calls, if need be: where the host is busy, the emulated processor misses the 5 s that the program has to
        load, or the 20 s that media has to connect."""
        unloaded = station.journal().count(UNLOADED)
        for _ in range(3):
            self.press(0.2)
            phone.wait_line("^ringing", DEADLINE)
            phone.process.stdin.write("answer\n")
            phone.process.stdin.flush()
            room = watch.wait_phase("talking", "ended", timeout=2 * DEADLINE)
            if room["phase"] == "talking":
                return
            journal = station.journal()
            before, unloaded = unloaded, journal.count(UNLOADED)     # of this call, not of the last
            self.assertTrue(unloaded > before or room["end"]["errCode"] == MEDIA_LATE, journal)
            phone.wait_line("^over", DEADLINE)
        self.fail(f"media never connects\n{station.journal()}")

    def test_a_press_calls_pictures_and_sound_flow_both_ways_the_lamp_is_lit_and_a_long_press_ends(self):
        phone = self.phone()
        watch = station.api()
        self.addCleanup(watch.close)
        watch.call("room.subscribe")
        self.talk(phone, watch)
        for _ in range(4):
            phone.wait_line("^(picture|sound)_after", 3 * DEADLINE)
        until(lambda: watch.call("room.get")["media"]["state"] == "flowing", lambda: watch.call("room.get"))
        self.started("aplay", "-q", *FORMAT, "-D", "plughw:Loop,0", self.beats)
        heard = pathlib.Path(self.folder.name) / "heard.raw"
        sh("arecord", "-q", *FORMAT, "-d", 8, "-D", "plughw:Loop,0", heard, timeout=3 * DEADLINE)
        samples = array.array("h", heard.read_bytes())
        loudest = max(strength(samples[start:start + RATE // 10], RATE, MOUTH_HZ)
                      for start in range(0, len(samples) - RATE // 10, RATE // 10))
        self.assertGreater(loudest, 0.3, "the phone's voice is heard at the speaker")
        status = station.ctl("status").stdout
        self.assertIn("talking", status)
        self.assertIn("flowing", status)
        until(lambda: self.chip.value(LAMP) == 1, "the lamp is lit")
        self.press(2)
        self.assertEqual(watch.wait_phase("ended", timeout=DEADLINE)["end"]["origin"], "manual")
        until(lambda: self.chip.value(LAMP) == 0, "the lamp is dark")
        phone.wait_line("^device_beat ", DEADLINE)      # it heard the microphone's tone
        phone.wait_line("^over", DEADLINE)
        # Nobody needs camera and card: they are closed.
        until(lambda: not sh("sh", "-c", f"ls -l /proc/[0-9]*/fd 2>/dev/null | grep -E '{self.camera}|/dev/snd/pcm' || true").stdout,
              "camera and card are closed")


if __name__ == "__main__":
    main()
