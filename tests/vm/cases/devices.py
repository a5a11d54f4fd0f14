"""The machine's simulated hardware: what tests do to it and see of it."""
import fcntl
import glob
import math
import os
import pathlib
import struct
import subprocess
import sys
import threading
import time
import unittest

SLOW = float(os.environ.get("WMPF_SLOW", "1"))
DEADLINE = 20 * SLOW
CONFIG = pathlib.Path("/sys/kernel/config")


def until(condition, what, timeout=DEADLINE):
    """Waits until condition() is true and returns what it gave; most of what a kernel does is no event here."""
    end = time.monotonic() + timeout
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"not in {timeout:.0f} s: {what() if callable(what) else what}")
        time.sleep(0.02)


def sh(*command, check=True, timeout=DEADLINE, text=None):
    """Runs a command; the result has returncode, stdout and stderr."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=timeout, input=text, check=False)
    if check and done.returncode != 0:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def modprobe(name, *options):
    sh("modprobe", name, *options)


def unload(name):
    """Takes a module out, once its last user has let go."""
    until(lambda: sh("rmmod", name, check=False).returncode == 0, f"{name} is not in use")


class GpioChip:
    """A chip of gpio-sim. `names`: line names by offset."""

    def __init__(self, label="board", lines=8, names=None):
        modprobe("gpio-sim")
        modprobe("configfs")
        until((CONFIG / "gpio-sim").exists, "gpio-sim's configuration")
        self.label, self.folder = label, CONFIG / "gpio-sim" / label
        bank = self.folder / "bank0"
        bank.mkdir(parents=True)
        (bank / "num_lines").write_text(str(lines))
        (bank / "label").write_text(label)
        for offset, name in (names or {}).items():
            (bank / f"line{offset}").mkdir()
            (bank / f"line{offset}/name").write_text(name)
        self.plug()

    def plug(self):
        (self.folder / "live").write_text("1")
        device = (self.folder / "dev_name").read_text().strip()
        self.chip = (self.folder / "bank0/chip_name").read_text().strip()
        self.lines = pathlib.Path(f"/sys/devices/platform/{device}/{self.chip}")
        self.node = pathlib.Path("/dev") / self.chip
        until(self.node.exists, f"{self.node}")
        sh("udevadm", "settle")

    def unplug(self):
        if (self.folder / "live").read_text().strip() == "1":
            (self.folder / "live").write_text("0")

    def pull(self, offset, high):
        """Moves an input, as a button does."""
        (self.lines / f"sim_gpio{offset}/pull").write_text("pull-up" if high else "pull-down")

    def value(self, offset):
        """What the line is at; of an output, what its user drives."""
        return int((self.lines / f"sim_gpio{offset}/value").read_text())

    def close(self):
        self.unplug()
        for line in (self.folder / "bank0").glob("line*"):
            line.rmdir()
        (self.folder / "bank0").rmdir()
        self.folder.rmdir()


class Led:
    """An LED of the LED class, made through uleds: what the user of the LED class asks for can be read back."""
    NAME_BYTES = 64     # @source include/uapi/linux/uleds.h: LED_MAX_NAME_SIZE, then int max_brightness

    def __init__(self, name, most=255):
        modprobe("uleds")
        until(lambda: os.path.exists("/dev/uleds"), "/dev/uleds")
        self.fd = os.open("/dev/uleds", os.O_RDWR | os.O_NONBLOCK)
        os.write(self.fd, name.encode().ljust(self.NAME_BYTES, b"\0") + int(most).to_bytes(4, "little"))
        self.folder = pathlib.Path("/sys/class/leds") / name
        until(self.folder.exists, f"{self.folder}")
        sh("udevadm", "settle")
        self.last = 0

    def brightness(self):
        """The last value that was asked for."""
        try:
            while block := os.read(self.fd, 4):
                self.last = int.from_bytes(block, "little")
        except BlockingIOError:
            pass
        return self.last

    def close(self):
        os.close(self.fd)


class Keypad:
    """A keypad, made through uinput. `keys`: numbers of linux/input-event-codes.h."""
    # @source include/uapi/linux/uinput.h: UI_SET_EVBIT, UI_SET_KEYBIT, UI_DEV_SETUP (92 bytes), UI_DEV_CREATE, UI_GET_SYSNAME
    SET_EVENT, SET_KEY, SETUP, CREATE, NAME_OF_64 = 0x40045564, 0x40045565, 0x405c5503, 0x5501, 0x8040552c
    SYN, KEY, USB = 0, 1, 3

    def __init__(self, name, *keys):
        for module in ("uinput", "evdev"):
            modprobe(module)
        until(lambda: os.path.exists("/dev/uinput"), "/dev/uinput")
        self.fd = os.open("/dev/uinput", os.O_WRONLY)
        fcntl.ioctl(self.fd, self.SET_EVENT, self.KEY)
        for key in keys:
            fcntl.ioctl(self.fd, self.SET_KEY, key)
        fcntl.ioctl(self.fd, self.SETUP, struct.pack("=4H80sI", self.USB, 1, 1, 1, name.encode(), 0))
        fcntl.ioctl(self.fd, self.CREATE)
        kernels = fcntl.ioctl(self.fd, self.NAME_OF_64, bytes(64)).split(b"\0")[0].decode()
        folder = pathlib.Path("/sys/devices/virtual/input") / kernels
        self.node = "/dev/input/" + until(lambda: next(folder.glob("event*"), None), f"{folder}/event*").name
        until(lambda: os.path.exists(self.node), self.node)
        sh("udevadm", "settle")

    def move(self, key, down):
        for kind, code, value in ((self.KEY, key, int(down)), (self.SYN, 0, 0)):
            os.write(self.fd, struct.pack("@llHHi", 0, 0, kind, code, value))

    def unplug(self):
        if self.fd is not None:
            os.close(self.fd)
        self.fd = None


def camera_node(driver):
    """The /dev/video* of a driver."""
    names = {node: pathlib.Path(f"/sys/class/video4linux/{os.path.basename(node)}/name").read_text().strip()
             for node in glob.glob("/dev/video*")}
    found = sorted(node for node, name in names.items() if driver in name)
    return found[0] if found else None


def vivid():
    """A webcam that makes test pictures."""
    modprobe("vivid", "n_devs=1", "node_types=0x1", "num_inputs=1", "input_types=0x0")
    sh("udevadm", "settle")
    return until(lambda: camera_node("vivid"), "vivid's node")


def loopback_camera():
    """A camera whose pictures another program writes."""
    modprobe("v4l2loopback", "devices=1", "exclusive_caps=1", "card_label=loopback")
    sh("udevadm", "settle")
    return until(lambda: camera_node("loopback"), "the loopback's node")


class CameraFeed:
    """Writes pictures of one format into a loopback camera. `pixels`: the format's four letters."""
    S_FMT = 0xc0d05605      # @source linux/videodev2.h: VIDIOC_S_FMT, with a struct v4l2_format of 208 bytes
    VIDEO_OUTPUT, FIELD_NONE, SRGB = 2, 1, 8

    def __init__(self, node, width, height, pixels, size):
        self.fd = os.open(node, os.O_RDWR)
        wanted = struct.pack("=II7I", self.VIDEO_OUTPUT, 0, width, height, int.from_bytes(pixels.encode(), "little"),
                             self.FIELD_NONE, 0, size, self.SRGB)
        fcntl.ioctl(self.fd, self.S_FMT, wanted.ljust(208, b"\0"))

    def write(self, picture):
        os.write(self.fd, picture)

    def close(self):
        os.close(self.fd)


