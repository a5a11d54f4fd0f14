"""Who may include whom: the table of the house. Every quoted include starts at the repository's root."""
import re

# folder -> (what of ours it may include, which foreign libraries). The longest matching folder decides.
# '.' stands for the folder itself.
ALLOWED = {
    "core": ({"core"}, {"boost", "rapidjson"}),
    "protocol": ({"core", "protocol"}, {"boost"}),
    "protocol/crypto": ({"core", "protocol/crypto"}, {"mbedtls", "psa", "boost"}),
    "protocol/transport": ({"core", "protocol"}, {"boost", "mbedtls", "psa"}),
    "config": ({"core", "config"}, set()),
    "hal": ({"core", "hal"}, {"boost"}),
    "hal/linux": ({"core", "hal"}, {"boost"}),
    "hal/linux/av": ({"core", "hal"}, {"boost", "alsa"}),
    "hal/h264": ({"core", "hal/h264"}, set()),
    "hal/voice": ({"core", "hal"}, {"boost", "webrtc", "modules", "speex"}),
    "hal/encode": ({"core", "hal"}, {"boost", "gst"}),
    "daemon/call": ({"core", "protocol", "hal", "daemon/call", "daemon/engine"}, {"boost"}),
    "daemon/engine": ({"core", "protocol", "daemon/engine", "daemon/identity", "daemon/call"}, {"boost"}),
    "daemon/identity": ({"core", "protocol", "daemon/identity"}, {"boost"}),
    "daemon/control": ({"core", "protocol", "daemon/control", "daemon/call"}, {"boost"}),
    "daemon/media": ({"core", "protocol", "daemon/media", "daemon/call", "daemon/engine"}, {"boost"}),
    "daemon/lifecycle": ({"core", "config", "hal", "daemon/lifecycle"}, {"boost"}),
    "daemon/ctl": ({"core", "protocol", "config", "hal", "daemon/ctl", "daemon/lifecycle"}, {"boost"}),
    "daemon/media/program": ({"core", "protocol", "hal", "daemon/media/program"}, {"boost", "gst"}),
    "daemon": ({"core", "protocol", "config", "hal", "daemon", "service"}, {"boost"}),
    "service/rooms": ({"core", "protocol", "service/rooms"}, set()),
    "service/registry": ({"core", "protocol", "service/registry"}, {"sqlite3.h"}),
    "service/phone": ({"core", "protocol", "service/phone"}, {"boost"}),
    "service": ({"core", "protocol", "config", "service"}, {"boost"}),
    "tests": (None, None),
}
# Pure folders and files: no coroutine library may reach them.
NO_ASIO = re.compile(r"^(protocol/(?!transport/|crypto/).*|config/.*|core/(json|error|log|file|backoff)\.\w+|"
                     r"hal/h264/.*|hal/sim/(clock_code|pattern|room|listener|h264_file)\.\w+|hal/encode/key_clock\.hpp|"
                     r"daemon/media/program/(call|signal|sdp|messages|ice_|rate_|picture_|device_keeper|key_|sample_|playout|quality|"
                     r"rtp_|remb)[a-z_0-9]*\.\w+|"
                     r"service/rooms/.*|daemon/call/(session|policy|hunt|contacts|history)[a-z_]*\.\w+|"
                     r"daemon/media/(plan|ice_life|report|signal_queue)[a-z_]*\.\w+)$")
ONLY_HERE = {   # foreign library -> the only places that may name it
    "rapidjson": re.compile(r"^core/json\.cpp$"),
    "mbedtls": re.compile(r"^(protocol/(crypto|transport)/.*|tests/support/.*)$"),
    "sqlite3.h": re.compile(r"^(service/registry/.*|tests/.*)$"),
    "catch2": re.compile(r"^tests/support/catch.*$"),
    "alsa/": re.compile(r"^(hal/linux/av/.*|tests/support/alsa/.*)$"),
    "gst/": re.compile(r"^(hal/encode/gst_.*|daemon/media/program/gst/.*|tests/support/.*)$"),
    "boost/beast": re.compile(r"^(protocol/transport/.*\.(cpp|hpp)|tests/.*)$"),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def rule_of(path):
    best = max((folder for folder in ALLOWED if path.startswith(folder + "/")), key=len, default=None)
    return ALLOWED.get(best)


def check(root, files):
    problems = []
    for path in files:
        if not path.endswith((".cpp", ".hpp")):
            continue
        rule = rule_of(path)
        text = (root / path).read_text()
        if path.endswith(".hpp") and "#pragma once" not in text:
            problems.append(f"{path}: no #pragma once")
        for quote, name in INCLUDE.findall(text):
            if quote == '"' and not (root / name).exists():
                problems.append(f"{path}: \"{name}\" is not a path from the repository's root")
            if quote == "<" and name.startswith("boost/asio") and NO_ASIO.match(path):
                problems.append(f"{path}: pure code includes <{name}>")
            for library, places in ONLY_HERE.items():
                if quote == "<" and name.startswith(library) and not places.match(path):
                    problems.append(f"{path}: <{name}> may not be named here")
            if rule is None:
                problems.append(f"{path}: no rule for its folder in tests/lint/includes.py")
                continue
            ours, _ = rule
            if quote == '"' and ours is not None and not any(name.startswith(folder + "/") for folder in ours):
                problems.append(f"{path}: may not include \"{name}\"")
        if path.startswith("core/") and re.search(r"namespace voip::(?!json|detail)", text):
            problems.append(f"{path}: core is namespace voip")
    return problems
