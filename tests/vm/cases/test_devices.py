"""The simulated hardware of the machine itself: it is what all other cases stand on."""
import math
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest
import wave

from devices import DEADLINE, CameraFeed, GpioChip, Led, loopback_camera, main, sh, sound_loop, unload, until, vivid


class Gpio(unittest.TestCase):
    def test_two_edges_of_a_line_are_seen_and_an_output_can_be_read_back(self):
        chip = GpioChip(names={3: "BUTTON"})
        self.addCleanup(chip.close)
        self.assertRegex(sh("gpiofind", "BUTTON").stdout, rf"{chip.chip} 3")
        monitor = subprocess.Popen(["gpiomon", "--num-events=2", "--format=%e", chip.chip, "3"], stdout=subprocess.PIPE,
                                   text=True)
        until(lambda: "gpiomon" in sh("gpioinfo", chip.chip).stdout, "the monitor has the line")
        chip.pull(3, True)
        chip.pull(3, False)
        self.assertEqual(monitor.communicate(timeout=DEADLINE)[0].split(), ["1", "0"])
        sh("gpioset", "--mode=exit", chip.chip, "5=1")
        holder = subprocess.Popen(["gpioset", "--mode=signal", chip.chip, "5=1"])
        until(lambda: chip.value(5) == 1, "line 5 is high")
        holder.terminate()
        holder.wait(DEADLINE)

    def test_a_chip_that_is_unplugged_takes_its_node_along_and_comes_back(self):
        chip = GpioChip()
        self.addCleanup(chip.close)
        node = chip.node
        chip.unplug()
        until(lambda: not node.exists(), "the node is gone")
        chip.plug()
        self.assertTrue(chip.node.exists())


class Lights(unittest.TestCase):
    def test_an_led_shows_the_brightness_that_was_written(self):
        led = Led("test::lamp", 255)
        self.addCleanup(led.close)
        (led.folder / "brightness").write_text("200")
        until(lambda: led.brightness() == 200, "brightness 200")


class Cameras(unittest.TestCase):
    def test_vivid_gives_30_pictures_of_640x360(self):
        node = vivid()
        self.addCleanup(unload, "vivid")
        with tempfile.NamedTemporaryFile() as taken:
            sh("v4l2-ctl", "-d", node, "--set-fmt-video=width=640,height=360,pixelformat=NV12", "--stream-mmap=4",
               "--stream-count=30", f"--stream-to={taken.name}", timeout=3 * DEADLINE)
            self.assertEqual(os.path.getsize(taken.name), 30 * 640 * 360 * 3 // 2)
            taken.seek(640 * 360 * 3 // 2 * 29)
            self.assertGreater(len(set(taken.read(640 * 360))), 4, "the last picture is of one colour")

    def test_the_loopback_camera_gives_what_is_written_to_it(self):
        node = loopback_camera()
        self.addCleanup(unload, "v4l2loopback")
        picture = bytes(range(256)) * (320 * 240 * 2 // 256)
        feed = CameraFeed(node, 320, 240, "YUYV", len(picture))
        self.addCleanup(feed.close)
        feed.write(picture)
        with tempfile.NamedTemporaryFile() as taken:
            reader = subprocess.Popen(["v4l2-ctl", "-d", node, "--stream-mmap=2", "--stream-count=1",
                                       f"--stream-to={taken.name}"], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            until(lambda: reader.poll() is not None or feed.write(picture), "a reader that has got its picture")
            self.assertEqual(reader.returncode, 0)
            self.assertEqual(pathlib.Path(taken.name).read_bytes()[:len(picture)], picture)


class Sound(unittest.TestCase):
    RATE = 16000

    def test_a_tone_of_440_hz_comes_out_of_the_loop(self):
        sound_loop()
        self.addCleanup(unload, "snd_aloop")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        tone, heard = f"{folder.name}/tone.wav", f"{folder.name}/heard.wav"
        with wave.open(tone, "wb") as out:
            out.setparams((1, 2, self.RATE, 0, "NONE", ""))
            out.writeframes(b"".join(struct.pack("<h", int(12000 * math.sin(2 * math.pi * 440 * n / self.RATE)))
                                     for n in range(6 * self.RATE)))
        player = subprocess.Popen(["aplay", "-q", "-D", "plughw:Loop,1", tone])
        # Both ends of the loop have one format: the second to come must not meet a half-made one.
        until(lambda: "RUNNING" in pathlib.Path("/proc/asound/Loop/pcm1p/sub0/status").read_text(), "the tone plays")
        sh("arecord", "-q", "-D", "plughw:Loop,0", "-f", "S16_LE", "-r", self.RATE, "-c", 1, "-d", 2, heard,
           timeout=3 * DEADLINE)
        self.assertEqual(player.wait(DEADLINE), 0)
        with wave.open(heard, "rb") as got:
            samples = struct.unpack(f"<{got.getnframes()}h", got.readframes(got.getnframes()))
        self.assertGreater(sum(abs(sample) > 3000 for sample in samples), self.RATE / 2)
        crossings = [n for n in range(1, len(samples)) if samples[n - 1] < 0 <= samples[n]]
        periods = sorted(after - before for before, after in zip(crossings, crossings[1:]))
        self.assertAlmostEqual(periods[len(periods) // 2], self.RATE / 440, delta=1)


class Kernel(unittest.TestCase):
    def test_the_kernel_has_control_groups_v2_and_the_machine_one_processor(self):
        self.assertIn("memory", pathlib.Path("/sys/fs/cgroup/cgroup.controllers").read_text())
        self.assertEqual(os.cpu_count(), 1)


if __name__ == "__main__":
    main()