def sound_loop():
    """A card whose playback comes out of its capture: hw:Loop,1 plays what hw:Loop,0 hears, and the other way round."""
    modprobe("snd-aloop", "index=0", "id=Loop", "pcm_substreams=1")
    until(lambda: os.path.exists("/proc/asound/Loop"), "the card Loop")
    sh("udevadm", "settle")


def strength(samples, rate, hertz):
    """Of one tone in the samples, 0 to 1 of their power. `rate`: samples a second."""
    power = sum(sample * sample for sample in samples) or 1
    turn = 2 * math.pi * hertz / rate
    cosine = sum(sample * math.cos(turn * number) for number, sample in enumerate(samples))
    sine = sum(sample * math.sin(turn * number) for number, sample in enumerate(samples))
    return 2 * (cosine * cosine + sine * sine) / (len(samples) * power)


class Eye(threading.Thread):
    """Looks at an output all the time and remembers for how long it was high and low. `level`: a function."""

    def __init__(self, level):
        super().__init__(daemon=True)
        self.level, self.leave = level, threading.Event()
        self.spans = []         # (level, seconds) of spans that have ended
        self.now = (level(), time.monotonic())
        self.start()

    def run(self):
        while not self.leave.wait(0.01):
            level, at = self.level(), time.monotonic()
            if level != self.now[0]:
                self.spans.append((self.now[0], at - self.now[1]))
                self.now = (level, at)

    def steady(self, level, seconds):
        """It is so now, and has been for some time."""
        now = self.now
        return now[0] == level and time.monotonic() - now[1] > seconds

    def saw(self, *wanted):
        """Whether these spans followed each other; each is (level, shortest, longest)."""
        spans = list(self.spans)
        return any(all(span[0] == level and low <= span[1] <= high
                       for span, (level, low, high) in zip(spans[start:], wanted))
                   for start in range(len(spans) - len(wanted) + 1))

    def forget(self):
        self.spans = []

    def close(self):
        self.leave.set()
        self.join()


class Timed(unittest.TextTestResult):
    """Says how long each case took."""

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def addSuccess(self, test):
        unittest.TestResult.addSuccess(self, test)
        self.stream.writeln(f"ok, {time.monotonic() - self.began:.1f} s")
        self.stream.flush()


def main():
    """Runs the cases of the program that calls it."""
    unittest.main(testRunner=unittest.TextTestRunner(resultclass=Timed, verbosity=2, stream=sys.stdout))
