"""docs/examples as an integrator runs them: against the real daemon, the real service, a phone that answers or calls."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

from harness import BIN, DEADLINE, ROOT, HouseCase, Program

EXAMPLES = ROOT / "docs/examples"


class Examples(HouseCase):
    house_options = {"people": ("reception",), "call": {"ringSeconds": 3, "huntSeconds": 3}}

    def setUp(self):
        self.idle()
        self.watch = self.house.watch()
        self.programs = []

    def tearDown(self):
        for program in self.programs:
            if program.process.poll() is None:
                program.kill()
        super().tearDown()

    def start(self, *command, stdin=subprocess.DEVNULL):
        environment = {"WMPF_VOIPD_SOCKET": str(self.house.socket), "PYTHONUNBUFFERED": "1",
                       "PATH": f"{BIN}:{os.environ['PATH']}"}
        program = Program(*command, env=environment, stdin=stdin)
        self.programs.append(program)
        return program

    def test_shell_ring_says_that_somebody_talks_and_who_did_not_answer(self):
        phone = self.house.phone("reception", "--auto-answer=0")
        ring = self.start("sh", EXAMPLES / "ring.sh", "reception")
        self.assertEqual(ring.wait_exit(), 0, ring.text())
        self.watch.wait_phase("talking")
        self.house.ctl("hangup")
        self.watch.wait_event("finishVoip")
        phone.stop()
        ring = self.start("sh", EXAMPLES / "ring.sh", "reception")   # nobody is there now
        self.assertEqual(ring.wait_exit(), 1, ring.text())
        self.assertIn("nobody answered: timeout", ring.text())
        ring = self.start("sh", EXAMPLES / "ring.sh", "stranger")   # refused: the record of the last call is none of its
        self.assertEqual(ring.wait_exit(), 1, ring.text())
        self.assertIn("no such contact", ring.text())
        self.assertNotIn("nobody answered", ring.text())
        self.assertEqual(self.start("sh", EXAMPLES / "ring.sh").wait_exit(), 2)

    def test_shell_mute_runs_its_commands_around_a_call(self):
        self.house.phone("reception", "--auto-answer=0")
        mute = self.start("setsid", "sh", EXAMPLES / "mute.sh", "echo muted", "echo loud again")
        self.watch_is_watched()
        self.house.ctl("press", "call")
        mute.wait_line("^muted$")
        self.watch.wait_phase("talking")
        self.house.ctl("hangup")
        mute.wait_line("^loud again$")
        self.assertEqual([line for line in mute.lines if line == "muted"], ["muted"])   # once a call
        os.killpg(mute.process.pid, signal.SIGTERM)   # the pipe's programs, as a service manager ends them
        mute.wait_exit()

    def watch_is_watched(self):
        """Waits until one more client than ours subscribes."""
        text = ""
        while "wmpf_voipd_api_subscribers 2\n" not in text:
            text = self.house.api().call("metrics.get")["text"]

    def test_python_screen_shows_and_does_what_a_person_wants(self):
        self.house.phone("reception", "--auto-answer=0")
        screen = self.start(sys.executable, EXAMPLES / "screen.py", self.house.socket, stdin=subprocess.PIPE)

        def typed(line):
            screen.process.stdin.write(line + "\n")
            screen.process.stdin.flush()
        screen.wait_line("^(Ready|Call over|Nobody answered|Cancelled)")
        typed("nonsense")
        screen.wait_line("^call CONTACT, answer")
        typed("hangup")
        screen.wait_line(r"^voip.forceHangUpVoip: .*\(1\)$")
        typed("call reception")
        screen.wait_line("^Calling Reception|^Calling reception")
        screen.wait_line("^Talking with ")
        typed("hangup")
        screen.wait_line("^Call over")
        self.house.phone("reception", "--call", self.house.SN)
        screen.wait_line(" calls: answer or hangup$")
        typed("answer")
        screen.wait_line("^Talking with ")
        typed("door")
        typed("quit")
        self.assertEqual(screen.process.wait(DEADLINE), 0)
        self.house.daemon.wait_line("board: .*door")
        screen.process.stdin.close()

    def test_python_screen_comes_back_after_the_daemon_does(self):
        screen = self.start(sys.executable, EXAMPLES / "screen.py", self.house.socket, stdin=subprocess.PIPE)
        screen.wait_line("^(Ready|Call over|Nobody answered|Cancelled)")
        self.house.close_apis()
        self.house.daemon.stop()
        screen.wait_line("^The daemon closes the connection: the daemon is stopping")
        screen.wait_line("^No daemon yet: ")
        self.house.start_daemon()
        self.house.wait_online()
        screen.wait_line("^Ready")
        screen.process.stdin.close()   # the end of its input is "quit"
        self.assertEqual(screen.process.wait(DEADLINE), 0)

    def test_python_screen_outlives_a_daemon_that_goes_before_it_reads(self):
        with tempfile.TemporaryDirectory(prefix="wmpf-") as folder, socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{folder}/api.sock")
            listener.listen()
            listener.settimeout(DEADLINE)
            screen = self.start(sys.executable, EXAMPLES / "screen.py", f"{folder}/api.sock", stdin=subprocess.PIPE)
            first, _ = listener.accept()
            first.recv(1)   # the rest of the request is unread, so that closing resets
            first.close()
            second, _ = listener.accept()   # it came again
            second.close()
            screen.process.stdin.close()
            self.assertEqual(screen.process.wait(DEADLINE), 0)
            self.assertNotIn("Traceback", screen.text())

    def test_python_screen_answers_and_hangs_up_the_call_that_it_shows(self):
        with tempfile.TemporaryDirectory(prefix="wmpf-") as folder, socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{folder}/api.sock")
            listener.listen()
            listener.settimeout(DEADLINE)
            screen = self.start(sys.executable, EXAMPLES / "screen.py", f"{folder}/api.sock", stdin=subprocess.PIPE)
            api, _ = listener.accept()
            api.settimeout(DEADLINE)
            with api, api.makefile("rw", encoding="utf-8") as lines:
                self.assertEqual(json.loads(lines.readline())["method"], "room.subscribe")
                snapshot = {"roomId": "r-1", "phase": "alerting", "direction": "incoming", "caller": {"id": "o-1", "name": "Anna"}}
                lines.write(json.dumps({"jsonrpc": "2.0", "id": 1, "result": snapshot}) + "\n")
                lines.flush()
                screen.wait_line("^Anna calls")
                for word, method in (("answer", "voip.answer"), ("hangup", "voip.forceHangUpVoip")):
                    screen.process.stdin.write(word + "\n")
                    screen.process.stdin.flush()
                    request = json.loads(lines.readline())
                    self.assertEqual((request["method"], request["params"]["roomId"]), (method, "r-1"))
                screen.process.stdin.close()
                self.assertEqual(screen.process.wait(DEADLINE), 0)

    @unittest.skipUnless(shutil.which("cc"), "needs a C compiler")
    def test_c_doorman_answers_the_call_that_comes_and_ends_with_it(self):
        with tempfile.TemporaryDirectory(prefix="wmpf-") as folder:
            program = pathlib.Path(folder) / "doorman"
            built = subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", str(program),
                                    str(EXAMPLES / "doorman.c")], capture_output=True, text=True, timeout=DEADLINE)
            self.assertEqual((built.returncode, built.stderr), (0, ""))
            doorman = self.start(program, self.house.socket)
            doorman.wait_line("^(idle|ended)$")
            phone = self.house.phone("reception", "--call", self.house.SN)
            doorman.wait_line("^alerting$")
            doorman.wait_line("^talking$")
            self.house.ctl("hangup")
            self.assertEqual(doorman.wait_exit(), 0, doorman.text())
            self.assertEqual(phone.wait_exit(), 0)
            nobody = self.start(program, pathlib.Path(folder) / "nobody.sock")
            self.assertEqual(nobody.wait_exit(), 1)
            self.assertIn("nobody.sock", nobody.text())
            self.assertEqual(self.start(program, "one", "two").wait_exit(), 2)

    def test_every_example_is_in_the_document_and_the_other_way_round(self):
        text = (ROOT / "docs/integrator.md").read_text()
        named = set(re.findall(r"examples/([a-z_]+\.[a-z]+)", text))
        self.assertEqual(named, {path.name for path in EXAMPLES.iterdir() if path.is_file()})


if __name__ == "__main__":
    unittest.main()
