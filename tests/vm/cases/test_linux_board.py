"""The board "linux" in its unit, without a service: how soon a press is heard, an LED as the lamp, a keypad,
and what a crash leaves."""
import json
import pathlib
import re
import statistics
import time
import unittest

import station
from devices import DEADLINE, GpioChip, Keypad, Led, main, modprobe, sh, until

BELL, DOOR = 3, 6
LED = "station::call"
BOARD = {
    "driver": "linux",
    "buttons": [{"name": "bell", "openId": "somebody", "gpio": {"chip": "station", "line": "BELL"}}],
    "relays": [{"name": "door", "gpio": {"chip": "station", "line": str(DOOR)}}],
    "lamp": {"led": LED}, "camera": False, "microphone": False, "speaker": False, "ringTone": False,
}


def start(board=None, **parts):
    station.start_daemon(station.device_config(board or BOARD, call={"engine": "none"}, **parts))


class LinuxBoard(unittest.TestCase):
    def setUp(self):
        self.chip = GpioChip("station", names={BELL: "BELL"})
        self.addCleanup(self.chip.close)
        self.addCleanup(lambda: sh("systemctl", "stop", *station.UNITS, timeout=3 * DEADLINE))

    def led(self):
        led = Led(LED)
        self.addCleanup(led.close)
        return led

    def api(self):
        client = station.api()
        self.addCleanup(client.close)
        return client

    def health(self, client, part):
        parts = client.call("health.get")["parts"]
        return next((one["state"] for one in parts if one["name"] == part), None)


class Held:
    """What the daemon holds: KiB of its own, threads, descriptors."""

    def __init__(self):
        folder = pathlib.Path(f"/proc/{station.main_pid()}")
        # Not RssAnon of "status": this kernel counts that by threads and is late by up to 256 KiB for each.
        self.memory = int(re.search(r"^Anonymous:\s+(\d+)", (folder / "smaps_rollup").read_text(), re.MULTILINE)[1])
        self.threads = len(list((folder / "task").iterdir()))
        self.descriptors = len(list((folder / "fd").iterdir()))


class Presses(LinuxBoard):
    COUNT, SETTLED = 100, 40
    MEMORY = 256        # KiB: the history keeps every call; a leak of a call's objects is more

    def stamps(self):
        """When the kernel saw the releases, in ns of its monotonic clock."""
        found = re.findall(r"button moves .*down=false stamp_ns=(\d+)", station.journal(station.DAEMON, "-b"))
        return [int(stamp) for stamp in found]

    def test_from_the_kernels_stamp_of_an_edge_to_dialling_at_the_socket_and_nothing_is_left_of_100_calls(self):
        """Of times it prints figures and judges only the order: the machine is emulated."""
        self.led()
        start(log={"areas": {"board": "debug"}})
        client = self.api()
        client.call("room.subscribe")
        heard = []
        for number in range(self.COUNT):
            if number == self.SETTLED:
                settled = Held()
            self.chip.pull(BELL, True)
            time.sleep(0.1)     # a finger's time, not a wait for anything
            self.chip.pull(BELL, False)
            client.wait_phase("dialling")
            heard.append(time.monotonic_ns())
            client.call("voip.forceHangUpVoip")
            client.wait_phase("ended")
        last = Held()
        until(lambda: len(self.stamps()) >= self.COUNT, lambda: f"{len(self.stamps())} releases in the journal")
        stamps = self.stamps()
        self.assertEqual(len(stamps), self.COUNT)
        took = sorted((after - edge) / 1e6 for edge, after in zip(stamps, heard))
        print(f"edge to dialling: median {statistics.median(took):.1f} ms, p95 {took[int(len(took) * 0.95)]:.1f} ms, "
              f"{len(took)} presses ... ", end="", flush=True)
        self.assertGreater(took[0], 0)
        print(f"{settled.memory} KiB after {self.SETTLED}, {last.memory} at the end ... ", end="", flush=True)
        self.assertLessEqual(last.threads, settled.threads)
        self.assertLessEqual(last.descriptors, settled.descriptors)
        self.assertLessEqual(last.memory, settled.memory + self.MEMORY)


