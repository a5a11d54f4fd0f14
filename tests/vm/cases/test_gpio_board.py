"""The board "linux" with button, lamp and relay on simulated GPIO lines, the service beside it, a phone that answers."""
import json
import time
import unittest

import station
from devices import DEADLINE, Eye, GpioChip, main, sh, until

BELL, LAMP, DOOR = 3, 5, 6
BOARD = {
    "driver": "linux",
    "buttons": [{"name": "bell", "contact": "anna", "gpio": {"chip": "door-board", "line": "BELL"}}],
    "lamp": {"gpio": {"chip": "door-board", "line": "LAMP"}},
    "relays": [{"name": "door", "gpio": {"chip": "door-board", "line": str(DOOR)}}],
    "camera": False, "microphone": False, "speaker": False, "ringTone": False,
}
RINGING = ((1, 0.1, 0.6), (0, 0.1, 0.6), (1, 0.1, 0.6))     # a quarter of a second each, and a slow machine
TALKING = ((1, 1.2, 4), (0, 0.05, 0.8))                     # lit, with short gaps


class BoardCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.chip = GpioChip("door-board", names={BELL: "BELL", LAMP: "LAMP"})
        station.provision(BOARD)

    @classmethod
    def tearDownClass(cls):
        sh("systemctl", "stop", *station.UNITS)
        cls.chip.close()

    def setUp(self):
        self.watch = station.api()
        self.addCleanup(self.watch.close)
        self.watch.call("room.subscribe")
        self.addCleanup(lambda: station.ctl("hangup", check=False))

    def press(self, seconds=0.2):
        self.chip.pull(BELL, True)
        time.sleep(seconds)     # a finger's time, not a wait for anything
        self.chip.pull(BELL, False)

    def phone(self, *arguments):
        phone = station.Phone(*arguments)
        self.addCleanup(phone.close)
        return phone

    def eye(self):
        eye = Eye(lambda: self.chip.value(LAMP))
        self.addCleanup(eye.close)
        return eye


class Calls(BoardCase):
    def test_a_press_rings_the_phone_the_lamp_follows_and_a_long_press_ends(self):
        lamp = self.eye()
        phone = self.phone()
        self.press()
        room = phone.wait(r"^ringing room=(\S+)")[1]
        until(lambda: lamp.saw(*RINGING), lambda: f"the lamp rings: {lamp.spans}")
        self.assertIn("ringing", station.ctl("status").stdout)
        phone.close()
        self.watch.wait_phase("ended")
        until(lambda: lamp.steady(0, 2), lambda: f"the lamp is dark: {lamp.spans}")
        lamp.forget()
        phone = self.phone("--auto-answer=0.1")
        self.press()
        self.assertNotEqual(self.watch.wait_phase("talking")["roomId"], room)
        until(lambda: lamp.saw(*TALKING), lambda: f"the lamp talks: {lamp.spans}")
        self.assertIn("talking", station.ctl("status").stdout)
        self.press(2)
        self.assertEqual(self.watch.wait_phase("ended")["end"]["origin"], "manual")
        phone.wait("^hangUpVoip")
        until(lambda: lamp.steady(0, 2), lambda: f"the lamp is dark: {lamp.spans}")
        history = json.loads(station.ctl("--json", "history", "--limit", "1").stdout)
        self.assertEqual(history["calls"][0]["direction"], "outgoing")

    def test_a_phone_calls_a_press_answers_and_the_door_opens_for_its_time(self):
        phone = self.phone("--call", station.SN)
        self.watch.wait_phase("alerting")
        self.press()
        self.watch.wait_phase("talking")
        door = Eye(lambda: self.chip.value(DOOR))
        self.addCleanup(door.close)
        station.ctl("relay", "door", "1")
        until(lambda: door.saw((1, 0.7, 4)), lambda: f"the door was open for a second: {door.spans}")
        self.assertEqual(self.chip.value(DOOR), 0)
        station.wait_log("door")
        phone.close()
        self.watch.wait_phase("ended")


class Unplugged(BoardCase):
    def health(self, part):
        parts = self.watch.call("health.get")["parts"]
        return next((p["state"] for p in parts if p["name"] == part), None)

    def test_a_chip_that_vanishes_is_told_and_used_again_when_it_is_back(self):
        self.chip.unplug()
        until(lambda: self.health("button bell") not in ("ok", None), lambda: f"the button is missed: {self.told()}")
        until(lambda: self.health("lamp") not in ("ok", None), lambda: f"the lamp is missed: {self.told()}")
        self.assertNotEqual(self.watch.call("health.get")["status"], "ok")
        self.chip.plug()
        until(lambda: self.health("button bell") == "ok", lambda: f"the button is back: {self.told()}")
        until(lambda: self.health("lamp") == "ok", lambda: f"the lamp is back: {self.told()}")
        phone = self.phone()
        self.press()
        phone.wait("^ringing")
        self.press(2)
        self.assertEqual(self.watch.wait_phase("ended")["end"]["eventName"], "cancelVoip")

    def told(self):
        return self.watch.call("health.get")


class ToldToStop(BoardCase):
    """As `systemctl stop` and every shutdown do it: with TERM, in order, and no line held or high."""

    def setUp(self):
        station.start_daemon(station.device_config(BOARD))
        station.wait_online()
        super().setUp()
        until(lambda: self.watch.call("health.get")["status"] == "ok", lambda: self.watch.call("health.get"))

    def stop(self):
        sh("systemctl", "stop", *station.UNITS, timeout=3 * DEADLINE)
        self.assertEqual(station.show(station.DAEMON, "ActiveState", "Result", "ExecMainStatus"),
                         {"ActiveState": "inactive", "Result": "success", "ExecMainStatus": "0"})
        self.assertEqual((self.chip.value(LAMP), self.chip.value(DOOR)), (0, 0))

    def test_at_rest(self):
        self.stop()

    def test_in_a_call_with_the_door_open_the_phone_learns_of_the_end(self):
        phone = self.phone("--auto-answer=0")
        self.press()
        self.watch.wait_phase("talking")
        station.ctl("relay", "door", "30")
        self.assertEqual(self.chip.value(DOOR), 1)
        self.stop()
        phone.wait("^hangUpVoip")       # told by the device, not a time-out
        phone.wait("^finishVoip")


class MissingAtFirst(unittest.TestCase):
    def test_the_daemon_is_up_without_its_devices_and_takes_them_when_they_come(self):
        station.provision(BOARD)
        client = station.api()
        self.addCleanup(client.close)
        self.assertNotEqual(client.call("health.get")["status"], "ok")
        chip = GpioChip("door-board", names={BELL: "BELL", LAMP: "LAMP"})
        self.addCleanup(chip.close)
        self.addCleanup(lambda: sh("systemctl", "stop", *station.UNITS))
        until(lambda: client.call("health.get")["status"] == "ok", lambda: client.call("health.get"))
        client.call("room.subscribe")
        chip.pull(BELL, True)
        time.sleep(0.2)     # a finger's time
        chip.pull(BELL, False)
        client.wait_phase("dialling")
        station.ctl("hangup")
        client.wait_phase("ended")


if __name__ == "__main__":
    main()
