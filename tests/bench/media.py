"""The media rows of the table: the real daemon, service and media program, and a phone that measures (wmpf-bench-phone).

Everything runs on this machine, over 127.0.0.1. "Fed": the camera encodes by itself (a file plays its part); otherwise
the media program encodes a picture in software, as the simulated board does without a file."""
import json
import os
import pathlib
import socket
import subprocess
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")
SPEAKER_MS = 40   # from a pull to what is heard, of the simulated speaker: hal/README.md
FRAME_MS = 20


def memory(pid):
    values = {}
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        values[name] = int(value.split()[0]) / 1024
    return values


def resident(pid):
    return memory(pid)["Rss"]


def private(pid):
    values = memory(pid)
    return values["Private_Clean"] + values["Private_Dirty"]


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_percent(pid, seconds):
    before, begun = cpu_seconds(pid), time.monotonic()
    threading.Event().wait(seconds)
    return 100 * (cpu_seconds(pid) - before) / (time.monotonic() - begun)


def media_house(harness, *, enabled=True, hands_free=True, camera="", microphone="tone"):
    class MediaHouse(harness.House):
        def write_config(self):
            path = super().write_config()
            config = json.loads(path.read_text())
            config["media"] = {"enabled": enabled, "addresses": ["127.0.0.1"], "echo": hands_free, "noise": hands_free,
                               "gain": hands_free}
            config["board"]["camera"] = {"device": camera, "width": 640, "height": 480, "fps": 15}
            config["board"]["microphone"] = {"device": microphone}
            config["log"] = {"level": "info"}
            path.write_text(json.dumps(config))
            return path
    return MediaHouse()


class Caller:
    """A house whose button is pressed and whose phone answers."""

    def __init__(self, harness, **options):
        self.house = media_house(harness, **options)
        self.api = self.house.watch()
        phone = harness.Program(harness.BIN / "wmpf-bench-phone", self.house.service.url, self.house.service.ca,
                                "reception", stdin=subprocess.PIPE)
        self.phone = phone
        self.house.programs.append(phone)
        phone.wait_line("^online")

    def tell(self, word):
        self.phone.process.stdin.write(word + "\n")
        self.phone.process.stdin.flush()

    def begin(self, room_type="video"):
        """Rings; the pid of the media program once it has answered media.prepare."""
        self.api.call("voip.call", {"contact": "reception", "roomType": room_type})
        pid = int(self.house.daemon.wait_line(r"media program started pid=(\d+)")[1])
        self.phone.wait_line("^ringing")
        return pid

    def answer(self):
        self.tell("answer")
        self.api.wait_phase("talking")

    def first(self):
        """{"picture_after_answer": ms, ...}: when the phone had decoded its first picture and sound."""
        found = {}
        while len(found) < 4:
            line = self.phone.wait_line(r"^((?:picture|sound)_after_(?:answer|description)) (\S+)")
            found[line[1]] = float(line[2])
        return found

    def end(self):
        """Hangs up; the beats that were heard: {name: [ms]}."""
        start = len(self.phone.lines)
        self.api.call("voip.forceHangUpVoip", {})
        self.api.wait_phase("ended")
        self.phone.wait_line("^over")
        self.house.daemon.wait_line("media program ended")
        beats = {}
        for line in self.phone.lines[start:]:
            name, _, value = line.partition(" ")
            if name.endswith("_beat"):
                beats.setdefault(name, []).append(float(value))
        return beats

    def close(self):
        self.tell("quit")
        self.phone.wait_exit()
        self.house.close()


