"""Input that nobody decent sends: on the local socket, to the service over TLS, HTTP and WebSocket, on command lines."""
import contextlib
import json
import pathlib
import re
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

from harness import BIN, DEADLINE, ROOT, Api, House, HouseCase, Program, Service, WebSocket
from relay import Relay

DEEP = "[" * 17 + "]" * 17


class LocalSocket(HouseCase):
    def closed_with(self, text):
        """What the daemon answers to it before it closes the connection."""
        api = self.house.new_api()
        api.send(text)
        answers = []
        while (message := api.receive()) is not None:
            answers.append(message)
        return answers

    def test_what_cannot_be_parsed_is_answered_and_closed(self):
        cases = {
            "garbage": b"\x00\xff\xfe garbage\n", "half json": b'{"jsonrpc": "2.0", "id": 1,\n',
            "too deep": f'{{"jsonrpc":"2.0","id":1,"method":"room.get","params":{DEEP}}}\n'.encode(),
            "not utf-8": b'{"jsonrpc":"2.0","id":1,"method":"\xc3\x28"}\n',
            "too long": b'{"jsonrpc":"2.0","id":1,"method":"room.get","params":{"x":"' + b"a" * 70000 + b'"}}\n',
            "no line end": b"a" * 70000, "two values": b'{"jsonrpc":"2.0","id":1,"method":"room.get"} {}\n',
            "duplicate": b'{"jsonrpc":"2.0","id":1,"id":2,"method":"room.get"}\n',
        }
        for name, text in cases.items():
            with self.subTest(name):
                answers = self.closed_with(text)
                self.assertEqual(answers[-1]["error"]["code"], -32700)
                self.assertIsNone(answers[-1]["id"])

    def test_wrong_requests_are_answered_and_the_connection_lives(self):
        api = self.house.new_api()
        for text, code in [
            ('{"jsonrpc":"2.0","id":1,"method":"no.such"}', -32601),
            ('{"jsonrpc":"2.0","id":1,"method":"contact.remove","params":{}}', 1004),
            ('{"jsonrpc":"2.0","id":1,"method":"contact.remove","params":{"contact":7}}', 1004),
            ('{"jsonrpc":"2.0","id":1,"method":"call.history","params":{"limit":0}}', 1004),
            ('{"jsonrpc":"2.0","id":1,"method":"call.history","params":{"limit":"many"}}', 1004),
            ('{"jsonrpc":"2.0","id":1,"method":"board.press","params":{"button":"none"}}', 1004),
            ('{"jsonrpc":"2.0","id":1,"method":"voip.call","params":{"contact":"nobody"}}', 1004),
            ('{"jsonrpc":"2.0","id":1,"method":"voip.setMedia","params":{"volume":101}}', 1004),
        ]:
            with self.subTest(text):
                api.send(text + "\n")
                answer = api.receive()
                self.assertEqual(answer["error"]["code"], code)
                if code == 1004:
                    self.assertTrue(answer["error"]["data"]["field"])
        self.assertEqual(api.call("room.get")["phase"], "idle")

    def test_init_by_caller_names_the_field(self):
        good = {"roomType": "voice", "listener": {"id": self.house.people["reception"]}}
        for change, code, field in [
            ({"roomType": "tv"}, 1004, "roomType"), ({"roomType": 1}, 1004, "roomType"),
            ({"listener": None}, 1004, "listener"), ({"listener": {}}, 1004, "listener.id"),
            ({"listener": {"id": ""}}, 1004, "listener.id"), ({"businessType": 0}, 1004, "businessType"),
            ({"businessType": 2}, 1007, "businessType"), ({"businessType": "1"}, 1004, "businessType"),
            ({"voipToken": ""}, 1001, "voipToken"), ({"voipToken": 5}, 1001, "voipToken"),
            ({"miniprogramState": "beta"}, 1004, "miniprogramState"), ({"customQuery": "a=%G1"}, 1004, "customQuery"),
            ({"timeLimit": 0}, 1004, "timeLimit"), ({"timeLimit": 1.5}, 1004, "timeLimit"),
            ({"caller": {"id": "somebody-else"}}, 2, "caller.id"),
        ]:
            with self.subTest(change):
                error = self.house.api().error("voip.initByCaller", {**good, **change})
                self.assertEqual((error["code"], error["data"].get("field")), (code, field))

    def test_half_messages_wait_and_many_messages_in_one_block_are_all_answered(self):
        api = self.house.new_api()
        text = '{"jsonrpc":"2.0","id":1,"method":"room.get"}\n'
        for byte in text:
            api.send(byte)
        self.assertEqual(api.receive()["id"], 1)
        api.send("".join(text.replace('"id":1', f'"id":{n}') for n in range(200)))
        self.assertEqual({api.receive()["id"] for _ in range(200)}, set(range(200)))

    def test_a_slow_reader_is_dropped_and_the_others_lose_nothing(self):
        slow, fast = self.house.new_api(), self.house.new_api()
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = json.dumps({"jsonrpc": "2.0", "id": "x" * 60, "method": "metrics.get"}) + "\n"
        try:
            for _ in range(20000):
                slow.send(request)   # asks and never reads
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            pass
        self.assertEqual(fast.call("room.get")["phase"], "idle")

    def test_too_many_clients_are_told_so(self):
        clients = [self.house.new_api() for _ in range(70)]
        refused = 0
        for api in clients:
            with contextlib.suppress(BrokenPipeError):   # closed already; what it was told can still be read
                api.send('{"jsonrpc":"2.0","id":1,"method":"room.get"}\n')
            message = api.receive()
            if message is None or message.get("method") == "api.closing":
                refused += 1
        self.assertGreaterEqual(refused, 6)
        for api in clients:
            api.close()

    def test_ctl_exit_codes(self):
        self.assertEqual(self.house.ctl("status").returncode, 0)
        self.assertEqual(self.house.ctl("hangup", check=False).returncode, 1)
        self.assertEqual(self.house.ctl("fly", check=False).returncode, 2)
        gone = subprocess.run([str(BIN / "wmpf-voipctl"), "--socket", "/nonexistent/api.sock", "status"],
                              capture_output=True, timeout=DEADLINE)
        self.assertEqual(gone.returncode, 3)


