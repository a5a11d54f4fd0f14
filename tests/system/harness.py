"""The real programs, started and watched: what every system test stands on.

Nothing here sleeps: every wait is for a line, an answer or an exit, with a deadline. WMPF_BIN names the folder of
the programs, WMPF_SLOW multiplies the deadlines (sanitizer builds)."""
import base64
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("WMPF_BIN", ROOT / "build/dev/bin")).resolve()
# The other end, where it is not of the same build: a service and phones of this machine for a daemon under an emulator.
FAR_BIN = pathlib.Path(os.environ.get("WMPF_FAR_BIN", BIN)).resolve()
SLOW = float(os.environ.get("WMPF_SLOW", "1"))
DEADLINE = 15 * SLOW


class Program:
    """A started program whose lines (both streams) are kept and can be waited for."""

    def __init__(self, *command, env=None, stdin=subprocess.DEVNULL):
        self.command = [str(part) for part in command]
        self.lines = []
        self.position = 0
        self.changed = threading.Condition()
        self.open_streams = 2
        environment = dict(os.environ, **(env or {}))
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=stdin,
                                        env=environment, text=True, errors="replace")
        self.readers = [threading.Thread(target=self._read, args=(stream,), daemon=True)
                        for stream in (self.process.stdout, self.process.stderr)]
        for reader in self.readers:
            reader.start()

    def _read(self, stream):
        for line in stream:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.open_streams -= 1
            self.changed.notify_all()

    def wait_line(self, pattern, timeout=None, from_start=False):
        """The first line, not waited for before, that matches; lines are consumed in order."""
        expression = re.compile(pattern)
        end = time.monotonic() + (timeout if timeout is not None else DEADLINE)
        position = 0 if from_start else self.position
        with self.changed:
            while True:
                while position < len(self.lines):
                    found = expression.search(self.lines[position])
                    position += 1
                    if found:
                        if not from_start:
                            self.position = position
                        return found
                if self.open_streams == 0:
                    raise AssertionError(f"{self.name()} ended without a line like {pattern!r}:\n{self.text()}")
                rest = end - time.monotonic()
                if rest <= 0 or not self.changed.wait(rest):
                    raise AssertionError(f"{self.name()}: no line like {pattern!r} in time:\n{self.text()}")

    def name(self):
        return pathlib.Path(self.command[0]).name

    def text(self):
        return "\n".join(self.lines[-80:])

    def wait_exit(self, timeout=None):
        code = self.process.wait(timeout if timeout is not None else DEADLINE)
        for reader, stream in zip(self.readers, (self.process.stdout, self.process.stderr)):
            reader.join(DEADLINE)
            stream.close()
        return code

    def stop(self):
        """TERM, then the exit code; a program that does not stop by itself is a failure."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.wait_exit()
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.wait_exit()
            raise AssertionError(f"{self.name()} did not stop on TERM:\n{self.text()}")

    def kill(self):
        self.process.kill()
        return self.wait_exit()

    def check_clean(self):
        for line in self.lines:
            if "Sanitizer" in line or "runtime error:" in line:
                raise AssertionError(f"{self.name()}:\n{self.text()}")


class Api:
    """A client of the local API: newline-delimited JSON-RPC."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(DEADLINE)
        end = time.monotonic() + DEADLINE
        while True:
            try:
                self.socket.connect(str(path))
                break
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > end:
                    raise
                threading.Event().wait(0.01)   # the daemon is starting; there is no event for a socket file's birth
        self.buffer = b""
        self.last_id = 0
        self.heard = []

    def send(self, text):
        self.socket.sendall(text.encode() if isinstance(text, str) else text)

    def receive(self, timeout=None):
        """The next message; None at the end of the stream."""
        self.socket.settimeout(timeout if timeout is not None else DEADLINE)
        while b"\n" not in self.buffer:
            try:
                block = self.socket.recv(65536)
            except ConnectionResetError:
                block = b""
            if not block:
                return None
            self.buffer += block
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def ask(self, method, params=None, timeout=None):
        """The whole response; notifications that come before it are kept for wait()."""
        self.last_id += 1
        request = {"jsonrpc": "2.0", "id": self.last_id, "method": method}
        if params is not None:
            request["params"] = params
        self.send(json.dumps(request) + "\n")
        while True:
            message = self.receive(timeout)
            if message is None:
                raise AssertionError(f"{method}: the daemon closed the connection")
            if message.get("id") == self.last_id and "method" not in message:
                return message
            self.heard.append(message)

    def call(self, method, params=None, timeout=None):
        response = self.ask(method, params, timeout)
        if "error" in response:
            raise AssertionError(f"{method}: {response['error']}")
        return response["result"]

    def error(self, method, params=None):
        response = self.ask(method, params)
        if "error" not in response:
            raise AssertionError(f"{method}: expected an error, got {response['result']}")
        return response["error"]

    def wait(self, condition, timeout=None):
        """The next notification for which condition(method, params) is true; those before it are dropped."""
        end = time.monotonic() + (timeout if timeout is not None else DEADLINE)
        while True:
            while self.heard:
                message = self.heard.pop(0)
                if condition(message["method"], message["params"]):
                    return message["params"]
            message = self.receive(max(0.01, end - time.monotonic()))
            if message is None:
                raise AssertionError("the daemon closed the connection")
            self.heard.append(message)

    def wait_phase(self, *phases, timeout=None):
        return self.wait(lambda m, p: m == "room.changed" and p["phase"] in phases, timeout)

    def wait_event(self, name, timeout=None):
        return self.wait(lambda m, p: m == "voip.event" and p["eventName"] == name, timeout)

    def events_until(self, last, timeout=None):
        """The names of all events up to and with `last`."""
        names = []

        def note(method, params):
            if method == "voip.event":
                names.append(params["eventName"])
            return bool(names) and names[-1] == last
        self.wait(note, timeout)
        return names

    def close(self):
        self.socket.close()


