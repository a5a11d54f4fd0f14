"""What goes wrong: peers that vanish, a service or device that dies in each phase, backend codes, expired tokens."""
import unittest

from harness import DEADLINE, SLOW, House, HouseCase, WebSocket

# Every number that the platform's backend may say; 6, 10, 11, 16, 18 and 21 are in no list of its.
BACKEND_CODES = range(1, 25)
# How often dialling asks before it passes them on; all others once.
ASKED_TWICE = (5, 13)


class Failures(HouseCase):
    house_options = {"rooms": {"resumeSeconds": 3 * SLOW, "talkAloneSeconds": 4 * SLOW}}

    def setUp(self):
        self.idle()
        self.watch = self.house.watch()

    def tearDown(self):
        self.house.service.clear_faults()
        super().tearDown()

    def test_each_backend_code_is_passed_on_to_the_app_that_calls(self):
        for code in BACKEND_CODES:
            with self.subTest(code=code):
                self.house.service.fault(method="voip.initByCaller", errCode=code, times=3)
                answer = self.house.api().call("voip.call", {"contact": "reception"})
                self.assertEqual((answer["isSuccess"], answer["errCode"]), (False, code))
                self.assertEqual(answer["error"]["err_code"], str(code))
                self.assertTrue(answer["errMsg"])
                self.assertEqual(answer["errObj"]["errCode"], code)
                self.assertEqual(self.watch.wait_phase("ended")["end"]["errCode"], code)
                _, rules = self.house.service.http("GET", "/v1/dev/faults")
                self.assertEqual(3 - rules["faults"][0]["times"], 2 if code in ASKED_TWICE else 1)
                self.house.service.clear_faults()
        done = self.house.ctl("history", "--limit", "24")
        self.assertIn("24", done.stdout)

    def test_each_backend_code_is_told_to_a_user_who_calls(self):
        _, login = self.house.service.http("POST", "/v1/user/login", {"name": "reception"})
        channel = WebSocket(self.house.service, token=login["userToken"])
        push_token = self.house.api().call("device.getPushToken")["pushToken"]
        request = {"roomType": "voice", "caller": {"id": login["openId"]}, "listener": {"id": self.house.SN},
                   "businessType": 2, "voipToken": push_token}
        for code in BACKEND_CODES:
            with self.subTest(code=code):
                self.house.service.fault(method="voip.initByCaller", errCode=code)
                answer = channel.ask("voip.initByCaller", request)["result"]
                self.assertEqual((answer["isSuccess"], answer["errCode"], answer["error"]["err_code"]),
                                 (False, code, str(code)))
                self.house.service.fault(method="voip.callDevice", errCode=code)
                error = channel.ask("voip.callDevice", {"roomType": "voice", "sn": self.house.SN,
                                                        "modelId": self.house.MODEL})["error"]
                self.assertEqual((error["code"], error["data"]["errCode"]), (code, code))
        channel.close()

    def test_the_phone_says_why_it_was_refused(self):
        self.house.service.fault(method="voip.callDevice", errCode=24)
        phone = self.house.phone("reception", "--call", self.house.SN)
        phone.wait_line(r'^refused method=call error="24 ')
        self.assertEqual(phone.wait_exit(), 1)

    def test_only_code_9_marks_the_contact(self):
        def state():
            contacts = self.house.api().call("contact.list")["contacts"]
            return next(c["people"][0]["authorisation"] for c in contacts if c["contact"] == "security")
        for code in (12, 15, 20):
            self.house.service.fault(method="voip.initByCaller", errCode=code, times=1)
            self.house.api().call("voip.call", {"contact": "security"})
            self.assertNotEqual(state(), "lost")
        self.house.service.fault(method="voip.initByCaller", errCode=9, times=1)
        self.house.api().call("voip.call", {"contact": "security"})
        self.assertEqual(state(), "lost")

    def test_an_expired_device_token_is_renewed_and_the_call_placed_once_more(self):
        phone = self.house.phone("reception")
        self.house.service.fault(method="voip.initByCaller", errCode=13, times=1)
        answer = self.house.api().call("voip.call", {"contact": "reception"})
        self.assertTrue(answer["isSuccess"], answer)
        phone.wait_line("^ringing")
        self.house.ctl("hangup")

    def test_a_second_13_is_final(self):
        self.house.service.fault(method="voip.initByCaller", errCode=13, times=2)
        answer = self.house.api().call("voip.call", {"contact": "reception"})
        self.assertEqual((answer["isSuccess"], answer["errCode"]), (False, 13))

    def test_the_phone_fetches_an_expired_push_token_again(self):
        self.house.service.fault(method="voip.initByCaller", errCode=14, times=1)
        phone = self.house.phone("reception", "--call", self.house.SN, "--via", "initByCaller")
        self.watch.wait_phase("alerting")
        phone.stop()

    def test_a_lost_answer_gives_the_same_room(self):
        phone = self.house.phone("reception")
        self.house.service.fault(method="voip.initByCaller", errCode=0, drop=True, times=1)
        self.house.ctl("press", "call")
        room = phone.wait_line(r"^ringing room=(\S+)")[1]
        self.house.service.program.kill()   # the answer is gone for good; the service comes back
        self.house.service.start()
        ringing = self.watch.wait_phase("ringing", "ended", timeout=2 * DEADLINE)
        self.assertEqual(ringing["phase"], "ringing", ringing)
        self.assertEqual(ringing["roomId"], room)
        self.house.ctl("hangup")

    def test_a_phone_that_vanishes_while_ringing(self):
        phone = self.house.phone("reception")
        self.house.ctl("press", "call")
        self.watch.wait_phase("ringing")
        phone.wait_line("^ringing")
        phone.kill()
        self.assertEqual(self.watch.wait_phase("ended")["end"]["eventName"], "abortVoip")

    def test_a_phone_that_vanishes_in_talk(self):
        phone = self.house.phone("reception", "--auto-answer=0")
        self.house.ctl("press", "call")
        self.watch.wait_phase("talking")
        phone.kill()
        end = self.watch.wait_phase("ended")["end"]
        self.assertEqual((end["eventName"], end["status"]), ("abortVoip", "unknown"))

    def out(self, until, *options):
        """A phone, and a call to it that has come to that phase."""
        phone = self.house.phone("reception", *options)
        self.house.ctl("press", "call")
        self.watch.wait_phase(until)
        return phone

    def into(self, *options):
        """A phone whose call the device hears."""
        phone = self.house.phone("reception", "--call", self.house.SN, *options)
        self.watch.wait_phase("alerting")
        return phone

    def dialling(self):
        self.house.service.fault(method="voip.initByCaller", sn=self.house.SN, delaySeconds=5, times=1)
        return self.out("dialling")

    def joining_out(self):
        """The phone has answered; the device's own joining is on its way."""
        self.house.service.fault(method="room.join", sn=self.house.SN, delaySeconds=5, times=1)
        return self.out("joining", "--auto-answer=0")

    def joining_in(self):
        """The device has answered; the phone that called has not joined yet."""
        self.house.service.fault(method="room.join", openId=self.house.people["reception"], delaySeconds=5, times=1)
        phone = self.into()
        self.house.ctl("answer")
        self.watch.wait_phase("joining")
        return phone

    def ended(self):
        phone = self.out("talking", "--auto-answer=0")
        self.house.ctl("hangup")
        self.watch.wait_phase("ended")
        return phone

    def phases(self):
        """Each phase: how to come there, and where a call goes on to when the service was away for a moment."""
        return {"idle": (lambda: self.house.phone("reception"), "idle"), "dialling": (self.dialling, "ringing"),
                "ringing": (lambda: self.out("ringing"), "ringing"), "alerting": (self.into, "alerting"),
                "joining, calling": (self.joining_out, "talking"), "joining, called": (self.joining_in, "talking"),
                "talking": (lambda: self.out("talking", "--auto-answer=0"), "talking"), "ended": (self.ended, "ended")}

    def begin_anew(self):
        self.house.service.clear_faults()
        self.idle()
        self.watch = self.house.watch()

    def test_the_service_is_killed_and_comes_back_in_each_phase(self):
        for phase, (reach, then) in self.phases().items():
            with self.subTest(phase=phase):
                self.begin_anew()
                phone = reach()
                before = self.house.api().call("room.get")
                self.house.service.program.kill()
                self.house.service.start()
                phone.wait_line("^online", timeout=2 * DEADLINE)
                self.house.wait_online()
                if phase in ("dialling", "joining, calling", "joining, called"):
                    self.watch.wait_phase(then, timeout=2 * DEADLINE)
                after = self.house.api().call("room.get")
                if phase != "idle":   # the first call of this house makes it `ended` later
                    self.assertEqual((after["phase"], after["callId"]), (then, before["callId"]))
                if phase not in ("idle", "ended"):
                    self.finish(phone, then)
                phone.stop()

    def finish(self, phone, phase):
        if phase == "alerting":
            self.house.ctl("answer")
            self.watch.wait_phase("talking")
        self.house.ctl("hangup")
        names = self.watch.events_until("finishVoip")
        self.assertEqual((names.count("endVoip"), names.count("finishVoip")), (1, 1), names)
        phone.wait_line("^finishVoip", timeout=2 * DEADLINE)

    def test_the_device_is_killed_in_each_phase(self):
        for phase, (reach, _) in self.phases().items():
            with self.subTest(phase=phase):
                self.begin_anew()
                phone = reach()
                self.house.daemon.kill()
                if phase not in ("idle", "dialling"):   # the phone knew of a call, and hears of its end
                    phone.wait_line("^finishVoip", timeout=2 * DEADLINE)
                self.house.restart_daemon()
                self.house.wait_online()
                self.assertEqual(self.house.api().call("room.get")["phase"], "idle")
                contacts = self.house.api().call("contact.list")["contacts"]
                self.assertIn("reception", [contact["contact"] for contact in contacts])
                if phone.process.poll() is None:
                    phone.stop()

    def test_a_device_that_is_back_at_once_does_not_keep_the_room_of_its_last_life(self):
        phone = self.out("ringing")
        self.house.daemon.kill()
        self.house.restart_daemon()
        self.house.wait_online()
        phone.wait_line("^finishVoip", timeout=2 * DEADLINE)   # nobody resumed it
        phone.stop()
        self.watch = self.house.watch()
        phone = self.out("talking", "--auto-answer=0")
        self.house.ctl("hangup")
        phone.wait_line("^finishVoip")
        phone.stop()

    def test_off_line_the_call_is_refused_at_once(self):
        self.house.service.program.stop()
        self.watch.call("device.get")
        error = None
        while error is None:   # until the daemon has seen the end of its channel
            response = self.house.api().ask("voip.call", {"contact": "reception"})
            error = response.get("error")
        self.assertEqual(error["code"], 1002)
        self.house.service.start()
        self.house.wait_online()

    def test_both_dial_at_once(self):
        self.house.service.fault(method="voip.initByCaller", errCode=0, delaySeconds=SLOW, times=1)   # a phone starts and dials in it
        self.house.ctl("press", "call")
        self.watch.wait_phase("dialling")
        phone = self.house.phone("security", "--call", self.house.SN)
        phone.wait_line("^busy")
        self.assertEqual(self.watch.wait_phase("ringing")["direction"], "outgoing")
        self.house.ctl("hangup")
        self.watch.wait_phase("ended")


class ShortTokens(unittest.TestCase):
    def test_a_device_lives_through_many_token_lives(self):
        house = House(service={"tokens": {"deviceTokenSeconds": 2}})
        try:
            watch = house.watch()
            renewals = 0
            while renewals < 3:
                house.daemon.wait_line(r"deviceToken.*(fetched|renewed|new)|token renewed|token fetched",
                                       timeout=2 * DEADLINE)
                renewals += 1
            phone = house.phone("reception", "--auto-answer=0")
            house.ctl("press", "call")
            watch.wait_phase("talking")
            house.ctl("hangup")
            phone.wait_line("^finishVoip")
        finally:
            house.close()


if __name__ == "__main__":
    unittest.main()
