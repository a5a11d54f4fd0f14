#!/usr/bin/env python3
"""An upgrade of the Debian packages while somebody talks."""
import pathlib
import unittest

import station
from devices import DEADLINE, main, sh

DEBS = pathlib.Path("/payload/debs")


def install(*names):
    sh("env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "--install", *(DEBS / f"{name}.deb" for name in names),
       timeout=6 * DEADLINE)


def version(name):
    return sh("dpkg-query", "--show", "--showformat=${Version}", name).stdout


@unittest.skipUnless(DEBS.exists(), "no packages here: ./run package makes them")
class Upgrade(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        install("wmpf-voip-service", "wmpf-voipd")      # over the build's programs, which lie in the same places

    def setUp(self):
        station.provision()
        self.phone = station.Phone("--auto-answer=0")
        self.addCleanup(self.phone.close)

    def talk(self):
        client = station.api()
        self.addCleanup(client.close)
        client.call("room.subscribe")
        client.call("board.press", {"button": "call"})
        return client, client.wait_phase("talking")["roomId"]

    def test_of_the_daemon_it_ends_the_call_in_order_and_the_next_call_rings(self):
        client, _ = self.talk()
        before = version("wmpf-voipd")
        install("wmpf-voipd-next")
        client.close()
        self.phone.wait("^hangUpVoip")      # told by the device, not a time-out
        self.phone.wait("^finishVoip")
        self.assertEqual(version("wmpf-voipd"), before + "+next")
        station.wait_active()
        station.wait_online()               # the same identity: no new ticket
        self.assertEqual(station.show(station.DAEMON, "Result"), "success")
        client, _ = self.talk()
        self.assertGreaterEqual(len(client.call("call.history")["calls"]), 1)
        client.call("voip.forceHangUpVoip")
        client.wait_phase("ended")

    def test_of_the_service_it_lets_the_call_go_on(self):
        client, room = self.talk()
        install("wmpf-voip-service-next")
        station.wait_active(station.SERVICE)
        station.wait_online()
        now = client.call("room.get")
        self.assertEqual((now["roomId"], now["phase"]), (room, "talking"))
        client.call("voip.forceHangUpVoip")
        client.wait_phase("ended")


if __name__ == "__main__":
    main()