class Service:
    """wmpf-voip-service with a state folder of its own; restarts keep folder and port."""

    def __init__(self, folder, config=None, arguments=("--dev",)):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.state = self.folder / "state"
        self.config = self.folder / "service.json"
        self.config.write_text(json.dumps(config or {}))
        self.arguments = arguments
        self.port = 0
        self.program = None
        self.start()

    def start(self):
        self.program = Program(FAR_BIN / "wmpf-voip-service", "--config", self.config, "--state-dir", self.state,
                               "--listen", f"127.0.0.1:{self.port}", *self.arguments)
        found = self.program.wait_line(r'serving url="https://[^"]*?:(\d+)"')
        self.port = int(found[1])

    @property
    def ca(self):
        return self.state / "ca.pem"

    @property
    def url(self):
        return f"https://localhost:{self.port}"

    def admin(self, *arguments):
        done = subprocess.run([str(FAR_BIN / "wmpf-voip-service"), "admin", "--state-dir", str(self.state), *arguments],
                              capture_output=True, text=True, timeout=DEADLINE)
        if done.returncode != 0:
            raise AssertionError(f"admin {arguments}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def context(self):
        return ssl.create_default_context(cafile=str(self.ca))

    def http(self, method, path, body=None, headers=None):
        """(status, parsed or raw body)"""
        data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers or {})
        if data is not None and not (headers and "Content-Type" in headers):
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE, context=self.context()) as answer:
                status, raw = answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            status, raw = refusal.code, refusal.read()
        try:
            return status, json.loads(raw)
        except ValueError:
            return status, raw

    def fault(self, **rule):
        status, answer = self.http("POST", "/v1/dev/faults", rule)
        if status != 200:
            raise AssertionError(f"fault rule: {status} {answer}")

    def clear_faults(self):
        self.http("DELETE", "/v1/dev/faults")


