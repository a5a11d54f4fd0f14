"""The daemon in its unit rings out of a sound card while somebody calls: a WAV file of 8000 Hz, heard at the loop's other end."""
import array
import math
import pathlib
import tempfile
import unittest
import wave

import station
from devices import DEADLINE, main, sh, sound_loop, strength, until

FILE = pathlib.Path("/etc/wmpf-voipd/ring.wav")
PLAYED = pathlib.Path("/proc/asound/Loop/pcm1p/sub0/status")
CARD_RATE, FILE_RATE, HERTZ = 48000, 8000, 700


def write_tone():
    """A second of a tone that the product does not have."""
    FILE.parent.mkdir(exist_ok=True)
    with wave.open(str(FILE), "wb") as out:
        out.setparams((1, 2, FILE_RATE, 0, "NONE", ""))
        out.writeframes(array.array("h", (int(12000 * math.sin(2 * math.pi * HERTZ * n / FILE_RATE))
                                          for n in range(FILE_RATE))).tobytes())


class RingTone(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        sound_loop()
        write_tone()
        station.provision({
            "driver": "linux", "buttons": [], "relays": [], "lamp": False, "camera": False, "microphone": False,
            "speaker": {"device": "plughw:CARD=Loop,DEV=1"}, "ringTone": {"file": str(FILE)}})

    @classmethod
    def tearDownClass(cls):
        sh("systemctl", "stop", *station.UNITS, timeout=3 * DEADLINE)

    def heard(self):
        """Two seconds of the card."""
        with tempfile.NamedTemporaryFile() as taken:
            sh("arecord", "-q", "-t", "raw", "-f", "S16_LE", "-r", CARD_RATE, "-c", 1, "-d", 2, "-D", "plughw:Loop,0",
               taken.name, timeout=3 * DEADLINE)
            return array.array("h", pathlib.Path(taken.name).read_bytes())

    def test_it_rings_while_somebody_calls_and_gives_the_card_back_when_it_is_answered(self):
        watch = station.api()
        self.addCleanup(watch.close)
        watch.call("room.subscribe")
        phone = station.Phone("--call", station.SN)
        self.addCleanup(phone.close)
        watch.wait_phase("alerting")
        until(lambda: "RUNNING" in PLAYED.read_text(), lambda: f"the card plays: {station.journal(station.DAEMON, '--lines=20')}")
        samples = self.heard()
        tenth = CARD_RATE // 10
        loud = [strength(samples[start:start + tenth], CARD_RATE, HERTZ) for start in range(0, len(samples) - tenth, tenth)]
        self.assertGreater(sorted(loud)[len(loud) // 2], 0.9, loud)
        station.ctl("answer")
        watch.wait_phase("talking")
        until(lambda: "closed" in PLAYED.read_text(), "the card is given back")
        station.ctl("hangup")
        watch.wait_phase("ended")


if __name__ == "__main__":
    main()
