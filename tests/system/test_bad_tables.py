"""Tables of input that nobody decent sends, against the real programs: the local socket, HTTPS, WebSockets.

Each case is judged by its answer, and each table ends with a witness: the program serves others as before."""
import contextlib
import json
import socket
import ssl
import unittest

from harness import DEADLINE, House, HouseCase, WebSocket


def nested(opening, closing, depth, inside=""):
    return opening * depth + inside + closing * depth


def request(params, method="room.get"):
    return '{"jsonrpc":"2.0","id":1,"method":"%s","params":%s}' % (method, params)


# What is no JSON, too long, too deep or no UTF-8: answered -32700 with id null, and the end.
UNREADABLE = [
    b"\x00", b"\x00\xff\xfe garbage", b"garbage", b"{", b"[", b"}", b"{]", b"[}", b'{"a"}', b'{"a":}', b"{'a':1}",
    b'{"a":1,}', b"[1,]", b"[,1]", b'{,"a":1}', b"nul", b"True", b"NaN", b"Infinity", b"-", b"+1", b"01", b"1.", b".5",
    b"1e", b"0x10", b'"open', b'"\x01"', b'"\\x"', b'"\\u12"', b'"\\ud800"', b'"\\udc00\\ud800"', b'{"a":1}{"b":2}',
    b'{"a":1} x', b"{} {}", b"[] []", b"/* why */{}", b"{} // why", b"# why", nested("[", "]", 17).encode(),
    nested('{"a":', "}", 17, "1").encode(), b"[" * 9000, b'{"a":' * 9000,
    b'{"jsonrpc":"2.0","id":1,"method":"\xc3\x28"}', b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"\xf5\x80\x80\x80"', b'"\xe2\x82"',
    b'"\xff"', "{}".encode("utf-16-le"), b'{"jsonrpc":"2.0","id":1,"id":2,"method":"room.get"}',
    request('{"a":1,"a":2}').encode(), request('{"a":{"b":1,"b":1}}').encode(), request("1e999").encode(),
    request("18446744073709551616").encode(), request("-9223372036854775809").encode(), b'{"jsonrpc":"2.0"\x00,"id":1}',
    request('{"x":"' + "a" * 70000 + '"}').encode(), b"a" * 70000, b"{}" * 40000, b" " * 66000 + b"{}",
]

# JSON that is no request: answered -32600 (params no object -32602), and the connection lives.
NO_REQUEST = [
    ("1", -32600), ("\ufeff{}", -32600), ("null", -32600), ("true", -32600), ('"text"', -32600), ("[]", -32600), ("[{}]", -32600), ("{}", -32600),
    ('{"jsonrpc":"1.0","id":1,"method":"room.get"}', -32600), ('{"jsonrpc":2.0,"id":1,"method":"room.get"}', -32600),
    ('{"id":1,"method":"room.get"}', -32600), ('{"jsonrpc":"2.0","id":1}', -32600),
    ('{"jsonrpc":"2.0","id":1,"method":7}', -32600), ('{"jsonrpc":"2.0","id":1,"method":""}', -32600),
    ('{"jsonrpc":"2.0","id":1,"method":null}', -32600), ('{"jsonrpc":"2.0","id":1,"method":"%s"}' % ("m" * 65), -32600),
    ('{"jsonrpc":"2.0","id":{},"method":"room.get"}', -32600), ('{"jsonrpc":"2.0","id":1.5,"method":"room.get"}', -32600),
    ('{"jsonrpc":"2.0","id":true,"method":"room.get"}', -32600), ('{"jsonrpc":"2.0","id":"%s","method":"room.get"}' % ("i" * 65), -32600),
    ('{"jsonrpc":"2.0","id":1,"method":"room.get","result":{}}', -32600), (request('"x"'), -32600), (request("7"), -32600),
    (request("true"), -32600), (request("null"), -32600), (request("[]"), -32602), (request("[{}]"), -32602),
    ('{"jsonrpc":"2.0","id":1,"method":"no.such"}', -32601), ('{"jsonrpc":"2.0","id":1,"method":"ROOM.GET"}', -32601),
    ('{"jsonrpc":"2.0","id":1,"method":"room.get "}', -32601), ('{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}', -32601),
]

LONG = "x" * 129