class Secrets(HouseCase):
    """Invariant 12: what opens something is in no log line, event, answer, file that others may read, or archive."""

    @classmethod
    def setUpClass(cls):
        cls.house = House(through=Relay)   # which sees the tokens that the device and the service tell each other

    @classmethod
    def tearDownClass(cls):
        cls.house.close()
        cls.house.relay.close()

    def heard(self, watch):
        """All that a subscriber of everything is told until the call's last event."""
        messages = []

        def note(method, params):
            messages.append(json.dumps(params))
            return method == "voip.event" and params["eventName"] == "finishVoip"
        watch.wait(note)
        return messages

    def call(self, planted):
        """A call with signalling bodies from both sides, and refusals that were sent secrets."""
        house = self.house
        watch = house.watch(["startVoip", "joinedRoomByCaller", "calling", "hangUpVoip", "endVoip", "finishVoip"])
        _, login = house.service.http("POST", "/v1/user/login", {"name": "reception"})
        channel = WebSocket(house.service, token=login["userToken"])
        house.ctl("press", "call")
        room = watch.wait_phase("ringing")["roomId"]
        channel.ask("room.join", {"roomId": room})
        channel.ask("room.signal", {"roomId": room, "body": {"type": "offer", "sdp": planted}})
        watch.wait_phase("talking")
        house.ctl("hangup")
        told = self.heard(watch)
        channel.close()
        return [login["userToken"], planted], told

    def answers(self):
        api = self.house.api()
        texts = []
        for method, params in (("device.get", {}), ("health.get", {}), ("metrics.get", {}), ("call.history", {}),
                               ("contact.list", {}), ("room.get", {}), ("board.get", {}), ("config.reload", {}),
                               ("voip.initByCaller", {"roomType": "voice", "voipToken": "planted-device-token-0123456789",
                                                      "listener": {"id": self.house.people["reception"]}}),
                               ("device.register", {"snTicket": "PlantedTicket0123456789abcdefXYZ"}),
                               ("device.register", {"snTicket": "planted ticket that is none"})):
            texts.append(json.dumps(api.ask(method, params)))
        return ["planted-device-token-0123456789", "PlantedTicket0123456789abcdefXYZ", "planted ticket that is none"], texts

    def test_no_planted_secret_reaches_a_log_an_event_or_an_answer(self):
        house = self.house
        secrets = [house.api().call("device.getPushToken")["pushToken"]]
        code = re.search(r"\b[0-9A-Za-z_-]{20,}\b", house.service.admin("user", "enrol", "security"))[0]
        house.service.http("POST", "/v1/user/login", {"code": code})
        phone = house.phone("security")
        more, texts = self.call("planted-signalling-body-0123456789")
        secrets += [code, *more]
        more, answers = self.answers()
        secrets += more
        secrets += house.relay.secrets
        secrets += [line for line in (house.state / "identity.key").read_text().splitlines() if "-----" not in line]
        # Signatures, the snTicket, the deviceToken (in a body, then in headers) and the pushToken came by the relay.
        self.assertGreaterEqual(len(house.relay.secrets), 4, house.relay.secrets)
        texts += answers + house.daemon.lines + house.service.program.lines + phone.lines
        for path in house.folder.rglob("*"):
            if path.is_file() and path.stat().st_mode & 0o077:   # files that others may read
                texts.append(path.read_text(errors="replace"))
        house.ctl("bundle", str(house.folder / "support.tar"))
        texts.append((house.folder / "support.tar").read_text(errors="replace"))
        self.assertGreater(len(texts), 50)   # at level debug
        for secret in secrets:
            for text in texts:
                self.assertNotIn(secret, text)


