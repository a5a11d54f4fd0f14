"""wmpf-voipctl and the terminal phone as people and scripts use them: what watch prints, JSON, exit codes, completion, keys."""
import json
import os
import pty
import re
import signal
import subprocess
import unittest

from harness import BIN, DEADLINE, ROOT, HouseCase, Program

# The plugin's order. Only the caller hears joinedRoomByCaller, only the listener hangOnVoip (its `onVoipEvent`).
CALLER = ["startVoip", "joinedRoomByCaller", "calling", "hangUpVoip", "endVoip", "finishVoip"]
LISTENER = ["startVoip", "hangOnVoip", "calling", "hangUpVoip", "endVoip", "finishVoip"]


def told(names):
    """Without the repetitions of each second."""
    return [name for i, name in enumerate(names) if name != "calling" or names[i - 1] != "calling"]


class Watch(HouseCase):
    house_options = {"people": ("reception",)}

    def setUp(self):
        self.idle()

    def watching(self, *options):
        program = Program(BIN / "wmpf-voipctl", "--socket", self.house.socket, *options)
        self.house.programs.append(program)
        program.wait_line(r"^phase|^\{")
        return program

    def names(self, program):
        program.wait_line(r"^event finishVoip|\"eventName\":\"finishVoip\"")
        found = [re.search(r"^event (\w+)|\"method\":\"voip.event\".*\"eventName\":\"(\w+)\"", line) for line in program.lines]
        return told([match[1] or match[2] for match in found if match])

    def test_a_call_out_in_the_plugins_order(self):
        watch = self.watching("watch", "--calling")
        phone = self.house.phone("reception", "--auto-answer=0")
        self.house.ctl("press", "call")
        watch.wait_line("^event calling +keepTime=1")
        self.house.ctl("hangup")
        self.assertEqual(self.names(watch), CALLER)
        phases = [line.split()[1] for line in watch.lines if line.startswith("phase")]
        self.assertEqual(phases[1:], ["dialling", "ringing", "joining", "talking", "ended"])
        phone.stop()

    def test_a_call_in_in_the_plugins_order_as_lines_of_json(self):
        watch = self.watching("--json", "watch", "--calling")
        phone = self.house.phone("reception", "--call", self.house.SN)
        watch.wait_line('"phase":"alerting"')
        self.house.ctl("answer")
        watch.wait_line('"eventName":"calling"')
        phone.stop()
        self.assertEqual(self.names(watch), LISTENER)
        for line in watch.lines:
            self.assertIsInstance(json.loads(line), dict)

    def test_events_that_nobody_asked_for_are_not_printed(self):
        watch = self.watching("watch", "--events", "endVoip,timeout")
        self.house.ctl("call", "reception")
        self.house.ctl("hangup")
        watch.wait_line("^event endVoip")
        watch.process.send_signal(signal.SIGINT)
        watch.wait_exit()
        self.assertEqual([line.split()[1] for line in watch.lines if line.startswith("event")], ["endVoip"])