# Params that are refused, with the code and the member that is named.
REFUSED = [
    ("voip.call", {}, 1004, "contact"), ("voip.call", {"contact": "a", "openId": "b"}, 1004, "contact"),
    ("voip.call", {"contact": 7}, 1004, "contact"), ("voip.call", {"contact": ""}, 1004, "contact"),
    ("voip.call", {"contact": LONG}, 1004, "contact"), ("voip.call", {"contact": "a\nb"}, 1004, "contact"),
    ("voip.call", {"contact": None}, 1004, "contact"), ("voip.call", {"contact": "nobody"}, 1004, "contact"),
    ("voip.call", {"openId": 7}, 1004, "openId"), ("voip.call", {"openId": ""}, 1004, "openId"),
    ("voip.call", {"openId": LONG}, 1004, "openId"), ("voip.call", {"openId": "a\nb"}, 1004, "openId"),
    ("voip.call", {"contact": "reception", "roomType": "tv"}, 1004, "roomType"),
    ("voip.call", {"contact": "reception", "roomType": 1}, 1004, "roomType"),
    ("voip.call", {"contact": "reception", "timeLimit": 0}, 1004, "timeLimit"),
    ("voip.call", {"contact": "reception", "timeLimit": -1}, 1004, "timeLimit"),
    ("voip.call", {"contact": "reception", "timeLimit": 86401}, 1004, "timeLimit"),
    ("voip.call", {"contact": "reception", "timeLimit": 1.5}, 1004, "timeLimit"),
    ("voip.call", {"contact": "reception", "timeLimit": "60"}, 1004, "timeLimit"),
    ("voip.answer", {}, 1, "roomId"), ("voip.answer", {"roomId": ""}, 1, "roomId"), ("voip.answer", {"roomId": 7}, 1, "roomId"),
    ("voip.answer", {"roomId": None}, 1, "roomId"), ("voip.answer", {"roomId": ["a"]}, 1, "roomId"),
    ("voip.answer", {"roomId": LONG}, 1, "roomId"), ("voip.answer", {"roomId": "other"}, 1, "roomId"),
    ("voip.forceHangUpVoip", {"roomId": ""}, 1, "roomId"), ("voip.forceHangUpVoip", {"roomId": 7}, 1, "roomId"),
    ("voip.forceHangUpVoip", {"roomId": {}}, 1, "roomId"), ("voip.forceHangUpVoip", {"roomId": "other"}, 1, "roomId"),
    ("voip.forceHangUpVoip", {"reason": "bored"}, 1004, "reason"), ("voip.forceHangUpVoip", {"reason": 7}, 1004, "reason"),
    ("voip.setMedia", {"camera": "on"}, 1004, "camera"), ("voip.setMedia", {"camera": 1}, 1004, "camera"),
    ("voip.setMedia", {"microphone": None}, 1004, "microphone"), ("voip.setMedia", {"volume": -1}, 1004, "volume"),
    ("voip.setMedia", {"volume": 101}, 1004, "volume"), ("voip.setMedia", {"volume": 50.5}, 1004, "volume"),
    ("voip.setMedia", {"volume": "50"}, 1004, "volume"), ("voip.setMedia", {"roomId": 7}, 1, "roomId"),
    ("room.subscribe", {"events": "calling"}, 1004, "events"), ("room.subscribe", {"events": [7]}, 1004, "events[0]"),
    ("room.subscribe", {"events": ["calling", "noSuch"]}, 1004, "events[1]"), ("room.subscribe", {"events": {}}, 1004, "events"),
    ("room.subscribe", {"events": ["calling"] * 65}, 1004, "events"), ("room.subscribe", {"quality": "yes"}, 1004, "quality"),
    ("call.history", {"limit": 0}, 1004, "limit"), ("call.history", {"limit": 101}, 1004, "limit"),
    ("call.history", {"limit": "many"}, 1004, "limit"), ("call.history", {"limit": 1.0}, 1004, "limit"),
    ("call.history", {"before": -1}, 1004, "before"), ("call.history", {"before": "now"}, 1004, "before"),
    ("contact.set", {}, 1004, "contact"), ("contact.set", {"contact": ""}, 1004, "contact"),
    ("contact.set", {"contact": "a"}, 1004, "people"), ("contact.set", {"contact": "a", "people": []}, 1004, "people"),
    ("contact.set", {"contact": "a", "people": {}}, 1004, "people"), ("contact.set", {"contact": "a", "people": ["o"]}, 1004, "people[0]"),
    ("contact.set", {"contact": "a", "people": [{}]}, 1004, "people[0].openId"),
    ("contact.set", {"contact": "a", "people": [{"openId": "o1"}, {"openId": 7}]}, 1004, "people[1].openId"),
    ("contact.set", {"contact": "a", "people": [{"openId": "o1"}, {"openId": "o1"}]}, 1004, "people[1].openId"),
    ("contact.set", {"contact": "a", "people": [{"openId": "o1", "name": 7}]}, 1004, "people[0].name"),
    ("contact.set", {"contact": "a", "people": [{"openId": "o1", "name": LONG}]}, 1004, "people[0].name"),
    ("contact.set", {"contact": "a", "people": [{"openId": f"o{n}"} for n in range(17)]}, 1004, "people"),
    ("contact.set", {"contact": "a", "name": 7, "people": [{"openId": "o1"}]}, 1004, "name"),
    ("contact.remove", {}, 1004, "contact"), ("contact.remove", {"contact": 7}, 1004, "contact"),
    ("contact.remove", {"contact": "nobody"}, 1004, "contact"), ("contact.remove", {"contact": LONG}, 1004, "contact"),
    ("device.register", {}, 1004, "snTicket"), ("device.register", {"snTicket": 7}, 1004, "snTicket"),
    ("device.register", {"snTicket": ""}, 1004, "snTicket"), ("device.register", {"snTicket": "short"}, 1004, "snTicket"),
    ("device.register", {"snTicket": "x" * 33}, 1004, "snTicket"),
    ("board.press", {}, 1004, "button"), ("board.press", {"button": 7}, 1004, "button"),
    ("board.press", {"button": "none"}, 1004, "button"), ("board.press", {"button": "call", "long": 1}, 1004, "long"),
    ("board.relay", {}, 1004, "relay"), ("board.relay", {"relay": "none"}, 1004, "relay"),
    ("board.relay", {"relay": 7}, 1004, "relay"), ("board.relay", {"relay": "door", "seconds": 0}, 1004, "seconds"),
    ("board.relay", {"relay": "door", "seconds": -1}, 1004, "seconds"), ("board.relay", {"relay": "door", "seconds": 3601}, 1004, "seconds"),
    ("board.relay", {"relay": "door", "seconds": "3"}, 1004, "seconds"),
    ("log.set", {}, 1004, "levels"), ("log.set", {"levels": 7}, 1004, "levels"), ("log.set", {"levels": ""}, 1004, "levels"),
    ("log.set", {"levels": "call:loud"}, 1004, "levels"), ("log.set", {"levels": "x" * 1025}, 1004, "levels"),
    ("voip.initByCaller", {}, 1004, "roomType"), ("voip.initByCaller", {"roomType": "voice"}, 1004, "listener"),
    ("voip.initByCaller", {"roomType": "voice", "listener": {"id": ""}}, 1004, "listener.id"),
]