class Wire:
    """The media program alone, spoken to as the daemon does: its descriptor 3."""

    def __init__(self, program):
        ours, theirs = socket.socketpair()
        self.begun = time.monotonic()
        self.process = subprocess.Popen(["/bin/sh", "-c", f'exec "$0" 3<&{theirs.fileno()} {theirs.fileno()}<&-', str(program)],
                                        pass_fds=[theirs.fileno()], stderr=subprocess.DEVNULL)
        theirs.close()
        self.file = ours.makefile("rwb")
        self.last = 0

    def ask(self, method, params):
        self.last += 1
        self.file.write(json.dumps({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}).encode() + b"\n")
        self.file.flush()
        self.wait(lambda message: message.get("id") == self.last and "result" in message)

    def wait(self, condition):
        while not condition(json.loads(self.file.readline())):
            pass

    def passed(self):
        return (time.monotonic() - self.begun) * 1000

    def close(self):
        self.file.close()
        self.process.kill()
        self.process.wait()


def start_once(program, clip, evict=()):
    """(ms to the answer of media.prepare, ms from media.start to the offer, files that were mapped)"""
    for path in evict:
        fd = os.open(path, os.O_RDONLY)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)
    wire = Wire(program)
    try:
        device = {"enabled": True, "device": ""}
        board = {"driver": "sim", "camera": dict(device, device=clip, width=640, height=480, fps=15),
                 "microphone": device, "speaker": device}
        wire.ask("media.prepare", {"generation": 1, "board": board, "media": {"addresses": ["127.0.0.1"]}, "log": "err"})
        prepared = wire.passed()
        wire.ask("media.start", {"roomType": "video", "camera": True, "microphone": True, "iceServers": []})
        wire.wait(lambda m: m.get("method") == "media.signal" and m["params"]["body"]["type"] == "offer")
        offered = wire.passed()
        mapped = {line.split()[-1] for line in pathlib.Path(f"/proc/{wire.process.pid}/maps").read_text().splitlines()
                  if line.split()[-1].startswith("/")}
        return prepared, offered, sorted(path for path in mapped if os.path.isfile(path))
    finally:
        wire.close()


def start_rows(table, program, clip, count):
    mapped = start_once(program, clip)[2]
    for name, evict in (("warm", ()), ("cold: its files not in memory", mapped)):
        runs = [start_once(program, clip, evict) for _ in range(count)]
        table.add(f"media: start to media.prepare, {name}", "ms", [run[0] for run in runs])
        table.add(f"media: start to the first offer, {name}", "ms", [run[1] for run in runs])


def answer_rows(table, caller, count):
    pictures, sounds, described, flat = [], [], [], []
    for _ in range(count):
        pid = caller.begin()
        key_made(pid)
        caller.answer()
        first = caller.first()
        flat.append((resident(pid), threads(pid), descriptors(pid)))
        pictures.append(first["picture_after_answer"])
        sounds.append(first["sound_after_answer"])
        described.append(first["picture_after_description"])
        caller.end()
    table.add("media: answer to the first picture, decoded", "ms", pictures, "<= 90")
    table.add("media: answer to the first sound, decoded", "ms", sounds)
    table.add("media: phone's answer (SDP) to the first picture", "ms", described)
    return flat


def key_made(pid):
    """People take a second and more to answer: the program's key is there by then. It is when nobody computes."""
    end, last = time.monotonic() + 20, -1.0
    while time.monotonic() < end:
        now = cpu_seconds(pid)
        if now == last:
            return
        last = now
        threading.Event().wait(0.2)