class Https(HouseCase):
    def raw(self, data, tls=True):
        """Sends bytes, returns all that comes back until the end."""
        connection = socket.create_connection(("127.0.0.1", self.house.service.port), timeout=DEADLINE)
        if tls:
            connection = self.house.service.context().wrap_socket(connection, server_hostname="localhost")
        received = b""
        try:
            connection.sendall(data)
            while block := connection.recv(65536):
                received += block
        except (ConnectionResetError, BrokenPipeError, ssl.SSLError):
            pass
        connection.close()
        return received

    def test_http_faults_are_answered(self):
        for name, data, status in [
            ("garbage", b"garbage garbage\r\n\r\n", b"400"),
            ("huge header", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 20000 + b"\r\n\r\n", b"431"),
            ("huge body", b"POST /v1/user/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                          b"Content-Length: 99999999\r\n\r\n", b"413"),
            ("bad length", b"POST /v1/user/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", b"400"),
        ]:
            with self.subTest(name):
                answer = self.raw(data)
                self.assertEqual(answer.split(b" ", 2)[1][:3] if answer else b"", status)

    def test_plain_http_to_the_tls_port_ends(self):
        answer = self.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", tls=False)
        self.assertNotIn(b"200", answer)

    def test_wrong_bodies_and_paths(self):
        http = self.house.service.http
        for method, path, body, headers, status in [
            ("POST", "/v1/user/login", b"{", None, 400), ("POST", "/v1/user/login", b"[]", None, 400),
            ("POST", "/v1/user/login", {"name": 7}, None, 400),
            ("POST", "/v1/user/login", b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
            ("GET", "/v1/user/login", None, None, 405), ("GET", "/v1/none", None, None, 404),
            ("POST", "/v1/device/token", {}, None, 400), ("POST", "/v1/device/register", {"sn": "a b"}, None, 400),
            ("GET", "/v1/user/getDeviceVoIPList", None, None, 401),
            ("GET", "/v1/user/getDeviceVoIPList", None, {"Authorization": "Bearer wrong"}, 401),
            ("POST", "/v1/rpc", {"jsonrpc": "2.0", "id": 1, "method": "room.join"}, None, 401),
            ("GET", "/../../etc/passwd", None, None, 404), ("GET", "/%2e%2e/%2e%2e/etc/passwd", None, None, 404),
        ]:
            with self.subTest(f"{method} {path} {body}"):
                got, answer = http(method, path, body, headers)
                self.assertEqual(got, status, answer)
                if path.startswith("/v1"):
                    self.assertIn("errCode", answer)

    def test_tls_refuses_what_it_should(self):
        port = self.house.service.port
        for name, context, host in [
            ("foreign authority", ssl.create_default_context(), "localhost"),
            ("wrong name", self.house.service.context(), "other.example"),
        ]:
            with self.subTest(name), self.assertRaises(ssl.SSLCertVerificationError):
                raw = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
                context.wrap_socket(raw, server_hostname=host)
        old = self.house.service.context()
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertRaises((ssl.SSLError, ConnectionResetError)):
            old.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=DEADLINE), server_hostname="localhost")


