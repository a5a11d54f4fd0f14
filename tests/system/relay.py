"""The wire between a device and its service, in the middle: a TLS relay that says messages twice or again later.

It shows the service's own certificate, so the daemon trusts it as it trusts the service. HTTP passes as it is; on the
channel the frames of the WebSocket are seen one by one, and a frame may be sent again byte by byte."""
import contextlib
import json
import re
import select
import socket
import ssl
import struct
import threading

from harness import DEADLINE


class Frames:
    """Cuts a WebSocket's bytes, behind its HTTP head, into (opcode, unmasked payload, raw bytes)."""

    def __init__(self):
        self.buffer = b""
        self.head_over = False

    def feed(self, block):
        """What has become whole; an opcode of None is the HTTP head."""
        self.buffer += block
        if not self.head_over and b"\r\n\r\n" in self.buffer:
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            self.head_over = True
            yield None, head, head + b"\r\n\r\n"
        while self.head_over and (raw := self._whole()):
            yield raw[0] & 0xf, self._payload(raw), raw

    @staticmethod
    def _sizes(data):
        """(bytes before the payload, bytes of the payload), or None while that is unknown."""
        if len(data) < 2:
            return None
        size, head = data[1] & 0x7f, 2
        if size >= 126:
            head = 4 if size == 126 else 10
            if len(data) < head:
                return None
            size = struct.unpack(">H" if size == 126 else ">Q", data[2:head])[0]
        return head + (4 if data[1] & 0x80 else 0), size

    def _whole(self):
        sizes = self._sizes(self.buffer)
        if sizes is None or len(self.buffer) < sum(sizes):
            return None
        raw, self.buffer = self.buffer[:sum(sizes)], self.buffer[sum(sizes):]
        return raw

    def _payload(self, raw):
        head, _ = self._sizes(raw)
        if not raw[1] & 0x80:
            return raw[head:]
        mask = raw[head - 4:head]
        return bytes(byte ^ mask[i % 4] for i, byte in enumerate(raw[head:]))


class Connection:
    """One connection of the device and the one to the service that belongs to it, carried by one thread."""

    def __init__(self, relay, raw):
        self.relay = relay
        self.lock = threading.Lock()   # one TLS call at a time
        self.said = []                 # frames that the service has said
        raw.settimeout(DEADLINE)
        self.device = relay.context.wrap_socket(raw, server_side=True)
        plain = socket.create_connection(("127.0.0.1", relay.service.port), timeout=DEADLINE)
        self.service = relay.service.context().wrap_socket(plain, server_hostname="localhost")
        self.frames = {self.device: Frames(), self.service: Frames()}
        self.is_channel = None

    def run(self):
        with contextlib.suppress(OSError, ValueError):
            while True:
                ready = [end for end in self.frames if end.pending()]
                if not ready:
                    ready, _, _ = select.select(list(self.frames), [], [])
                for end in ready:
                    with self.lock:
                        block = end.recv(65536)
                    if not block:
                        return
                    self._pass_on(end, self.service if end is self.device else self.device, block)

    def _pass_on(self, source, sink, block):
        self.relay.note_secrets(block)
        if self.is_channel is None:
            self.is_channel = block.startswith(b"GET /v1/channel")
        if not self.is_channel:
            with self.lock:
                sink.sendall(block)
            return
        for opcode, payload, raw in self.frames[source].feed(block):
            if opcode == 1:
                self.relay.note_secrets(payload)
                self.relay.heard.append((source is self.device, json.loads(payload)))
                if source is self.service:
                    self.said.append(raw)
                    self.relay.channel = self
            with self.lock:
                sink.sendall(raw * 2 if opcode == 1 and self.relay.twice else raw)

    def say_again(self):
        with self.lock:
            for raw in self.said:
                self.device.sendall(raw)
        return len(self.said)

    def close(self):
        for end in self.frames:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class Relay:
    """`twice`: each text message of a channel goes on twice, in both directions. `heard`: what went by, in order, as
    (from the device, message). `secrets`: the tokens that were seen in headers and bodies."""

    def __init__(self, service):
        self.service = service
        self.twice = False
        self.heard = []
        self.secrets = set()
        self.channel = None   # the newest that the service has spoken on
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(str(service.state / "server.pem"))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):   # until the listener is closed
            while True:
                raw, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(raw,), daemon=True).start()

    def _serve(self, raw):
        try:
            connection = Connection(self, raw)
        except OSError:   # the service is not there: the device sees its connection end
            raw.close()
            return
        connection.run()
        connection.close()

    def note_secrets(self, data):
        text = data.decode(errors="replace")
        self.secrets.update(re.findall(r"Authorization: Bearer (\S+)", text))
        self.secrets.update(re.findall(r'"(?:deviceToken|pushToken|snTicket|signature|voipToken|token)":"([^"]{8,})"', text))

    def say_again(self):
        """Everything that the service has said on the newest channel, once more; how many messages that was."""
        return self.channel.say_again()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
