"""Calls between a device and phones, with the real programs."""
import socket
import unittest

from harness import HouseCase

CALLER_TALK = ["startVoip", "joinedRoomByCaller", "hangUpVoip", "endVoip", "finishVoip"]


class Outgoing(HouseCase):
    def setUp(self):
        self.idle()
        self.watch = self.house.watch()

    def ring(self, phone):
        self.house.ctl("press", "call")
        return phone.wait_line(r"^ringing room=(\S+)")[1]

    def test_press_rings_answers_and_the_phone_hangs_up(self):
        phone = self.house.phone("reception", "--auto-answer=0.2")
        room = self.ring(phone)
        self.assertEqual(self.watch.wait_phase("dialling")["direction"], "outgoing")
        self.assertEqual(self.watch.wait_phase("ringing")["roomId"], room)
        talking = self.watch.wait_phase("talking")
        self.assertEqual((talking["roomId"], talking["groupId"], talking["businessType"]), (room, room, 1))
        phone.wait_line(r"^calling")
        phone.stop()
        end = self.watch.wait_event("hangUpVoip")["data"]
        self.assertEqual((end["status"], end["origin"]), ("endByListener", "other"))
        self.assertEqual(self.watch.wait_phase("ended")["end"]["eventName"], "hangUpVoip")

    def test_the_device_hangs_up_and_the_events_come_in_the_plugins_order(self):
        phone = self.house.phone("reception", "--auto-answer=0")
        events = self.house.watch(["calling", "startVoip", "joinedRoomByCaller", "hangOnVoip", "hangUpVoip", "endVoip",
                                   "finishVoip"])
        self.ring(phone)
        events.wait_event("calling")
        self.house.ctl("hangup")
        names = self.watch.events_until("finishVoip")
        self.assertEqual(names, CALLER_TALK)
        phone.wait_line(r"^hangUpVoip .*status=endByCaller origin=other")
        phone.stop()

    def test_a_second_press_hangs_up(self):
        phone = self.house.phone("reception", "--auto-answer=0")
        self.ring(phone)
        self.watch.wait_phase("talking")
        self.house.ctl("press", "call")
        self.assertEqual(self.watch.wait_phase("ended")["end"]["origin"], "manual")
        phone.wait_line("^finishVoip")
        phone.stop()

    def test_reject(self):
        phone = self.house.phone("reception", "--reject")
        self.ring(phone)
        # A phone that rejects at once may be faster than the device's own joining.
        events = [name for name in self.watch.events_until("finishVoip") if name != "joinedRoomByCaller"]
        self.assertEqual(events, ["startVoip", "rejectVoip", "endVoip", "finishVoip"])
        phone.wait_line(r"^rejectVoip .*status=manual")
        phone.stop()

    def test_busy(self):
        phone = self.house.phone("reception", "--auto-answer=0")
        self.ring(phone)
        self.watch.wait_phase("talking")
        error = self.house.api().error("voip.call", {"contact": "security"})
        self.assertEqual(error["code"], 1005)
        self.house.ctl("hangup")
        phone.wait_line("^finishVoip")
        phone.stop()

    def test_cancel_while_it_rings(self):
        phone = self.house.phone("reception")
        self.ring(phone)
        self.watch.wait_phase("ringing")
        self.house.ctl("hangup")
        end = self.watch.wait_phase("ended")["end"]
        self.assertEqual((end["eventName"], end["status"]), ("cancelVoip", "forceFromApp"))
        phone.wait_line(r"^cancelVoip .*status=other")
        phone.stop()

    def test_cancel_before_the_room_is_known_stops_the_phone(self):
        phone = self.house.phone("reception")
        self.house.service.fault(method="voip.initByCaller", errCode=0, delaySeconds=1, times=1)
        self.house.ctl("press", "call")
        self.watch.wait_phase("dialling")
        self.house.ctl("hangup")
        self.assertEqual(self.watch.wait_phase("ended")["end"]["eventName"], "cancelVoip")
        phone.wait_line(r"^ringing")
        phone.wait_line(r"^cancelVoip")
        phone.stop()

    def test_a_long_press_cancels_everything(self):
        phone = self.house.phone("reception")
        self.ring(phone)
        self.watch.wait_phase("ringing")
        self.house.api().call("board.press", {"button": "call", "long": True})
        self.assertEqual(self.watch.wait_phase("ended")["end"]["eventName"], "cancelVoip")
        phone.wait_line("^cancelVoip")
        phone.stop()

    def test_voice_call_and_time_limit(self):
        phone = self.house.phone("reception", "--auto-answer=0")
        answer = self.house.api().call("voip.initByCaller", {
            "roomType": "voice", "listener": {"id": self.house.people["reception"]}, "timeLimit": 1})
        self.assertTrue(answer["isSuccess"])
        self.assertEqual(answer["roomId"], answer["groupId"])
        self.assertEqual(answer["chargeType"], "duration")
        end = self.watch.wait_phase("ended")
        self.assertEqual((end["roomType"], end["end"]["origin"]), ("voice", "timeLimit"))
        phone.stop()

    def test_history_tells_what_happened(self):
        phone = self.house.phone("reception", "--auto-answer=0")
        room = self.ring(phone)
        self.watch.wait_phase("talking")
        self.house.ctl("hangup")
        self.watch.wait_event("finishVoip")
        newest = self.house.api().call("call.history", {"limit": 1})["calls"][0]
        self.assertEqual((newest["roomId"], newest["direction"]), (room, "outgoing"))
        self.assertGreater(newest["answered"], 0)
        phone.stop()

    def test_a_client_that_has_said_its_last_word_still_gets_its_answers(self):
        api = self.house.new_api()
        api.send('{"jsonrpc":"2.0","id":1,"method":"voip.call","params":{"contact":"reception"}}\n'
                 '{"jsonrpc":"2.0","id":2,"method":"room.get"}\n')
        api.socket.shutdown(socket.SHUT_WR)   # as socat and nc -N do at the end of their input
        answers = {}
        while (message := api.receive()) is not None:
            answers[message["id"]] = message
        self.assertTrue(answers[1]["result"]["isSuccess"], answers)
        self.assertIn("phase", answers[2]["result"])
        self.house.ctl("hangup")