class Trust(unittest.TestCase):
    """A daemon that meets a server which is not its service, though something answers there."""

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="wmpf-")
        self.folder = pathlib.Path(self.scratch.name)
        self.service = Service(self.folder / "service")
        self.daemon = None

    def tearDown(self):
        for program in (self.daemon, self.service.program):
            program.stop()
            program.check_clean()
        self.scratch.cleanup()

    def meet(self, url, ca):
        """The daemon's words about what it met; it must have sent nothing that a server could use."""
        config = self.folder / "device.json"
        config.write_text(json.dumps({"device": {"sn": "trust-1", "modelId": "m", "appId": "a"},
                                      "service": {"url": url, "ca": str(ca)}, "board": {"driver": "sim"}}))
        self.daemon = Program(BIN / "wmpf-voipd", "--config", config, "--state-dir", self.folder / "state",
                              "--socket", self.folder / "api.sock")
        api = Api(self.folder / "api.sock")
        error = api.error("device.register", {"snTicket": "t" * 32})
        health = json.dumps(api.call("health.get"))
        api.close()
        self.assertNotIn("t" * 32, "\n".join(self.service.program.lines))
        return error["message"] + health + "\n".join(self.daemon.lines)

    def test_a_service_of_another_authority(self):
        other = Service(self.folder / "other")
        try:
            self.assertIn("not signed by a trusted CA", self.meet(self.service.url, other.ca))
        finally:
            other.program.stop()

    def test_a_service_under_another_name(self):
        listener = socket.create_server(("127.0.0.2", 0))
        threading.Thread(target=self.forward, args=(listener,), daemon=True).start()
        try:
            self.assertIn("not for 127.0.0.2", self.meet(f"https://127.0.0.2:{listener.getsockname()[1]}", self.service.ca))
        finally:
            listener.close()

    def forward(self, listener):
        """Bytes to the service and back, whoever comes."""
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self.service.port), timeout=DEADLINE)
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self.carry, args=(source, sink), daemon=True).start()

    @staticmethod
    def carry(source, sink):
        with contextlib.suppress(OSError):
            while block := source.recv(65536):
                sink.sendall(block)
            sink.shutdown(socket.SHUT_WR)
        source.close()

    def test_a_server_that_speaks_no_tls(self):
        listener = socket.create_server(("127.0.0.1", 0))

        def answer():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                    connection.close()
        threading.Thread(target=answer, daemon=True).start()
        try:
            text = self.meet(f"https://localhost:{listener.getsockname()[1]}", self.service.ca)
            self.assertRegex(text, "TLS|reset|closed")
        finally:
            listener.close()