HEAD = b"Host: localhost\r\n"
LOGIN = b"POST /v1/user/login HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\n"

# Bytes that are no proper HTTP: the status, and the end. None: the end alone.
NO_HTTP = [
    (b"garbage garbage\r\n\r\n", 400), (b"\r\n\r\n\r\n", None), (b"GET\r\n\r\n", 400), (b"GET /\r\n\r\n", 400),
    (b"GET / HTTP\r\n\r\n", 505), (b"GET / HTTP/1\r\n\r\n", 505), (b"GET / http/1.1\r\n" + HEAD + b"\r\n", 505),
    (b"GET / HTTP/0.9\r\n" + HEAD + b"\r\n", 505), (b"GET / HTTP/2.0\r\n" + HEAD + b"\r\n", 505),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505), (b"G@T / HTTP/1.1\r\n" + HEAD + b"\r\n", 400),
    (b"GET  / HTTP/1.1\r\n" + HEAD + b"\r\n", 400), (b"GET /\x00 HTTP/1.1\r\n" + HEAD + b"\r\n", 400),
    (b"GET /\x7f HTTP/1.1\r\n" + HEAD + b"\r\n", 400), (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n" + HEAD * 2 + b"\r\n", 400), (b"GET / HTTP/1.1\r\n" + HEAD + b"no colon\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n" + HEAD + b": empty\r\n\r\n", 400), (b"GET / HTTP/1.1\r\n" + HEAD + b"a b: c\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n" + HEAD + b"X: a\x00b\r\n\r\n", 400), (b"GET / HTTP/1.1\r\n" + HEAD + b"X: a\x01b\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n" + HEAD + b"X: " + b"a" * 20000 + b"\r\n\r\n", 431),
    (b"GET / HTTP/1.1\r\n" + HEAD + b"X: y\r\n" * 4000 + b"\r\n", 431), (b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n", 414),
    (LOGIN + b"Content-Length: -1\r\n\r\n", 400), (LOGIN + b"Content-Length: x\r\n\r\n", 400), (LOGIN + b"Content-Length: 1,2\r\n\r\n", 400),
    (LOGIN + b"Content-Length: 99999999\r\n\r\n", 413), (LOGIN + b"Content-Length: 65537\r\n\r\n", 413),
    (LOGIN + b"Content-Length: 99999999999999999999\r\n\r\n", 400), (LOGIN + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
    (LOGIN + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", 400), (LOGIN + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    (LOGIN + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400), (LOGIN + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx\r\n0\r\n\r\n", 400),
    (LOGIN + b"Transfer-Encoding: chunked\r\n\r\n10001\r\n", 413), (LOGIN + b"Transfer-Encoding: wonders\r\n\r\n", 501),
    (LOGIN + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 501), (LOGIN + b"Transfer-Encoding: chunked, chunked\r\n\r\n", 501),
    (LOGIN.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    (LOGIN + b"Expect: wonders\r\nContent-Length: 2\r\n\r\n{}", 417),
]

SN = House.SN
CLAIM = {"appId": "wx-house", "modelId": "model-1", "sn": SN, "timestamp": 1, "nonce": "n" * 16, "signature": "s" * 96}
JSON_TYPE = {"Content-Type": "application/json"}

# Requests that are HTTP and yet wrong: method, path, body, headers, status, the member that is named.
WRONG_REQUESTS = [
    *[("POST", "/v1/user/login", body, JSON_TYPE, 400, None) for body in (b"", b"{", b"[]", b"7", b"null", b'"x"', b"\xff", b"[" * 20)],
    ("POST", "/v1/user/login", {}, None, 400, "code"), ("POST", "/v1/user/login", {"code": 7}, None, 400, "code"),
    ("POST", "/v1/user/login", {"name": 7}, None, 400, "name"), ("POST", "/v1/user/login", {"name": ""}, None, 400, "name"),
    ("POST", "/v1/user/login", {"name": LONG}, None, 400, "name"), ("POST", "/v1/user/login", {"name": "a\nb"}, None, 400, "name"),
    *[("POST", "/v1/user/login", b"{}", {"Content-Type": kind}, 415, None)
      for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", "json")],
    *[(method, "/v1/user/login", None, None, 405, None) for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW")],
    *[("POST", path, {}, None, 405, None) for path in ("/v1/user/getDeviceVoIPList", "/v1/user/session", "/cgi-bin/token")],
    *[("GET", path, None, None, 405, None) for path in ("/v1/device/token", "/v1/device/register", "/v1/rpc", "/wxa/getsnticket")],
    *[("GET", path, None, None, 404, None)
      for path in ("/v1", "/v1/", "/v1/none", "/v1/user", "/v1/device/token/", "//v1/rpc", "/none.html", "/../../etc/passwd",
                   "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/js/../../ca-key.pem", "/ca-key.pem", "/.git/config",
                   "/js/", "/js/%00", "/%", "/%zz")],
    *[("POST", "/v1/device/token", dict(CLAIM, **{member: value}), None, 400, member)
      for member, value in (("appId", 7), ("appId", ""), ("modelId", None), ("timestamp", "1"), ("timestamp", 1.5),
                            ("nonce", "short"), ("nonce", "n" * 65), ("nonce", "n" * 15 + "!"), ("signature", 7), ("signature", ""))],
    *[("POST", "/v1/device/token", dict(CLAIM, sn=sn), None, 400, "sn") for sn in ("a b", "x" * 129, "", "caf\u00e9")],
    *[("POST", "/v1/device/token", {k: v for k, v in CLAIM.items() if k != member}, None, 400, member) for member in CLAIM],
    *[("POST", "/v1/device/register", dict(CLAIM, publicKey=key, snTicket="t" * 32), None, 400, "publicKey") for key in (7, "", None)],
    *[("POST", "/v1/device/register", dict(CLAIM, publicKey="k", snTicket=ticket), None, 400, "snTicket") for ticket in ("short", "t" * 33, "t" * 31 + "!")],
    ("POST", "/v1/device/token", CLAIM, None, 401, None),   # the timestamp is of 1970
    *[("GET", "/v1/user/getDeviceVoIPList", None, headers, 401, None)
      for headers in (None, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic d3Jvbmc6d3Jvbmc="}, {"Authorization": "Bearer"},
                      {"Authorization": "Bearer " + "x" * 3000}, {"Cookie": "voip_session=wrong"}, {"Cookie": "voip_session="})],
    ("POST", "/v1/rpc", {"jsonrpc": "2.0", "id": 1, "method": "room.join"}, None, 401, None),
    ("POST", "/v1/rpc", b"{", JSON_TYPE, 400, None), ("POST", "/v1/user/requestDeviceVoIP", {"sn": SN}, None, 401, None),
    ("GET", "/v1/channel", None, None, 426, None), ("GET", "/v1/user/session?token=abc", None, None, 400, None),
]
WRONG_RULES = [({}, "method"), ({"method": 7}, "method"), ({"method": ""}, "method"), ({"method": "room.join", "errCode": "9"}, "errCode"),
               ({"method": "room.join", "times": 0}, "times"), ({"method": "room.join", "times": "1"}, "times"),
               ({"method": "room.join", "delaySeconds": -1}, "delaySeconds"), ({"method": "room.join", "delaySeconds": 61}, "delaySeconds"),
               ({"method": "room.join", "drop": 1}, "drop"), ({"method": "room.join", "sn": 7}, "sn")]

# WebSocket frames: (first byte, payload, masked, how it is closed). None: cut without a word.
WRONG_FRAMES = [
    (0x82, b"binary", True, (1003,)), (0x81, b"\xc3\x28", True, (1007,)), (0x81, b"\xff", True, (1007,)),
    (0x81, b"\xed\xa0\x80", True, (1007,)), (0x81, b"a" * 65537, True, (1009,)), (0x81, b"{}", False, (1002, None)),
    *[(0x80 | opcode, b"x", True, (1002, None)) for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)],
    *[(0x81 | bits, b"{}", True, (1002, None)) for bits in (0x40, 0x20, 0x10)],
    (0x80, b"x", True, (1002, None)),                                             # goes on with nothing
    (0x89, b"p" * 126, True, (1002, None)), (0x09, b"p", True, (1002, None)),     # a ping too long; one in pieces
    (0x88, b"\x03", True, (1002, None)), (0x88, b"\x03\xed", True, (1002, None)),  # half a code; 1005 is never sent
    (0x88, b"\x00\x01", True, (1002, None)), (0x88, b"\x03\xe8\xff", True, (1007, 1002, None)),
    *[(0x81, text, True, (1007, 1008, 1002)) for text in (b"{", b"garbage", b"[" * 20, b'{"a":1,"a":2}', b'"\\ud800"', b"1e999", b"")],
]
WRONG_UPGRADES = [
    ({"headers": {}}, 401), ({"token": "wrong"}, 401), ({"token": "x" * 3000}, 401), ({"token": "", "headers": {"Authorization": "Basic eDp5"}}, 401),
    ({"headers": {"Cookie": "voip_session=wrong", "Origin": "https://evil.example"}}, 403),
    ({"path": "/v1/channel?token=abc"}, 400), ({"path": "/v1/channel?userToken=abc"}, 400), ({"path": "/v1/other"}, 404), ({"path": "/"}, 404),
]


class LocalSocket(HouseCase):
    house_options = {"people": ("reception",)}

    def test_what_cannot_be_read_is_answered_and_closed(self):
        witness = self.house.new_api()
        for text in UNREADABLE:
            with self.subTest(text[:60]):
                api = self.house.new_api()
                with contextlib.suppress(BrokenPipeError):   # closed before the last byte of a long one
                    api.send(text + b"\n")
                answer = api.receive()
                self.assertEqual((answer["error"]["code"], answer["id"]), (-32700, None))
                self.assertIsNone(api.receive())
                api.close()
        self.assertEqual(witness.call("room.get")["phase"], "idle")

    def test_what_is_no_request_is_answered_and_the_connection_lives(self):
        api = self.house.new_api()
        for text, code in NO_REQUEST:
            with self.subTest(text[:60]):
                api.send(text + "\n")
                self.assertEqual(api.receive()["error"]["code"], code)
        self.assertEqual(api.call("room.get")["phase"], "idle")

    def test_wrong_params_are_refused_with_the_member_that_is_wrong(self):
        api = self.house.api()
        contacts = api.call("contact.list")
        for method, params, code, field in REFUSED:
            with self.subTest(f"{method} {str(params)[:60]}"):
                error = api.error(method, params)
                self.assertEqual((error["code"], error["data"].get("field")), (code, field), error)
                self.assertEqual(error["data"]["errCode"], code)
                self.assertTrue(error["message"])
        self.assertEqual(api.call("contact.list"), contacts)
        self.assertEqual(api.call("room.get")["phase"], "idle")

    def test_the_tables_are_large(self):
        self.assertGreaterEqual(len(UNREADABLE) + len(NO_REQUEST) + len(REFUSED), 180)


class Https(HouseCase):
    house_options = {"people": ("reception",)}

    def raw(self, data):
        connection = socket.create_connection(("127.0.0.1", self.house.service.port), timeout=DEADLINE)
        connection = self.house.service.context().wrap_socket(connection, server_hostname="localhost")
        received = b""
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            connection.sendall(data)
            while block := connection.recv(65536):
                received += block
        connection.close()
        return received

    def test_what_is_no_http_is_answered_with_a_status_and_closed(self):
        for data, status in NO_HTTP:
            with self.subTest(data[:60]):
                answer = self.raw(data)
                if status is None:
                    self.assertNotIn(b" 200 ", answer)
                else:
                    self.assertEqual(answer[9:12], str(status).encode(), answer[:200])
        self.assertEqual(self.house.service.http("GET", "/v1/user/session")[0], 200)

    def test_wrong_requests_have_the_status_and_name_the_member(self):
        for method, path, body, headers, status, field in WRONG_REQUESTS:
            with self.subTest(f"{method} {path} {str(body)[:60]} {str(headers)[:40]}"):
                got, answer = self.house.service.http(method, path, body, headers)
                self.assertEqual(got, status, answer)
                if path.startswith("/v1"):
                    self.assertTrue(answer["errCode"] and answer["errMsg"], answer)
                if field:
                    self.assertEqual(answer["field"], field)
        for rule, field in WRONG_RULES:
            with self.subTest(rule):
                got, answer = self.house.service.http("POST", "/v1/dev/faults", rule)
                self.assertEqual((got, answer["field"]), (400, field), answer)
        self.assertEqual(self.house.service.http("GET", "/v1/dev/faults")[1], {"faults": []})

    def test_the_tables_are_large(self):
        self.assertGreaterEqual(len(NO_HTTP) + len(WRONG_REQUESTS) + len(WRONG_RULES), 130)


class WebSockets(HouseCase):
    house_options = {"people": ("reception",)}

    def setUp(self):
        _, answer = self.house.service.http("POST", "/v1/user/login", {"name": "reception"})
        self.token = answer["userToken"]

    def test_wrong_frames_are_closed_with_their_code(self):
        for first, payload, masked, codes in WRONG_FRAMES:
            with self.subTest(f"{first:02x} {payload[:20]} {masked}"):
                channel = WebSocket(self.house.service, token=self.token)
                with contextlib.suppress(ssl.SSLError, ConnectionError):   # cut while it was still sent
                    channel.send(payload, opcode=first & 0x7f, masked=masked, final=bool(first & 0x80))
                self.assertIn(channel.close_code(), codes)
                channel.close()
        witness = WebSocket(self.house.service, token=self.token)
        self.assertEqual(witness.ask("channel.ping")["result"], {})
        witness.close()

    def test_wrong_upgrades_are_refused(self):
        for arguments, status in WRONG_UPGRADES:
            with self.subTest(str(arguments)[:80]):
                channel = WebSocket(self.house.service, **arguments)
                self.assertEqual(channel.status, status)
                channel.close()
        for protocol in (None, "other", "wmpf-voip.v2", "WMPF-VOIP.V1", "wmpf-voip.v1x"):
            with self.subTest(protocol):
                self.assertEqual(WebSocket(self.house.service, token=self.token, subprotocol=protocol).status, 400)


if __name__ == "__main__":
    unittest.main()
