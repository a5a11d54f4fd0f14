"""Cases that boot a machine by themselves, from a disk on which a provisioned device starts at boot. suite.py runs them
and sets `installed`."""
import json
import os
import pathlib
import re
import sys
import tempfile
import time
import unittest

from machine import FULL, Machine, MachineFailure

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/system"))
IN_BOOT = "/payload/tests/vm/cases/in_boot.py"
TIME = 600      # seconds for one function inside
RIGHT_TIME = 15     # seconds that a mended clock may be off

installed = None
prepared = None     # the disk's folder


def inside(machine, function, *arguments):
    """What a function of in_boot.py gave."""
    machine.put(ROOT / "tests/system/harness.py", "tests/system/harness.py")
    machine.put(ROOT / "tests/vm/cases", "tests/vm/cases")
    done = machine.run([IN_BOOT, function, *arguments], TIME, installed.environment)
    if done.status != 0:
        raise AssertionError(f"{function}: {done.status}\n{done.output}")
    return json.loads(done.output.splitlines()[-1])


def prepared_disk():
    """Made once: installed, provisioned, units enabled; shut down in order."""
    global prepared
    if prepared is None:
        prepared = tempfile.TemporaryDirectory(prefix="wmpf-voip-vm-")
        with installed.machine() as machine:
            inside(machine, "prepare")
            try:
                machine.run(["systemctl", "poweroff"])
            except MachineFailure:
                pass        # it may be faster than its answer
            machine.wait_end(TIME)
            machine.disk.rename(pathlib.Path(prepared.name) / "disk.qcow2")
    return pathlib.Path(prepared.name) / "disk.qcow2"


def booted(**options):
    return Machine(installed.image, prepared_disk(), target=FULL, **options)


class Boot(unittest.TestCase):
    def test_the_units_come_up_in_order_and_a_power_cut_in_a_call_loses_nothing(self):
        with booted() as machine:
            inside(machine, "have_devices")
            times = inside(machine, "times")
            print(f"since the kernel started: socket {times['socket']:.1f} s, READY {times['ready']:.1f} s, "
                  f"on line {times['online']:.1f} s ... ", end="", flush=True)
            self.assertLess(times["basic"] - times["socket"], 60)
            self.assertLess(times["socket"], times["ready"])
            self.assertLess(times["ready"], times["online"])
            self.assertEqual(times["failed"], "")
            inside(machine, "call_and_stay")
            machine.again()
            inside(machine, "have_devices")
            after = inside(machine, "after_power_cut")
            self.assertEqual(after["contacts"], ["anna"])
            self.assertFalse([name for name in after["files"] if "damaged" in name or name.endswith(".tmp")], after["files"])
            self.assertNotIn("made the device's key", after["journal"])

    def test_it_is_ready_without_devices_and_service_and_takes_them_when_they_come(self):
        with booted() as machine:
            machine.run(["systemctl", "stop", "wmpf-voip-service"])
            result = inside(machine, "nothing_there")
            self.assertTrue({"button bell", "lamp", "channel"} <= set(result["at_first"]), result)
            self.assertIn("channel", result["with_devices"])

    def test_with_a_clock_of_1970_it_says_so_and_comes_on_line_and_is_well_when_it_is_corrected(self):
        os.environ.setdefault("WMPF_BIN", str(pathlib.Path(installed.build) / "bin"))
        import harness      # reads WMPF_BIN
        folder = tempfile.TemporaryDirectory(prefix="wmpf-voip-vm-")
        self.addCleanup(folder.cleanup)
        service = harness.Service(folder.name, {"names": ["10.0.2.2"]})
        self.addCleanup(service.program.stop)
        service.admin("product", "add", "wx-vm", "model-1")
        with booted(clock="1970-03-01T00:00:00", network=True) as machine:
            ticket = re.search(r"\b[0-9A-Za-z]{32}\b", service.admin("ticket", "vm-0001"))[0]     # good for minutes only
            result = inside(machine, "service_elsewhere", f"https://10.0.2.2:{service.port}", service.ca.read_text(), ticket)
            now = float(machine.run(["date", "+%s"]).output)
        self.assertEqual(result["year"], 1970)
        self.assertEqual(result["wrong"]["state"], "behind")
        self.assertNotEqual(result["health"]["state"], "ok")
        self.assertEqual((result["right"]["state"], result["channel"]), ("ok", "online"))
        self.assertEqual(result["restarts"], "0")
        self.assertLess(abs(now - time.time()), RIGHT_TIME)
