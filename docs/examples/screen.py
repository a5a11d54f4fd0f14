#!/usr/bin/env python3
"""A screen app in a terminal: shows what the call does and lets a person act. Only Python's standard library.

    screen.py [SOCKET]          then type: call CONTACT, answer, hangup, door, quit

What every screen app does is here: connect (again), subscribe, draw from the snapshot alone, send requests. A real one
draws buttons instead of lines and leaves `draw` as it is: the snapshot always has all that a screen needs."""
import json
import os
import selectors
import socket
import sys
import time

SOCKET = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("WMPF_VOIPD_SOCKET", "/run/wmpf-voipd/api.sock")
PAUSE = 1   # seconds between two attempts to connect
ENDS = {"hangUpVoip": "Call over", "timeout": "Nobody answered", "busy": "Busy", "rejectVoip": "Declined",
        "cancelVoip": "Cancelled", "abortVoip": "The call broke"}


def draw(snapshot):
    """One line for a snapshot; the same snapshot gives the same line, so drawing it twice does no harm."""
    other = snapshot["listener" if snapshot["direction"] == "outgoing" else "caller"]
    name = other["name"] or other["id"]
    phase = snapshot["phase"]
    if phase == "idle":
        return "Ready"
    if phase in ("dialling", "ringing"):
        return f"Calling {name} ..."
    if phase == "alerting":
        return f"{name} calls: answer or hangup"
    if phase == "joining":
        return "Connecting ..."
    if phase == "talking":
        media = "" if snapshot["media"]["state"] in ("flowing", "none") else f" ({snapshot['media']['state']})"
        return f"Talking with {name}{media}"
    end = snapshot["end"]
    return ENDS.get(end["eventName"], "Call over") + (f": {end['errMsg']} ({end['errCode']})" if end["errCode"] else "")


class Api:
    """The local API: newline-delimited JSON-RPC 2.0 on a Unix socket."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(SOCKET)
        self.buffer = b""
        self.last_id = 0
        self.room = ""    # roomId of the newest snapshot
        self.asked = {}   # id -> method, of requests whose answer is on its way

    def ask(self, method, **params):
        self.last_id += 1
        self.asked[self.last_id] = method
        request = {"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}
        try:
            self.socket.sendall(json.dumps(request).encode() + b"\n")
        except OSError:
            pass   # it is gone: what it said last is still read, then the end of the stream

    def messages(self):
        """What has come; None at the end of the stream (the daemon restarts: connect again)."""
        try:
            block = self.socket.recv(65536)
        except OSError:   # reset: it went before it read all that was asked
            block = b""
        if not block:
            return None
        *lines, self.buffer = (self.buffer + block).split(b"\n")
        return [json.loads(line) for line in lines]


def show(text):
    print(text, flush=True)


def see(api, snapshot):
    api.room = snapshot["roomId"]
    show(draw(snapshot))


def hear(api, message):
    method = message.get("method")
    if method == "room.changed":
        see(api, message["params"])
    elif method == "api.closing":
        show(f"The daemon closes the connection: {message['params']['reason']}")
    elif "error" in message:
        error = message["error"]
        show(f"{api.asked.pop(message['id'], '?')}: {error['message']} ({error['code']})")
    elif api.asked.pop(message.get("id"), None) == "room.subscribe":
        see(api, message["result"])   # the snapshot that the notifications continue


def obey(api, words):
    """A line of the person. False: the app ends."""
    what_is_shown = {"roomId": api.room} if api.room else {}   # a word too late must not meet the next call
    if words[:1] == ["call"] and len(words) == 2:
        api.ask("voip.call", contact=words[1])
    elif words == ["answer"]:
        api.ask("voip.answer", **what_is_shown)
    elif words == ["hangup"]:
        api.ask("voip.forceHangUpVoip", reason="manual", **what_is_shown)
    elif words == ["door"]:
        api.ask("board.relay", relay="door")
    elif words and words != ["quit"]:
        show("call CONTACT, answer, hangup, door, quit")
    return words != ["quit"]


def connect():
    """Waits for the daemon: an app may be started before it."""
    while True:
        try:
            api = Api()
            api.ask("room.subscribe")
            return api
        except OSError as problem:
            show(f"No daemon yet: {problem}")
            time.sleep(PAUSE)


def typed(rest):
    """(lines that are whole, what is left); the end of the input is "quit". Not sys.stdin: what it keeps back wakes nobody."""
    block = os.read(0, 4096)
    *lines, rest = (rest + block).split(b"\n")
    return [line.decode().split() for line in lines] + ([] if block else [["quit"]]), rest


def main():
    api = connect()
    rest = b""
    while True:
        with selectors.DefaultSelector() as selector:
            selector.register(api.socket, selectors.EVENT_READ)
            selector.register(0, selectors.EVENT_READ)
            ready = {key.fileobj for key, _ in selector.select()}
        if 0 in ready:
            orders, rest = typed(rest)
            if not all(obey(api, words) for words in orders):
                return
        if api.socket in ready:
            messages = api.messages()
            if messages is None:
                time.sleep(PAUSE)   # not at once: it may have closed because it has too many clients
                api = connect()
                continue
            for message in messages:
                hear(api, message)


if __name__ == "__main__":
    main()