class Keys(LinuxBoard):
    ENTER = 28      # @source linux/input-event-codes.h: KEY_ENTER

    def plugged(self):
        pad = Keypad("door keypad", self.ENTER)
        self.addCleanup(pad.unplug)
        return pad

    def a_press_dials(self, pad, client):
        pad.move(self.ENTER, True)
        time.sleep(0.1)     # a finger's time, not a wait for anything
        pad.move(self.ENTER, False)
        client.wait_phase("dialling")
        client.call("voip.forceHangUpVoip")
        client.wait_phase("ended")

    def test_a_key_dials_by_the_line_that_board_prints_and_again_when_its_pad_was_pulled(self):
        pad = self.plugged()
        keys = json.loads(station.ctl("--json", "board").stdout)["found"]["keys"]
        config = next(one["config"] for one in keys if one["name"] == "door keypad")
        self.assertEqual(config, {"key": {"device": pad.node, "code": "KEY_ENTER"}})
        start({**BOARD, "lamp": False, "buttons": [{"name": "bell", "openId": "somebody", **config}]})
        client = self.api()
        client.call("room.subscribe")
        self.a_press_dials(pad, client)
        pad.unplug()
        until(lambda: self.health(client, "button bell") not in (None, "ok"), lambda: client.call("health.get"))
        pad = self.plugged()
        until(lambda: self.health(client, "button bell") == "ok", lambda: client.call("health.get"))
        self.a_press_dials(pad, client)


class LampIsLed(LinuxBoard):
    def setUp(self):
        super().setUp()
        modprobe("ledtrig-timer")

    def test_an_led_that_comes_late_is_blinked_by_the_kernel_for_the_unprivileged_daemon(self):
        start()
        client = self.api()
        self.assertEqual(self.health(client, "lamp"), "degraded")
        led = self.led()
        until(lambda: self.health(client, "lamp") == "ok", lambda: client.call("health.get"))
        client.call("board.press", {"button": "bell"})
        seen = set()
        until(lambda: seen.add(led.brightness()) or seen >= {0, 255}, lambda: f"the LED blinks: {seen}")
        self.assertIn("[timer]", (led.folder / "trigger").read_text())
        sh("systemctl", "stop", *station.UNITS, timeout=3 * DEADLINE)
        self.assertEqual(self.attributes(led), ("[none]", "0"))

    @staticmethod
    def attributes(led):
        trigger = re.search(r"\[\w+\]", (led.folder / "trigger").read_text())[0]
        return trigger, (led.folder / "brightness").read_text().strip()

    def test_a_daemon_that_is_killed_leaves_no_open_door_and_no_blinking_lamp(self):
        drop_in = station.DropIn("Restart=no")     # what is at rest then is not so by the next start
        self.addCleanup(drop_in.remove)
        led = self.led()
        start()
        client = self.api()
        client.call("board.press", {"button": "bell"})
        until(lambda: led.brightness() == 255, "the LED is lit")
        client.call("board.relay", {"relay": "door", "seconds": 30})
        self.assertEqual(self.chip.value(DOOR), 1)
        opened = client.call("board.get")["relays"][0]["lastOpened"]
        self.assertEqual((opened["by"], opened["roomId"]), ("uid:0", None))
        station.kill("KILL")
        until(lambda: station.show(station.DAEMON, "ActiveState") == "failed",
              lambda: station.journal(station.DAEMON, "--lines=20"))
        self.assertEqual(self.chip.value(DOOR), 0)
        self.assertEqual(self.attributes(led), ("[none]", "0"))
        self.assertIn("uid:0", station.journal(station.DAEMON))


if __name__ == "__main__":
    main()