class Incoming(HouseCase):
    def setUp(self):
        self.idle()
        self.watch = self.house.watch()

    def test_a_phone_that_is_stopped_before_the_device_answers_does_not_say_that_it_was_answered(self):
        phone = self.house.phone("reception", "--call", self.house.SN)
        self.watch.wait_phase("alerting")
        self.assertEqual(phone.stop(), 1)
        self.watch.wait_phase("ended")

    def test_call_device_is_answered_and_hung_up(self):
        events = self.house.watch()
        phone = self.house.phone("reception", "--call", self.house.SN)
        alerting = self.watch.wait_phase("alerting")
        self.assertEqual((alerting["direction"], alerting["businessType"], alerting["chargeType"]),
                         ("incoming", 2, "license"))
        self.house.ctl("answer")
        self.watch.wait_phase("talking")
        phone.wait_line("^calling")
        self.house.ctl("hangup")
        names = events.events_until("finishVoip")
        self.assertEqual(names, ["startVoip", "hangOnVoip", "hangUpVoip", "endVoip", "finishVoip"])
        self.assertEqual(phone.wait_exit(), 0)

    def test_init_by_caller_with_the_push_token(self):
        phone = self.house.phone("reception", "--call", self.house.SN, "--via", "initByCaller")
        alerting = self.watch.wait_phase("alerting")
        self.assertEqual(alerting["chargeType"], "duration")
        self.house.api().call("voip.answer", {"roomId": alerting["roomId"]})
        self.watch.wait_phase("talking")
        phone.stop()
        self.assertEqual(self.watch.wait_event("hangUpVoip")["data"]["status"], "endByCaller")

    def test_a_press_answers(self):
        phone = self.house.phone("reception", "--call", self.house.SN)
        self.watch.wait_phase("alerting")
        self.house.ctl("press", "call")
        self.watch.wait_phase("talking")
        self.house.ctl("press", "call")
        self.assertEqual(phone.wait_exit(), 0)

    def test_the_device_rejects(self):
        phone = self.house.phone("reception", "--call", self.house.SN)
        self.watch.wait_phase("alerting")
        self.house.ctl("hangup")
        phone.wait_line(r"^rejectVoip .*status=other")
        self.assertEqual(phone.wait_exit(), 1)

    def test_the_caller_cancels(self):
        phone = self.house.phone("reception", "--call", self.house.SN)
        self.watch.wait_phase("alerting")
        phone.stop()
        end = self.watch.wait_phase("ended")["end"]
        self.assertEqual((end["eventName"], end["status"]), ("cancelVoip", "other"))

    def test_a_device_in_a_call_is_busy(self):
        first = self.house.phone("reception", "--call", self.house.SN)
        self.watch.wait_phase("alerting")
        second = self.house.phone("security", "--call", self.house.SN)
        second.wait_line("^busy")
        self.assertEqual(second.wait_exit(), 1)
        self.house.ctl("hangup")
        self.assertEqual(first.wait_exit(), 1)

    def test_answering_without_a_call_is_refused(self):
        self.assertEqual(self.house.api().error("voip.answer")["code"], 1)
        done = self.house.ctl("answer", check=False)
        self.assertEqual(done.returncode, 1)

    def test_another_room_id_touches_nothing(self):
        phone = self.house.phone("reception", "--call", self.house.SN)
        alerting = self.watch.wait_phase("alerting")
        for foreign in ("nope", "", 7):
            error = self.house.api().error("voip.forceHangUpVoip", {"roomId": foreign})
            self.assertIn(error["code"], (1, 1004))
        self.assertEqual(self.house.api().call("room.get")["roomId"], alerting["roomId"])
        self.house.ctl("hangup")
        phone.wait_exit()


class ShortTimes(HouseCase):
    house_options = {"rooms": {"ringSeconds": 1}, "call": {"ringSeconds": 1, "huntSeconds": 0.5}}

    def test_nobody_answers(self):
        self.idle()
        watch = self.house.watch()
        phone = self.house.phone("reception")
        self.house.ctl("press", "call")
        self.assertEqual(watch.events_until("finishVoip"),
                         ["startVoip", "joinedRoomByCaller", "timeout", "endVoip", "finishVoip"])
        phone.wait_line("^timeout")
        phone.stop()

    def test_hunt_goes_to_the_next_person(self):
        self.idle()
        people = [{"openId": self.house.people[name]} for name in ("reception", "security")]
        self.house.api().call("contact.set", {"contact": "everybody", "people": people})
        first = self.house.phone("reception")
        second = self.house.phone("security", "--auto-answer=0")
        watch = self.house.watch()
        self.house.ctl("call", "everybody")
        first.wait_line("^ringing")
        second.wait_line("^calling")
        first.wait_line("^(cancelVoip|timeout)", from_start=True)
        self.house.ctl("hangup")
        watch.wait_phase("ended")
        first.stop()
        second.wait_line("^finishVoip")
        second.stop()


if __name__ == "__main__":
    unittest.main()