class House:
    """A service, a device and its phones, provisioned as an operator would do it."""
    APP, MODEL, SN = "wx-house", "model-1", "house-0001"

    def __init__(self, rooms=None, call=None, service=None, people=("reception", "security"), device=None, api=None,
                 through=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="wmpf-"))
        self.programs = []
        self.apis = []
        self.own_api = None
        config = dict(service or {})
        config["rooms"] = dict(rooms or {})
        # Tests dial more often than people do.
        config.setdefault("limits", {}).setdefault("dialsPerMinute", 600)
        self.service = Service(self.folder / "service", config)
        # What stands between the device and the service: made from the service, it has a URL of its own.
        self.relay = through(self.service) if through else None
        self.service.admin("product", "add", self.APP, self.MODEL)
        self.people = {name: self._user(name) for name in people}
        self.call_config = dict(call or {})
        self.device_config = dict(device or {})
        self.api_config = dict(api or {})
        self.socket = self.folder / "api.sock"
        self.state = self.folder / "device"
        self.daemon = None
        self.start_daemon()
        self.register()
        for name, open_id in self.people.items():
            self.service.admin("grant", name, self.SN, "Front door")
            self.api().call("contact.set", {"contact": name, "name": name.title(),
                                            "people": [{"openId": open_id, "name": name}]})

    def _user(self, name):
        status, answer = self.service.http("POST", "/v1/user/login", {"name": name})
        if status != 200:
            raise AssertionError(f"login {name}: {status} {answer}")
        return answer["openId"]

    def write_config(self):
        config = {
            "device": dict({"sn": self.SN, "modelId": self.MODEL, "appId": self.APP, "name": "Front door"},
                           **self.device_config),
            "service": {"url": (self.relay or self.service).url, "ca": str(self.service.ca)},
            "call": self.call_config,
            "api": self.api_config,
            "board": {"driver": "sim", "buttons": [{"name": "call", "contact": "reception"},
                                                   {"name": "help", "contact": "security"}],
                      "relays": [{"name": "door"}], "lamp": True},
            # The phone of these tests has neither sound nor picture.
            "media": {"enabled": False},
            "log": {"level": "debug"},
        }
        path = self.folder / "device.json"
        path.write_text(json.dumps(config))
        return path

    def daemon_command(self):
        return (BIN / "wmpf-voipd", "--config", self.write_config(), "--state-dir", self.state, "--socket", self.socket)

    def start_daemon(self):
        self.daemon = Program(*self.daemon_command())
        self.programs.append(self.daemon)
        return self.daemon

    def register(self):
        ticket = re.search(r"\b[0-9A-Za-z]{32}\b", self.service.admin("ticket", self.SN))[0]
        self.api().call("device.register", {"snTicket": ticket})
        self.wait_online()

    def wait_online(self):
        api = self.api()
        end = time.monotonic() + DEADLINE
        while api.call("device.get")["channel"]["state"] != "online":
            if time.monotonic() > end:
                raise AssertionError("the device does not come on line:\n" + self.daemon.text())
            threading.Event().wait(0.02)   # device.get has no notification; bounded by the deadline above

    def api(self):
        """A client of the daemon that is kept until the end of the case."""
        if self.own_api is None:
            self.own_api = self.new_api()
        return self.own_api

    def new_api(self):
        api = Api(self.socket)
        self.apis.append(api)
        return api

    def watch(self, events=None):
        api = self.new_api()
        api.call("room.subscribe", {"events": events} if events else {})
        return api

    def close_apis(self):
        for api in self.apis:
            api.close()
        self.apis.clear()
        self.own_api = None

    def restart_daemon(self):
        self.close_apis()
        self.start_daemon()

    def phone(self, name="reception", *arguments, online=True):
        program = Program(FAR_BIN / "wmpf-voip-phone", "--service", self.service.url, "--ca", self.service.ca,
                          "--as", name, *arguments)
        self.programs.append(program)
        if online:
            program.wait_line("^online")
        return program

    def ctl(self, *arguments, check=True):
        done = subprocess.run([str(BIN / "wmpf-voipctl"), "--socket", str(self.socket), *arguments],
                              capture_output=True, text=True, timeout=DEADLINE)
        if check and done.returncode != 0:
            raise AssertionError(f"wmpf-voipctl {arguments}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def close(self):
        self.close_apis()
        problems = []
        for program in [*self.programs, self.service.program]:
            try:
                if program.process.poll() is None:
                    program.stop()
                program.check_clean()
            except AssertionError as problem:
                problems.append(str(problem))
        shutil.rmtree(self.folder, ignore_errors=True)
        if problems:
            raise AssertionError("\n".join(problems))


class HouseCase(unittest.TestCase):
    """A test class with one house for all its cases; each case begins with an idle device."""
    house_options = {}

    @classmethod
    def setUpClass(cls):
        cls.house = House(**cls.house_options)

    @classmethod
    def tearDownClass(cls):
        cls.house.close()

    def tearDown(self):
        """No call, phone or client outlives its case."""
        for program in self.house.programs:
            if "phone" in program.name() and program.process.poll() is None:
                program.stop()
                program.check_clean()
        self.house.ctl("hangup", check=False)
        self.house.close_apis()

    def idle(self):
        """Waits until the device can take the next call."""
        api = self.house.new_api()
        snapshot = api.call("room.subscribe", {})
        if snapshot["phase"] not in ("idle", "ended"):
            api.wait_phase("ended")
        api.close()


class WebSocket:
    """The bytes of a WebSocket client, for input that no decent library would send."""

    def __init__(self, service, token=None, headers=None, subprotocol="wmpf-voip.v1", path="/v1/channel"):
        raw = socket.create_connection(("127.0.0.1", service.port), timeout=DEADLINE)
        self.socket = service.context().wrap_socket(raw, server_hostname="localhost")
        lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{service.port}", "Upgrade: websocket",
                 "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                 "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode()]
        if subprotocol:
            lines.append(f"Sec-WebSocket-Protocol: {subprotocol}")
        if token:
            lines.append(f"Authorization: Bearer {token}")
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.buffer = b""
        head = self._until(b"\r\n\r\n")
        self.status = int(head.split()[1])

    def _until(self, mark):
        while mark not in self.buffer:
            block = self.socket.recv(65536)
            if not block:
                raise EOFError
            self.buffer += block
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def _take(self, count):
        while len(self.buffer) < count:
            block = self.socket.recv(65536)
            if not block:
                raise EOFError
            self.buffer += block
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def send(self, payload, opcode=1, masked=True, final=True, length=None):
        data = payload.encode() if isinstance(payload, str) else payload
        size = len(data) if length is None else length
        head = bytes([(0x80 if final else 0) | opcode])
        bit = 0x80 if masked else 0
        if size < 126:
            head += bytes([bit | size])
        elif size < 65536:
            head += bytes([bit | 126]) + struct.pack(">H", size)
        else:
            head += bytes([bit | 127]) + struct.pack(">Q", size)
        if masked:
            mask = os.urandom(4)
            head += mask
            data = bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))
        self.socket.sendall(head + data)

    def receive(self):
        """(opcode, payload); pings are answered. EOFError at the end."""
        while True:
            first, second = self._take(2)
            size = second & 0x7f
            if size == 126:
                size = struct.unpack(">H", self._take(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self._take(8))[0]
            payload = self._take(size)
            if first & 0xf == 9:
                self.send(payload, opcode=10)
                continue
            return first & 0xf, payload

    def close_code(self):
        """Reads until the peer's close frame or the end: the code, or None when it just cut."""
        with contextlib.suppress(EOFError, ConnectionResetError, ssl.SSLError):
            while True:
                opcode, payload = self.receive()
                if opcode == 8:
                    return struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
        return None

    def ask(self, method, params=None, identity=1):
        self.send(json.dumps({"jsonrpc": "2.0", "id": identity, "method": method, "params": params or {}}))
        while True:
            opcode, payload = self.receive()
            if opcode == 8:
                raise EOFError
            message = json.loads(payload)
            if message.get("id") == identity and "method" not in message:
                return message

    def close(self):
        self.socket.close()