class Sockets(HouseCase):
    def setUp(self):
        _, answer = self.house.service.http("POST", "/v1/user/login", {"name": "reception"})
        self.token = answer["userToken"]

    def test_the_upgrade_wants_a_token_in_the_header(self):
        service = self.house.service
        self.assertEqual(WebSocket(service).status, 401)
        self.assertEqual(WebSocket(service, token="wrong").status, 401)
        self.assertIn(WebSocket(service, path=f"/v1/channel?token={self.token}").status, (400, 401))
        foreign = {"Cookie": f"voip_session={self.token}", "Origin": "https://evil.example"}
        self.assertEqual(WebSocket(service, headers=foreign).status, 403)
        own = {"Cookie": f"voip_session={self.token}", "Origin": service.url}
        self.assertEqual(WebSocket(service, headers=own).status, 101)
        self.assertEqual(WebSocket(service, token=self.token, subprotocol="other").status, 400)
        self.assertEqual(WebSocket(service, token=self.token).status, 101)

    def test_bad_frames_close_with_their_code(self):
        for name, act, codes in [
            ("binary", lambda ws: ws.send(b"\x00", opcode=2), (1003,)),
            ("too big", lambda ws: ws.send("a" * 70000), (1009,)),
            ("unmasked", lambda ws: ws.send("{}", masked=False), (1002, None)),
            ("not utf-8", lambda ws: ws.send(b"\xc3\x28"), (1007,)),
            ("reserved opcode", lambda ws: ws.send("x", opcode=5), (1002, None)),
        ]:
            with self.subTest(name):
                web_socket = WebSocket(self.house.service, token=self.token)
                with contextlib.suppress(ssl.SSLError, ConnectionError):   # cut while we were still sending
                    act(web_socket)
                self.assertIn(web_socket.close_code(), codes)

    def test_bad_rpc_is_answered(self):
        web_socket = WebSocket(self.house.service, token=self.token)
        self.assertEqual(web_socket.ask("no.such")["error"]["code"], -32601)
        self.assertEqual(web_socket.ask("room.join", {"roomId": "unknown"})["error"]["code"], 1)
        self.assertEqual(web_socket.ask("room.hangUp", {"roomId": 7})["error"]["code"], 1)
        self.assertEqual(web_socket.ask("voip.callDevice", {"roomType": "voice"})["error"]["data"]["field"], "sn")
        self.assertEqual(web_socket.ask("device.getPushToken")["error"]["code"], 4030)
        web_socket.send("{nonsense")
        opcode, payload = web_socket.receive()
        self.assertEqual(json.loads(payload)["error"]["code"], -32700)
        self.assertIsNotNone(web_socket.close_code())

    def test_the_newest_of_six_channels_pushes_the_oldest_out(self):
        channels = [WebSocket(self.house.service, token=self.token) for _ in range(6)]
        self.assertEqual(channels[0].close_code(), 4409)
        self.assertEqual(channels[5].ask("no.such")["error"]["code"], -32601)
        for channel in channels:
            channel.close()

    def test_a_revoked_user_loses_the_channel_at_once(self):
        _, answer = self.house.service.http("POST", "/v1/user/login", {"name": "leaver"})
        channel = WebSocket(self.house.service, token=answer["userToken"])
        self.house.service.admin("user", "revoke", "leaver")
        self.assertEqual(channel.close_code(), 4401)
        self.assertEqual(WebSocket(self.house.service, token=answer["userToken"]).status, 401)


