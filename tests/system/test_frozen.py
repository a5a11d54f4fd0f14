"""Peers that hang without dying: nothing ends their connections, so silence alone must tell. Takes the 45 s that are promised."""
import signal
import threading
import time
import unittest

from harness import DEADLINE, House

FOUND_AFTER = 45   # seconds; the wire's own limits, not stretched by slow builds


class Frozen(unittest.TestCase):
    def setUp(self):
        self.houses = []

    def tearDown(self):
        for house in self.houses:
            for program in (house.daemon, house.service.program):
                program.process.send_signal(signal.SIGCONT)
            house.close()

    def house(self):
        self.houses.append(House(people=("reception",)))
        return self.houses[-1]

    def until(self, condition, since, what):
        while not condition():
            self.assertLess(time.monotonic() - since, FOUND_AFTER + DEADLINE / 5, what)
            threading.Event().wait(0.2)   # neither side has an event for it; bounded by the line above
        return time.monotonic() - since

    def test_a_stopped_service_and_a_stopped_device_are_found_within_45_s(self):
        mute_service, mute_device = self.house(), self.house()
        _, login = mute_device.service.http("POST", "/v1/user/login", {"name": "reception"})
        bearer = {"Authorization": "Bearer " + login["userToken"]}

        def device_is_on_line():
            return mute_device.service.http("GET", "/v1/user/getDeviceVoIPList", headers=bearer)[1]["list"][0]["online"]

        def service_is_heard():
            return mute_service.api().call("device.get")["channel"]["state"] == "online"
        self.assertTrue(device_is_on_line() and service_is_heard())
        begin = time.monotonic()
        mute_service.service.program.process.send_signal(signal.SIGSTOP)
        mute_device.daemon.process.send_signal(signal.SIGSTOP)
        self.until(lambda: not service_is_heard(), begin, "the device still trusts a service that is silent")
        self.until(lambda: not device_is_on_line(), begin, "the service still trusts a device that is silent")
        # Awake again, both are on line as if nothing had been.
        mute_service.service.program.process.send_signal(signal.SIGCONT)
        mute_device.daemon.process.send_signal(signal.SIGCONT)
        mute_service.wait_online()
        begin = time.monotonic()
        self.until(device_is_on_line, begin, "the device does not come back")


if __name__ == "__main__":
    unittest.main()
