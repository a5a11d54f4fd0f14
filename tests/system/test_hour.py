"""An hour of use of a device, compressed: both clocks of all programs run faster than the world's.

Every minute a press, in turn hung up by the device, hung up by the phone, rejected, and left to ring; between them an
app that asks for everything and an app that comes and goes. What a process holds after the first minutes, it holds at the end."""
import glob
import itertools
import os
import pathlib
import threading
import time
import unittest
import unittest.mock

from harness import SLOW, House

LIBRARY = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
MINUTES = int(os.environ.get("WMPF_MINUTES", "60"))
FASTER = 30
SETTLED = 12        # minutes after which nothing may grow: every kind of call has been three times
MEMORY = 256        # KiB: every call of the hour stays in the history (1 to 2 KiB each); a leak of a call's objects is more


class Held:
    """What a process holds."""

    def __init__(self, program):
        folder = pathlib.Path(f"/proc/{program.process.pid}")
        status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
        self.memory = int(status["RssAnon"].split()[0])     # KiB
        self.threads = int(status["Threads"])
        self.descriptors = sorted(os.readlink(entry) for entry in (folder / "fd").iterdir() if entry.is_symlink())

    def __str__(self):
        return f"{self.memory} KiB, {self.threads} threads, {len(self.descriptors)} descriptors"


@unittest.skipUnless(LIBRARY, "needs libfaketime")
@unittest.skipUnless(SLOW == 1, "sanitizers and emulators take no preloaded library")
class Hour(unittest.TestCase):
    def setUp(self):
        environment = {"LD_PRELOAD": LIBRARY, "FAKETIME": f"+0 x{FASTER}", "FAKETIME_NO_CACHE": "1"}
        patch = unittest.mock.patch.dict(os.environ, environment)
        patch.start()
        self.addCleanup(patch.stop)
        self.house = House(people=("reception",))
        self.addCleanup(self.house.close)
        self.watch = self.house.watch(["calling", "startVoip", "endVoip"])
        self.app = self.house.api()
        self.began = time.monotonic()

    def minutes(self):
        """Of the programs' clocks, since the house stands."""
        return (time.monotonic() - self.began) * FASTER / 60

    def wait_minute(self, minute):
        """The daemon's minute comes, while apps ask what they always ask."""
        while self.minutes() < minute:
            for method in ("room.get", "device.get", "contact.list", "call.history", "metrics.get"):
                self.app.call(method)
            other = self.house.new_api()
            other.call("room.subscribe")
            other.close()
            self.house.apis.remove(other)
            threading.Event().wait(0.05)    # as apps do; time passes by itself

    def talk(self, seconds):
        self.watch.wait(lambda method, params: params.get("eventName") == "calling" and
                        params["data"]["keepTime"] >= seconds)

    def hung_up_by_the_device(self):
        phone = self.house.phone("reception", "--auto-answer=3")
        self.house.ctl("press", "call")
        self.talk(12)
        self.house.ctl("press", "call")
        self.watch.wait_phase("ended")
        phone.stop()

    def hung_up_by_the_phone(self):
        phone = self.house.phone("reception", "--auto-answer=3")
        self.house.ctl("press", "call")
        self.talk(8)
        phone.stop()
        self.watch.wait_phase("ended")

    def rejected(self):
        phone = self.house.phone("reception", "--reject")
        self.house.ctl("press", "call")
        self.watch.wait_phase("ended")
        phone.stop()

    def left_to_ring(self):
        phone = self.house.phone("reception")
        self.house.ctl("press", "call")
        self.assertEqual(self.watch.wait_phase("ended")["end"]["eventName"], "timeout")
        phone.stop()

    def test_an_hour_of_60_calls_takes_no_memory_thread_or_descriptor(self):
        kinds = itertools.cycle((self.hung_up_by_the_device, self.hung_up_by_the_phone, self.rejected, self.left_to_ring))
        programs = {"wmpf-voipd": self.house.daemon, "wmpf-voip-service": self.house.service.program}
        settled = None
        for minute, use in zip(range(MINUTES), kinds):
            self.wait_minute(minute + 1)
            use()
            self.house.programs[:] = [program for program in self.house.programs if program.process.poll() is None]
            if minute + 1 == SETTLED:
                settled = {name: Held(program) for name, program in programs.items()}
        last = {name: Held(program) for name, program in programs.items()}
        for name, held in last.items():
            print(f"{name}: after {SETTLED} minutes {settled[name]}; after {self.minutes():.0f} {held}", flush=True)
        for name, held in last.items():
            with self.subTest(name):
                self.assertLessEqual(held.threads, settled[name].threads)
                self.assertLessEqual(len(held.descriptors), len(settled[name].descriptors), held.descriptors)
                self.assertLessEqual(held.memory, settled[name].memory + MEMORY)
        calls = self.app.call("call.history", {"limit": MINUTES + 1})["calls"]
        self.assertEqual(len(calls), MINUTES)
        self.assertGreaterEqual(calls[0]["started"] - calls[-1]["started"], (MINUTES - 2) * 60_000, "the clock did not run faster")


if __name__ == "__main__":
    unittest.main()