class CommandLines(unittest.TestCase):
    def run_program(self, program, *arguments):
        return subprocess.run([str(BIN / program), *arguments], capture_output=True, text=True, timeout=DEADLINE)

    def test_every_program_has_help_and_version(self):
        for program in ("wmpf-voipd", "wmpf-voip-service", "wmpf-voipctl", "wmpf-voip-phone"):
            for option in ("--help", "--version"):
                with self.subTest(f"{program} {option}"):
                    done = self.run_program(program, option)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertTrue(done.stdout)

    def test_unknown_options_are_named_and_end_with_2(self):
        for program in ("wmpf-voipd", "wmpf-voip-service", "wmpf-voipctl", "wmpf-voip-phone"):
            with self.subTest(program):
                done = self.run_program(program, "--nonsense")
                self.assertEqual(done.returncode, 2)
                self.assertIn("nonsense", done.stderr)

    def test_bad_values_are_named(self):
        for program, arguments, word in [
            ("wmpf-voipd", ["--listen", "nowhere"], "listen"), ("wmpf-voipd", ["--demo", "--board", "moon"], "moon"),
            ("wmpf-voip-service", ["--listen", "1.2.3.4:99999"], "listen"),
            ("wmpf-voip-phone", ["--service", "http://x", "--as", "x"], "service"), ("wmpf-voip-phone", ["--as", "x"], "--service"),
        ]:
            with self.subTest(f"{program} {arguments}"):
                done = self.run_program(program, *arguments)
                self.assertIn(done.returncode, (2, 78))
                self.assertIn(word, done.stderr)

    def test_dev_mode_stays_on_loopback(self):
        with tempfile.TemporaryDirectory() as state:
            done = self.run_program("wmpf-voip-service", "--state-dir", state, "--listen", "0.0.0.0:0", "--dev")
        self.assertIn(done.returncode, (2, 78))
        self.assertIn("--dev-allow-lan", done.stderr)

    def test_all_configuration_faults_come_at_once(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "config.json"
            path.write_text(json.dumps({"device": {"sn": "a b", "modelId": 7}, "call": {"ringSeconds": -1, "rings": 3},
                                        "nonsense": {}}))
            done = self.run_program("wmpf-voipd", "--config", str(path), "--check-config")
            self.assertEqual(done.returncode, 78)
            for word in ("device.sn:", "device.modelId:", "call.ringSeconds:", "call.rings:", "nonsense:",
                         "device.appId:", "service.url:"):
                self.assertIn(word, done.stderr)
            path.write_text("{")
            done = self.run_program("wmpf-voipd", "--config", str(path), "--check-config")
            self.assertEqual(done.returncode, 78)
            self.assertIn("line 1", done.stderr)
            done = self.run_program("wmpf-voipd", "--config", folder + "/none.json")
            self.assertEqual(done.returncode, 78)

    def check_config(self, path):
        done = self.run_program("wmpf-voipd", "--config", str(path), "--check-config")
        return done.returncode, [line.removeprefix(f"{path}: ") for line in done.stderr.splitlines()]

    def test_what_the_daemon_would_refuse_at_its_start_is_named_by_the_check_too(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "config.json"
            config = {"device": {"sn": "a", "modelId": "m", "appId": "x"},
                      "service": {"url": "https://localhost", "ca": f"{folder}/ca.pem"},
                      "board": {"buttons": [{"name": "bell"}, {"name": "key", "key": {"device": "/dev/input/event0", "code": "ENTER"}}],
                                "relays": [{"name": "door"}]}}
            path.write_text(json.dumps(config))
            self.assertEqual(self.check_config(path), (78, [
                "board.buttons[0]: has neither gpio nor key: board linux needs one",
                'board.buttons[1].key.code: "ENTER" is no key',
                "board.relays[0]: has no gpio: board linux needs it",
                f"service.ca: {folder}/ca.pem: not found"]))
            pathlib.Path(folder, "ca.pem").write_text("no certificate")
            config["board"] = {"driver": "sim", "sim": {"script": f"{folder}/script.json"}}
            path.write_text(json.dumps(config))
            self.assertEqual(self.check_config(path), (78, [
                f"board.sim.script: {folder}/script.json: not found",
                f"service.ca: {folder}/ca.pem: no certificate in PEM, or a damaged one"]))
            path.unlink()
            self.assertEqual(self.check_config(path), (78, ["not found"]))   # said once

    def test_what_the_tree_brings_along_is_said_to_be_good(self):
        done = self.run_program("wmpf-voip-service", "--config", str(ROOT / "config/example.service.json"), "--check-config")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        # The certificate that the example names is each service's own.
        self.assertEqual(self.check_config(ROOT / "config/example.json"),
                         (78, ["service.ca: /etc/wmpf-voipd/ca.pem: not found"]))

    def test_a_damaged_state_does_not_stop_the_next_start(self):
        house = House()
        try:
            house.daemon.stop()
            for path in house.state.rglob("*.json*"):
                if "identity" not in path.name and "key" not in path.name:
                    path.write_bytes(b"\x00damaged")
            house.restart_daemon()
            house.wait_online()
        finally:
            house.close()


if __name__ == "__main__":
    unittest.main()
