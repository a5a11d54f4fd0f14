"""A device whose clock is wrong: what it says, what works, and what happens when the clock is put right while it runs.

The clock of the daemon alone is moved, by libfaketime; its monotonic clock and everybody else's stay as they are."""
import glob
import threading
import time
import unittest

from harness import DEADLINE, SLOW, House, Program

LIBRARY = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)


class FakeClock(House):
    """A house whose daemon reads the time from a file, as an offset: "-30y" or "+0"."""

    def __init__(self, offset):
        self.offset = offset
        super().__init__(people=("reception",))

    def set_clock(self, offset):
        file = self.folder / "faketime"
        file.with_suffix(".new").write_text(offset + "\n")
        file.with_suffix(".new").rename(file)

    def start_daemon(self):
        self.set_clock(self.offset)
        fake = {"LD_PRELOAD": LIBRARY, "FAKETIME_TIMESTAMP_FILE": str(self.folder / "faketime"), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.daemon = Program(*self.daemon_command(), env=fake)
        self.programs.append(self.daemon)
        return self.daemon


@unittest.skipUnless(LIBRARY, "needs libfaketime")
@unittest.skipUnless(SLOW == 1, "sanitizers and emulators take no preloaded library")
class WrongClock(unittest.TestCase):
    def house(self, offset):
        house = FakeClock(offset)
        self.addCleanup(house.close)
        return house

    def part(self, house, name):
        parts = {part["name"]: part for part in house.api().call("health.get")["parts"]}
        return parts[name]["state"], parts[name]["reason"]

    def until(self, condition, what):
        end = time.monotonic() + 4 * DEADLINE
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            threading.Event().wait(0.05)   # health has no notification; bounded above

    def test_a_clock_of_1970_is_said_and_calls_work(self):
        house = self.house("-55y")   # registers, gets its token and comes on line with it
        state, reason = self.part(house, "clock")
        self.assertEqual(state, "degraded")
        self.assertRegex(reason, r"^the system clock is 20\d\d\d days behind the right time: set it$")
        self.assertEqual(self.part(house, "channel")[0], "ok")
        watch = house.watch()
        house.phone("reception", "--auto-answer=0")
        house.ctl("press", "call")
        watch.wait_phase("talking")
        house.ctl("hangup")
        watch.wait_phase("ended")

    def test_a_clock_put_right_while_it_runs_is_noticed_and_ends_nothing(self):
        house = self.house("-55y")
        watch = house.watch()
        house.phone("reception", "--auto-answer=0")
        house.ctl("press", "call")
        watch.wait_phase("talking")
        house.set_clock("+0")
        self.until(lambda: self.part(house, "clock") == ("ok", ""), "the clock is ok again")
        self.assertEqual(house.api().call("room.get")["phase"], "talking")
        self.assertEqual(self.part(house, "channel")[0], "ok")
        house.ctl("hangup")
        watch.wait_phase("ended")

    def test_a_clock_years_ahead_ignores_no_expiry_and_recovers_when_it_is_put_right(self):
        house = self.house("+0")
        house.close_apis()
        house.daemon.stop()
        house.offset = "+10y"
        house.start_daemon()
        self.until(lambda: self.part(house, "channel") != ("down", ""), "the channel was tried")
        self.assertEqual(self.part(house, "clock")[0], "degraded")
        self.assertIn("ahead of the right time", self.part(house, "clock")[1])
        self.until(lambda: "certificate" in self.part(house, "channel")[1], "the reason is the certificate")
        house.set_clock("+0")
        house.wait_online()
        self.until(lambda: self.part(house, "clock") == ("ok", ""), "the clock is ok again")


if __name__ == "__main__":
    unittest.main()
