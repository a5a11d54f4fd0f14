"""What a wire may do to messages: say them twice, say them again when their call is over, lose the other side."""
import json
import unittest

from harness import SLOW, House, HouseCase
from relay import Relay


class WireCase(HouseCase):
    """The device's wire goes through a relay; the phones' do not."""

    @classmethod
    def setUpClass(cls):
        cls.house = House(through=Relay)
        cls.relay = cls.house.relay

    @classmethod
    def tearDownClass(cls):
        cls.house.close()
        cls.relay.close()

    def setUp(self):
        self.idle()
        self.watch = self.house.watch()

    def tearDown(self):
        self.relay.twice = False
        super().tearDown()

    def call_out(self):
        phone = self.house.phone("reception", "--auto-answer=0")
        self.house.ctl("press", "call")
        self.watch.wait_phase("talking")
        return phone


class Duplicates(WireCase):
    def test_each_message_twice_is_one_call_out(self):
        self.relay.twice = True
        events = self.house.watch()
        phone = self.call_out()
        self.house.ctl("hangup")
        self.assertEqual(events.events_until("finishVoip"),
                         ["startVoip", "joinedRoomByCaller", "hangUpVoip", "endVoip", "finishVoip"])
        phone.wait_line("^finishVoip")
        phone.stop()
        self.assertEqual(sum(line.startswith("ringing") for line in phone.lines), 1)   # twice dialled, one room
        room = self.house.api().call("room.get")["roomId"]
        records = self.house.api().call("call.history", {"limit": 10})["calls"]
        self.assertEqual(sum(record["roomId"] == room for record in records), 1)

    def test_each_message_twice_is_one_call_in(self):
        self.relay.twice = True
        events = self.house.watch()
        phone = self.house.phone("reception", "--call", self.house.SN)
        self.watch.wait_phase("alerting")
        self.house.ctl("answer")
        self.watch.wait_phase("talking")
        phone.stop()
        self.assertEqual(events.events_until("finishVoip"),
                         ["startVoip", "hangOnVoip", "hangUpVoip", "endVoip", "finishVoip"])


class Late(WireCase):
    def test_what_an_ended_call_said_rings_nothing_and_ends_nothing(self):
        phone = self.house.phone("reception", "--call", self.house.SN)
        first = self.watch.wait_phase("alerting")["roomId"]
        phone.stop()   # cancelled: its room is over
        self.watch.wait_phase("ended")
        self.watch.wait_event("finishVoip")
        self.assertGreater(self.relay.say_again(), 3)
        refusal = self.house.watch()   # asked behind all that: the daemon has read it
        self.assertEqual(refusal.call("room.get")["phase"], "ended")

        phone = self.call_out()
        second = self.house.api().call("room.get")
        self.assertNotEqual(second["roomId"], first)
        self.relay.say_again()
        marker = len(self.relay.heard)
        self.house.api().call("device.getPushToken")
        after = self.house.api().call("room.get")
        self.assertEqual((after["phase"], after["roomId"]), ("talking", second["roomId"]))
        self.house.ctl("hangup")
        names = self.watch.events_until("finishVoip")
        self.assertEqual((names.count("endVoip"), names.count("hangUpVoip")), (1, 1))
        phone.wait_line("^finishVoip")
        phone.stop()
        # The late call.incoming of the first room was refused, not acknowledged.
        self.assertTrue(any(from_device and "error" in message for from_device, message in self.relay.heard[:marker]),
                        json.dumps(self.relay.heard))


class Glare(WireCase):
    def test_the_person_who_is_dialled_dials_back_at_the_same_moment(self):
        self.house.service.fault(method="voip.initByCaller", sn=self.house.SN, delaySeconds=SLOW, times=1)   # a phone starts and dials in it
        self.house.ctl("press", "call")
        dialling = self.watch.wait_phase("dialling")
        back = self.house.phone("reception", "--call", self.house.SN)
        back.wait_line("^busy")
        ringing = self.watch.wait_phase("ringing", "ended")
        self.assertEqual((ringing["callId"], ringing["direction"]), (dialling["callId"], "outgoing"))
        self.house.ctl("hangup")
        self.watch.wait_phase("ended")
        back.wait_exit()


if __name__ == "__main__":
    unittest.main()