def latency_rows(table, harness, clip, seconds):
    caller = Caller(harness, hands_free=False, camera=clip, microphone="beat+echo:0:0")
    try:
        caller.begin()
        caller.answer()
        threading.Event().wait(seconds)
        beats = caller.end()
    finally:
        caller.close()
    down = beats["device_beat"]
    middle = sorted(down)[len(down) // 2]
    table.add("media: sound one way, handed over to handed over", "ms", [lag - FRAME_MS for lag in down], "<= 40")
    table.add("media: mouth to ear, device to phone", "ms", down)
    table.add("media: mouth to ear, phone to device", "ms", [lag - middle for lag in beats["echoed_beat"]])


def weight_rows(table, caller, name, room_type, seconds, aim=""):
    pid = caller.begin(room_type)
    caller.answer()
    threading.Event().wait(2)
    table.add(f"media: CPU, {name}", "%", [cpu_percent(pid, seconds)])
    table.add(f"media: resident memory, {name}", "MiB", [resident(pid)], aim)
    table.add(f"media: private memory, {name}", "MiB", [private(pid)])
    table.add(f"media: threads, {name}", "", [threads(pid)])
    caller.end()


def daemon_rows(table, harness, caller):
    """After calls, and without media in the configuration."""
    table.add("media: daemon's resident memory, between calls", "MiB", [resident(caller.house.daemon.process.pid)])
    other = media_house(harness, enabled=False)
    try:
        phone = other.phone("reception", "--auto-answer=0.1")
        watcher = other.watch()
        before = resident(other.daemon.process.pid)
        other.api().call("voip.call", {"contact": "reception"})
        watcher.wait_phase("talking")
        other.api().call("voip.forceHangUpVoip", {})
        watcher.wait_phase("ended")
        table.add("media: daemon's resident memory, media off, idle", "MiB", [before])
        table.add("media: daemon's resident memory, media off, after", "MiB", [resident(other.daemon.process.pid)])
        phone.stop()
    finally:
        other.close()


def row_of_calls(table, caller, count):
    """Everything of the daemon that must not grow, and of the programs that must be alike."""
    daemon = caller.house.daemon.process.pid
    firsts, lasts, programs = None, None, []
    for number in range(count):
        pid = caller.begin()
        caller.answer()
        caller.first()
        programs.append((resident(pid), threads(pid), descriptors(pid)))
        caller.end()
        lasts = (resident(daemon), threads(daemon), descriptors(daemon))
        if number == 4:
            firsts = lasts
    for index, (what, unit) in enumerate((("memory", "MiB"), ("threads", ""), ("descriptors", ""))):
        table.add(f"media: {count} calls: daemon's {what}, growth from call 5", unit, [lasts[index] - firsts[index]], "0")
        table.add(f"media: {count} calls: program's {what}", unit, [program[index] for program in programs])
    table.add(f"media: {count} calls: failed", "", [count - len(programs)], "0")


def encode_rows(table, harness):
    """The part of a camera that does not encode by itself."""
    told = subprocess.run([str(harness.BIN / "wmpf-bench-encode")], check=True, capture_output=True, text=True).stdout
    samples = {}
    for line in told.splitlines():
        name, value = line.split()
        samples.setdefault(name, []).append(float(value))
    for name, values in samples.items():
        table.add(f"media: CPU, a picture of 640x480 encoded, {name}", "ms", values)


def rows(table, harness, quick):
    program = harness.BIN / "wmpf-voip-media"
    if not program.exists():
        print("media: not built (WMPF_MEDIA=OFF): its rows are left out", flush=True)
        return
    few, seconds, calls = (3, 4, 6) if quick else (15, 10, 50)
    house_folder = pathlib.Path(os.environ.get("TMPDIR", "/tmp"))
    clip = str(house_folder / f"wmpf-bench-{os.getpid()}.h264")
    subprocess.run([str(harness.BIN / "wmpf-bench-phone"), "clip", clip], check=True)
    try:
        encode_rows(table, harness)
        start_rows(table, program, clip, few)
        latency_rows(table, harness, clip, 30 if not quick else 12)
        caller = Caller(harness, camera=clip)
        try:
            answer_rows(table, caller, few)
            weight_rows(table, caller, "voice", "voice", seconds, "<= 34")
            weight_rows(table, caller, "640x480 at 15, fed", "video", seconds, "<= 34")
            row_of_calls(table, caller, calls)
            daemon_rows(table, harness, caller)
        finally:
            caller.close()
        caller = Caller(harness)
        try:
            weight_rows(table, caller, "640x480 at 15, encoded here", "video", seconds)
        finally:
            caller.close()
    finally:
        os.unlink(clip)
