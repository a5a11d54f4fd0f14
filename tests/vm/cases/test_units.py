"""The installed units under a real systemd and a real kernel, with the simulated board: they start, and a call works."""
import re
import unittest

import station
from devices import main, sh


class Start(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        station.provision()

    def test_both_units_are_ready_and_nothing_failed(self):
        for unit in (station.DAEMON, "wmpf-voipd.socket", station.SERVICE):
            self.assertEqual(station.show(unit, "ActiveState", "Result"), {"ActiveState": "active", "Result": "success"})
        self.assertEqual(sh("systemctl", "--failed", "--no-legend", "--plain").stdout, "")
        status = ctl_status()
        self.assertIn("online", status)

    def test_the_daemon_is_nobody_special_and_its_state_is_its_own(self):
        pid = station.main_pid()
        self.assertEqual(sh("stat", "--format=%U", f"/proc/{pid}").stdout.strip(), "voip")
        self.assertRegex(sh("grep", "^CapEff", f"/proc/{pid}/status").stdout, r"0{16}")
        self.assertEqual(sh("stat", "--format=%U %a", "/var/lib/wmpf-voipd").stdout.strip(), "voip 700")

    def test_a_press_rings_the_phone_and_its_hang_up_ends_the_call(self):
        phone = station.Phone("--auto-answer=0.1")
        self.addCleanup(phone.close)
        watch = station.api()
        self.addCleanup(watch.close)
        watch.call("room.subscribe")
        station.ctl("press", "call")
        room = phone.wait(r"^ringing room=(\S+)")[1]
        self.assertEqual(watch.wait_phase("talking")["roomId"], room)
        self.assertIn("talking", ctl_status())
        phone.close()
        self.assertEqual(watch.wait_phase("ended")["end"]["eventName"], "hangUpVoip")
        self.assertTrue(re.search("hangUpVoip|ended", ctl_status()))


def ctl_status():
    return station.ctl("status").stdout


if __name__ == "__main__":
    main()