class Scripts(HouseCase):
    house_options = {"people": ("reception",)}

    def test_every_command_that_only_asks_prints_a_line_of_json(self):
        for command in (["status"], ["device"], ["health"], ["contacts"], ["history"], ["board"], ["metrics"],
                        ["push-token"], ["raw", "room.get"], ["reload"], ["log", "*:debug"]):
            with self.subTest(command):
                done = self.house.ctl("--json", *command)
                self.assertEqual(done.stderr, "")
                self.assertEqual(done.stdout.count("\n"), 1)
                self.assertIsInstance(json.loads(done.stdout), dict)

    def test_exit_codes_tell_what_became_of_it(self):
        ctl = self.house.ctl
        self.assertEqual(ctl("health").returncode, 0)
        thrown = ctl("relay", "no-such-door", check=False)
        self.assertEqual((thrown.returncode, thrown.stdout), (1, ""))
        self.assertIn("1004", thrown.stderr)
        self.house.service.fault(method="voip.initByCaller", errCode=15)
        resolved = ctl("--json", "call", "reception", check=False)
        self.assertEqual(resolved.returncode, 1)
        self.assertIn("15", resolved.stderr)
        for usage in (["call"], ["call", "a", "b"], ["call", "a", "--voice", "--video"], ["relay", "door", "long"],
                      ["history", "--limit", "x"], ["watch", "--events", "noSuch"], ["--timeout", "0", "status"], []):
            with self.subTest(usage):
                self.assertEqual(ctl(*usage, check=False).returncode, 2)

    def test_a_daemon_that_does_not_answer_in_time_is_5(self):
        self.house.daemon.process.send_signal(signal.SIGSTOP)
        try:
            done = self.house.ctl("--timeout", "0.3", "status", check=False)
        finally:
            self.house.daemon.process.send_signal(signal.SIGCONT)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertTrue(done.stderr)

    def test_call_wait_ends_with_what_became_of_the_call(self):
        phone = self.house.phone("reception", "--auto-answer=0")
        self.assertEqual(self.house.ctl("call", "reception", "--wait").returncode, 0)
        self.house.ctl("hangup")
        phone.stop()
        self.idle()
        phone = self.house.phone("reception", "--reject")
        done = self.house.ctl("call", "reception", "--wait", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("rejectVoip", done.stdout + done.stderr)
        phone.stop()


class Completion(HouseCase):
    house_options = {"people": ("reception",)}

    def complete(self, *words):
        script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _wmpf_voipctl; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, "bash", str(ROOT / "daemon/ctl/wmpf-voipctl.bash"), "wmpf-voipctl", *words],
                              capture_output=True, text=True, timeout=DEADLINE,
                              env=dict(os.environ, PATH=f"{BIN}:{os.environ['PATH']}", WMPF_VOIPD_SOCKET=str(self.house.socket)))
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_words_are_completed_where_they_stand(self):
        for words, wanted in [(["st"], ["status"]), (["re"], ["register", "relay", "reload"]), (["--js"], ["--json"]),
                              (["--json", "hist"], ["history"]), (["history", "--l"], ["--limit"]),
                              (["hangup", "--reason", "m"], ["manual"]), (["contacts", "s"], ["set"]),
                              (["media", "--camera", "o"], ["on", "off"]), (["watch", "--c"], ["--calling"]),
                              (["call", "rec"], ["reception"]), (["nonsense", "x"], [])]:
            with self.subTest(words):
                self.assertEqual(self.complete(*words), wanted)


class Keys(HouseCase):
    """The terminal phone with a terminal: a answers, r rejects, h hangs up, q leaves."""
    house_options = {"people": ("reception",)}

    def setUp(self):
        self.idle()
        self.watch = self.house.watch()
        self.terminal, inner = pty.openpty()
        self.phone = Program(BIN / "wmpf-voip-phone", "--service", self.house.service.url, "--ca", self.house.service.ca,
                             "--as", "reception", stdin=inner)
        os.close(inner)
        self.house.programs.append(self.phone)
        self.phone.wait_line("^online")

    def tearDown(self):
        super().tearDown()
        os.close(self.terminal)

    def key(self, letter):
        os.write(self.terminal, letter.encode())

    def test_a_answers_h_hangs_up_and_q_leaves(self):
        self.house.ctl("press", "call")
        self.phone.wait_line("^ringing")
        self.key("x")   # no key of the phone
        self.key("a")
        self.watch.wait_phase("talking")
        self.key("h")
        self.assertEqual(self.watch.wait_event("hangUpVoip")["data"]["status"], "endByListener")
        self.phone.wait_line("^finishVoip")
        self.key("q")
        self.assertEqual(self.phone.wait_exit(), 0)

    def test_r_rejects(self):
        self.house.ctl("press", "call")
        self.phone.wait_line("^ringing")
        self.key("r")
        self.assertEqual(self.watch.wait_event("rejectVoip")["data"]["status"], "other")
        self.phone.wait_line("^finishVoip")


if __name__ == "__main__":
    unittest.main()
