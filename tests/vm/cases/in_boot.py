"""What boots.py has done inside a machine that it boots: in_boot.py FUNCTION [ARGUMENT...]. The last line of the
output is the function's result as JSON."""
import json
import pathlib
import sys
import time

import station
from devices import DEADLINE, GpioChip, sh, until

BOARD = {
    "driver": "linux",
    "buttons": [{"name": "bell", "contact": "anna", "gpio": {"chip": "door-board", "line": "3"}}],
    "lamp": {"gpio": {"chip": "door-board", "line": "5"}}, "relays": [],
    "camera": False, "microphone": False, "speaker": False, "ringTone": False,
}


def prepare():
    """A provisioned device whose units start at boot, and a board that is not there."""
    station.provision(BOARD)
    sh("systemctl", "enable", *station.UNITS, station.SERVICE)
    sh("systemctl", "stop", *station.UNITS, station.SERVICE)


def have_devices():
    """The board's chip, as a driver of the kernel brings it at some time in the boot."""
    GpioChip("door-board")
    sh("systemctl", "start", station.SERVICE)


def times():
    """Seconds since the kernel started: the socket listens, READY, on line."""
    station.wait_active(timeout=2 * DEADLINE)
    station.wait_online(2 * DEADLINE)
    lines = sh("journalctl", "--unit", station.DAEMON, "--output=json").stdout.splitlines()
    online = next(json.loads(line) for line in lines if "channel: on line" in line)
    since_boot = {unit: int(station.show(unit, "ActiveEnterTimestampMonotonic")) / 1e6
                  for unit in ("wmpf-voipd.socket", station.DAEMON)}
    failed = sh("systemctl", "--failed", "--no-legend", "--plain").stdout
    return {"socket": since_boot["wmpf-voipd.socket"], "ready": since_boot[station.DAEMON],
            "online": int(online["__MONOTONIC_TIMESTAMP"]) / 1e6, "failed": failed,
            "basic": int(station.show("basic.target", "ActiveEnterTimestampMonotonic")) / 1e6}


def call_and_stay():
    """A call that is talking when this returns; its phone stays."""
    phone = station.Phone("--auto-answer=0")
    client = station.api()
    client.call("room.subscribe")
    client.call("board.press", {"button": "bell"})
    room = client.wait_phase("talking")["roomId"]
    phone.wait("^calling")
    return room


def after_power_cut():
    """What is left of the identity and of the state, and whether a call works."""
    station.wait_active(timeout=2 * DEADLINE)
    station.wait_online(2 * DEADLINE)
    client = station.api()
    left = sorted(path.name for path in pathlib.Path("/var/lib/wmpf-voipd").iterdir())
    contacts = [c["contact"] for c in client.call("contact.list")["contacts"]]
    client.close()
    call_and_stay()
    return {"files": left, "contacts": contacts, "journal": station.journal()}


def nothing_there():
    """READY and answering without devices and service; then the devices come, then the service."""
    station.wait_active(timeout=2 * DEADLINE)
    client = station.api()
    assert client.call("room.get")["phase"] == "idle"

    def bad():
        return sorted(p["name"] for p in client.call("health.get")["parts"] if p["state"] not in ("ok", "off"))
    at_first = bad()
    chip = GpioChip("door-board")
    until(lambda: "button bell" not in bad() and "lamp" not in bad(), lambda: f"the devices are found: {bad()}")
    with_devices = bad()
    station.start_service()
    station.wait_online(3 * DEADLINE)
    until(lambda: not bad(), lambda: f"all is well: {bad()}")
    phone = station.Phone()
    client.call("room.subscribe")
    chip.pull(3, True)
    time.sleep(0.2)         # a finger's time
    chip.pull(3, False)
    phone.wait("^ringing")
    client.call("voip.forceHangUpVoip")
    client.wait_phase("ended")
    return {"at_first": at_first, "with_devices": with_devices}


def service_elsewhere(url, ca, ticket):
    """Registers with a service on the host, which has the right time. What the device says of its clock and channel."""
    sh("udevadm", "settle")     # it renames the card
    card = next(path.name for path in pathlib.Path("/sys/class/net").iterdir() if path.name != "lo")
    sh("ip", "link", "set", card, "up")
    sh("ip", "addr", "add", "10.0.2.15/24", "dev", card)
    station.CA.write_text(ca)
    sh("systemctl", "stop", *station.UNITS)
    sh("date", "--utc", "--set", "1970-03-01")      # systemd has put it to the time of its own making meanwhile
    for name in ("identity.json", "identity.key", "clock.json"):
        (pathlib.Path("/var/lib/wmpf-voipd") / name).unlink(missing_ok=True)
    config = station.device_config({**station.SIM_BOARD}, service={"url": url, "ca": str(station.CA)})
    station.start_daemon(config)
    station.ctl("register", ticket)
    station.wait_online(3 * DEADLINE)
    client = station.api()
    wrong = client.call("device.get")["clock"]
    health = next(p for p in client.call("health.get")["parts"] if p["name"] == "clock")
    year = time.gmtime().tm_year
    sh("date", "--utc", "--set", f"@{time.time() - wrong['offset']}")
    until(lambda: client.call("device.get")["clock"]["state"] == "ok", lambda: str(client.call("device.get")["clock"]),
          3 * DEADLINE)
    return {"year": year, "wrong": wrong, "health": health, "right": client.call("device.get")["clock"],
            "channel": client.call("device.get")["channel"]["state"], "pid": station.main_pid(),
            "restarts": station.show(station.DAEMON, "NRestarts")}


def main():
    function, *arguments = sys.argv[1:]
    result = globals()[function](*arguments)
    print(json.dumps(result))


main()
