#!/usr/bin/env python3
"""Measures the programs of a release build: one table (median, p95, max) and bench-results.json.

Figures of one run on one machine: compare them with each other and with earlier runs there, not with a limit."""
import argparse
import json
import os
import pathlib
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Table:
    def __init__(self):
        self.rows = []

    def add(self, name, unit, values, aim=""):
        values = list(values)
        row = {"name": name, "unit": unit, "count": len(values), "median": statistics.median(values),
               "p95": percentile(values, 0.95), "max": max(values), "aim": aim}
        self.rows.append(row)
        print(f"{name:<58}{unit:>8}{row['median']:>12.3f}{row['p95']:>12.3f}{row['max']:>12.3f}  {aim}", flush=True)

    def header(self):
        print(f"{'measure':<58}{'unit':>8}{'median':>12}{'p95':>12}{'max':>12}  aim")


def cold_start(harness, house, count):
    """Milliseconds from starting the program to READY=1, and to STATUS that says online."""
    ready, online = [], []
    for _ in range(count):
        path = str(house.folder / "notify.sock")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listener.bind(path)
        listener.settimeout(10)
        config = house.write_config()
        begin = time.monotonic()
        process = subprocess.Popen([str(harness.BIN / "wmpf-voipd"), "--config", str(config), "--state-dir",
                                    str(house.state), "--socket", str(house.socket)], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=dict(os.environ, NOTIFY_SOCKET=path))
        seen_ready = False
        while True:
            text = listener.recv(4096).decode()
            now = (time.monotonic() - begin) * 1000
            if "READY=1" in text and not seen_ready:
                ready.append(now)
                seen_ready = True
            if "STATUS=online" in text:
                online.append(now)
                break
        process.terminate()
        process.wait(10)
        listener.close()
        os.unlink(path)
    return ready, online


def memory(pid):
    values = {}
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        values[name] = int(value.split()[0])
    return values


def wakeups(pid, seconds):
    def switches():
        total = 0
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            for line in (task / "status").read_text().splitlines():
                if line.startswith("voluntary_ctxt_switches"):
                    total += int(line.split()[1])
        return total
    before = switches()
    threading.Event().wait(seconds)
    return (switches() - before) / seconds


def samples(binary, *arguments):
    done = subprocess.run([str(binary), *map(str, arguments)], capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise SystemExit(f"bench: {arguments[0]}: {done.stderr}")
    return [float(line.split()[1]) for line in done.stdout.splitlines()]


def round_trips(probe, house, count, cores):
    """Samples with daemon and client on these cores. On one, what the programs do; on several, waking a core that sleeps
    comes on top, which in a virtual machine takes longer than all the rest."""
    pid = house.daemon.process.pid
    everywhere = os.sched_getaffinity(pid)
    os.sched_setaffinity(pid, cores)
    os.sched_setaffinity(0, cores)   # the probe inherits it
    try:
        return samples(probe, "round-trip", house.socket, count)
    finally:
        os.sched_setaffinity(pid, everywhere)
        os.sched_setaffinity(0, everywhere)


def sizes(folder):
    for program in ("wmpf-voipd", "wmpf-voipctl", "wmpf-voip-service", "wmpf-voip-phone"):
        with tempfile.NamedTemporaryFile() as stripped:
            shutil.copy(folder / program, stripped.name)
            subprocess.run(["strip", stripped.name], check=True)
            yield program, os.stat(stripped.name).st_size / 1048576


def loop_back_daemon(harness, folder):
    """A daemon with engine none, for what needs no service."""
    config = folder / "none.json"
    config.write_text(json.dumps({"device": {"sn": "bench-1"}, "call": {"engine": "none"},
                                  "board": {"driver": "sim", "buttons": [{"name": "call", "openId": "somebody"}]},
                                  "api": {"maxClients": 256}}))
    daemon = harness.Program(harness.BIN / "wmpf-voipd", "--config", config, "--state-dir", folder / "none",
                             "--socket", folder / "none.sock")
    harness.Api(folder / "none.sock").close()   # it answers
    return daemon


def presses(harness, socket, count):
    """Microseconds from a press of the simulated button, asked for by one client, to `dialling` at another."""
    watcher, presser = harness.Api(socket), harness.Api(socket)
    watcher.call("room.subscribe")
    took = []
    for _ in range(count):
        begun = time.perf_counter()
        presser.send('{"jsonrpc":"2.0","id":1,"method":"board.press","params":{"button":"call"}}\n')
        watcher.wait_phase("dialling")
        took.append((time.perf_counter() - begun) * 1e6)
        presser.receive()
        watcher.call("voip.forceHangUpVoip")
        watcher.wait_phase("ended")
    watcher.close()
    presser.close()
    return took


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--idle-seconds", type=float, default=60)
    parser.add_argument("--quick", action="store_true", help="few samples: to see that it works")
    parser.add_argument("--no-media", action="store_true", help="leave out the rows of sound and picture (some minutes)")
    parser.add_argument("--out", default="bench-results.json")
    options = parser.parse_args()
    os.environ["WMPF_BIN"] = str(pathlib.Path(options.bin).resolve())
    import harness
    import media
    probe = harness.BIN / "wmpf-bench-probe"
    many = 200 if options.quick else 5000
    few = 5 if options.quick else 31
    idle = 5 if options.quick else options.idle_seconds
    table = Table()
    table.header()
    # Groups that exist, as on an installed device: looking for others loads more of the C library's name services.
    house = harness.House(api={"controlGroup": "root", "observeGroup": "daemon"})
    try:
        pid = house.daemon.process.pid
        threading.Event().wait(min(35, idle))   # until start-up is over and what it needed is given back
        table.add("wake-ups, idle, channel up", "1/s", [wakeups(pid, idle)], "<= 0.1")
        state = memory(pid)
        table.add("resident memory, idle", "MiB", [state["Rss"] / 1024], "<= 6")
        table.add("private dirty memory, idle", "MiB", [state["Private_Dirty"] / 1024], "<= 1")
        table.add("local API round trip, both on one core", "us", round_trips(probe, house, many, {min(os.sched_getaffinity(0))}), "<= 20")
        table.add("local API round trip, any cores", "us",
                  round_trips(probe, house, many, os.sched_getaffinity(0)))
        table.add("press to call.incoming at the phone", "us",
                  samples(probe, "ring", house.socket, house.service.url, house.service.ca, "reception",
                          20 if options.quick else 300), "<= 1500")
        house.close_apis()
        house.daemon.stop()
        ready, online = cold_start(harness, house, few)
        table.add("cold start to READY", "ms", ready, "<= 10")
        table.add("cold start to online", "ms", online)
        daemon = loop_back_daemon(harness, house.folder)
        for subscribers in (1, 10, 100):
            table.add(f"fan-out to {subscribers} subscribers", "us",
                      samples(probe, "fan-out", house.folder / "none.sock", subscribers, many // 10))
        table.add("press to dialling at the socket, simulator", "us", presses(harness, house.folder / "none.sock", many // 10))
        daemon.stop()
    finally:
        house.close()
    if not options.no_media:
        media.rows(table, harness, options.quick)
    for program, size in sizes(harness.BIN):
        table.add(f"{program}, stripped", "MiB", [size], "<= 1.5" if program == "wmpf-voipd" else "")
    result = {"machine": platform.platform(), "cores": os.cpu_count(), "time": int(time.time()), "rows": table.rows}
    pathlib.Path(options.out).write_text(json.dumps(result, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
