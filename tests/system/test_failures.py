"""What goes wrong: peers that vanish, a service or device that dies in each phase, backend codes, expired tokens."""
import unittest

from harness import DEADLINE, SLOW, House, HouseCase

# Codes that dialling passes on as a resolved failure, without asking again by itself.
FINAL_CODES = [1, 2, 3, 4, 7, 8, 9, 12, 15, 17, 19, 20, 22, 23, 24]


class Failures(HouseCase):
    house_options = {"rooms": {"resumeSeconds": 3 * SLOW, "talkAloneSeconds": 4 * SLOW}}

    def setUp(self):
        self.idle()
        self.watch = self.house.watch()

    def tearDown(self):
        self.house.service.clear_faults()
        super().tearDown()

    def test_each_backend_code_is_passed_on(self):
        for code in FINAL_CODES:
            with self.subTest(code=code):
                self.house.service.fault(method="voip.initByCaller", errCode=code, times=1)
                answer = self.house.api().call("voip.call", {"contact": "reception"})
                self.assertEqual((answer["isSuccess"], answer["errCode"]), (False, code))
                self.assertEqual(answer["error"]["err_code"], str(code))
                self.assertTrue(answer["errMsg"])

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

    def phase_reached(self, phase):
        """A phone and a call that has come to that phase."""
        if phase == "alerting":
            phone = self.house.phone("reception", "--call", self.house.SN)
            self.watch.wait_phase("alerting")
            return phone
        phone = self.house.phone("reception", *(["--auto-answer=0"] if phase == "talking" else []))
        self.house.ctl("press", "call")
        self.watch.wait_phase(phase)
        return phone

    def test_the_service_is_killed_and_comes_back_in_each_phase(self):
        for phase in ("ringing", "alerting", "talking"):
            with self.subTest(phase=phase):
                self.idle()
                self.watch = self.house.watch()
                phone = self.phase_reached(phase)
                self.house.service.program.kill()
                self.house.service.start()
                phone.wait_line("^online", timeout=2 * DEADLINE)
                self.house.wait_online()
                self.assertEqual(self.house.api().call("room.get")["phase"], phase)
                if phase == "alerting":
                    self.house.ctl("answer")
                    self.watch.wait_phase("talking")
                self.house.ctl("hangup")
                self.assertEqual(self.watch.events_until("finishVoip").count("endVoip"), 1)
                phone.wait_line("^finishVoip", timeout=2 * DEADLINE)

    def test_the_device_is_killed_in_each_phase(self):
        for phase in ("ringing", "alerting", "talking"):
            with self.subTest(phase=phase):
                self.idle()
                self.watch = self.house.watch()
                phone = self.phase_reached(phase)
                self.house.daemon.kill()
                phone.wait_line("^finishVoip", timeout=2 * DEADLINE)
                self.house.restart_daemon()
                self.house.wait_online()
                self.assertEqual(self.house.api().call("room.get")["phase"], "idle")
                contacts = self.house.api().call("contact.list")["contacts"]
                self.assertIn("reception", [contact["contact"] for contact in contacts])
                if phone.process.poll() is None:
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
        self.house.service.fault(method="voip.initByCaller", errCode=0, delaySeconds=0.5, times=1)
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
