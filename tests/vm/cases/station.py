"""The installed programs as their units, provisioned as an operator does it: a service, a device, a person and her phone."""
import json
import pathlib
import re
import signal
import sys

from devices import DEADLINE, sh, until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "system"))
from harness import Api, Program  # noqa: E402

CONFIG = pathlib.Path("/etc/wmpf-voipd/config.json")
SERVICE_CONFIG = pathlib.Path("/etc/wmpf-voip-service/config.json")
CA = pathlib.Path("/etc/wmpf-voipd/ca.pem")
SOCKET = pathlib.Path("/run/wmpf-voipd/api.sock")
DAEMON, SERVICE = "wmpf-voipd.service", "wmpf-voip-service.service"
UNITS = (DAEMON, "wmpf-voipd.socket")
SN, MODEL, APP = "vm-0001", "model-1", "wx-vm"
SIM_BOARD = {"driver": "sim", "buttons": [{"name": "call", "contact": "anna"}], "relays": [{"name": "door"}]}


def show(unit, *names):
    """Properties of a unit; one as text, several as a dict."""
    text = sh("systemctl", "show", unit, *(f"--property={name}" for name in names)).stdout
    found = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return found[names[0]] if len(names) == 1 else found


def journal(unit="wmpf-voipd", *arguments):
    return sh("journalctl", "--no-pager", "--output=cat", "--unit", unit, *arguments, timeout=3 * DEADLINE).stdout


def wait_log(text, unit="wmpf-voipd", timeout=DEADLINE):
    until(lambda: text in journal(unit), lambda: f"a line with {text!r}; {unit} says\n{journal(unit, '--lines=30')}", timeout)


def wait_active(unit=DAEMON, timeout=DEADLINE):
    until(lambda: show(unit, "ActiveState") == "active",
          lambda: f"{unit} is active; it says\n{journal(unit, '--lines=30')}", timeout)


def main_pid(unit=DAEMON):
    return int(show(unit, "MainPID"))


def kill(name, unit=DAEMON):
    sh("systemctl", "kill", "--kill-whom=main", f"--signal={name}", unit)


def device_config(board=None, **parts):
    config = {
        "device": {"sn": SN, "modelId": MODEL, "appId": APP, "name": "Front door"},
        "service": {"url": "https://localhost:8443", "ca": str(CA)},
        "board": board or SIM_BOARD,
        "media": {"enabled": False},
    }
    return {**config, **parts}


def write_config(config):
    CONFIG.parent.mkdir(exist_ok=True)
    CONFIG.write_text(config if isinstance(config, str) else json.dumps(config, indent=1))


def start_daemon(config):
    write_config(config)
    sh("systemctl", "restart", *UNITS, timeout=3 * DEADLINE)
    wait_active()


class DropIn:
    """Lines for the daemon's [Service] section, for the next start."""

    def __init__(self, *lines, unit=DAEMON):
        self.path = pathlib.Path(f"/etc/systemd/system/{unit}.d/test.conf")
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text("[Service]\n" + "\n".join(lines) + "\n")
        sh("systemctl", "daemon-reload")

    def remove(self):
        self.path.unlink()
        sh("systemctl", "daemon-reload")


def ctl(*arguments, check=True):
    return sh("wmpf-voipctl", *arguments, check=check, timeout=2 * DEADLINE)


def api():
    return Api(SOCKET)


def admin(*arguments):
    return sh("wmpf-voip-service", "admin", *arguments).stdout


def start_service():
    """With more calls a minute than the limit for one device: cases dial faster than people do."""
    text = SERVICE_CONFIG.read_text()
    if "dialsPerMinute" not in text:
        SERVICE_CONFIG.write_text(text.replace("{", '{"limits": {"dialsPerMinute": 600}, ', 1))
        sh("systemctl", "stop", SERVICE)
    sh("systemctl", "start", SERVICE, timeout=3 * DEADLINE)
    wait_active(SERVICE)


def provision(board=None, **parts):
    """A device that is on line and may call anna; from nothing, the first time in a machine."""
    config = device_config(board, **parts)
    start_service()
    if CA.exists():
        start_daemon(config)
        wait_online()
        return
    CA.parent.mkdir(exist_ok=True)
    CA.write_bytes(pathlib.Path("/var/lib/wmpf-voip-service/ca.pem").read_bytes())
    CA.chmod(0o644)
    start_daemon(config)
    admin("product", "add", APP, MODEL)
    admin("user", "add", "anna")
    open_id = re.search(r"\bo\S+", admin("user", "list").split("anna", 1)[1])[0]
    ctl("register", re.search(r"\b[0-9A-Za-z]{32}\b", admin("ticket", SN))[0])
    admin("grant", "anna", SN, "Front door")
    client = api()
    client.call("contact.set", {"contact": "anna", "name": "Anna", "people": [{"openId": open_id, "name": "anna"}]})
    client.close()
    wait_online()


def wait_online(timeout=DEADLINE):
    client = api()
    until(lambda: client.call("device.get")["channel"]["state"] == "online",
          lambda: f"the device is on line; it says\n{journal(DAEMON, '--lines=30')}", timeout)
    client.close()


class Phone:
    """wmpf-voip-phone as anna, who enrolled it."""

    def __init__(self, *arguments):
        code = re.search(r"[A-Za-z0-9_-]{20,}", admin("user", "enrol", "anna"))[0]
        self.program = Program("wmpf-voip-phone", "--service", "https://localhost:8443", "--ca", CA, "--code", code,
                               *arguments)
        self.program.wait_line("^online")

    def wait(self, pattern, timeout=None):
        return self.program.wait_line(pattern, timeout)

    def close(self):
        if self.program.process.poll() is None:
            self.program.process.send_signal(signal.SIGTERM)
        self.program.wait_exit()
