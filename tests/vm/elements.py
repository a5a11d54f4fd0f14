"""GStreamer's elements, as they are on this host: the plugins that the media program uses, tools to try devices with,
and all libraries that these need. Debian's packages of them would bring three hundred others along."""
import pathlib
import re
import shutil
import subprocess

PLUGINS = ["app", "audioconvert", "audioresample", "audiotestsrc", "coreelements", "dtls", "jpeg", "nice",
           "openh264", "opus", "rtp", "rtpmanager", "srtp", "typefindfunctions", "video4linux2", "videoconvertscale",
           "videoparsersbad", "videorate", "videotestsrc", "volume", "wavparse", "webrtc"]
PROGRAMS = ["/usr/bin/gst-launch-1.0", "/usr/bin/gst-inspect-1.0"]
LIBRARIES = ["libwebrtc_audio_processing.so.1", "libspeexdsp.so.1", "libseccomp.so.2",
             "libsoftokn3.so", "libfreebl3.so", "libfreeblpriv3.so"]     # libsrtp's ciphers, which NSS loads by name
PACKAGES = ["gstreamer1.0-nice", "gstreamer1.0-plugins-base", "gstreamer1.0-plugins-good", "gstreamer1.0-plugins-bad",
            "gstreamer1.0-tools", "libgstreamer1.0-0", "libnss3"]


def library_folder():
    machine = subprocess.run(["dpkg-architecture", "-qDEB_HOST_MULTIARCH"], text=True, capture_output=True, check=True)
    return pathlib.Path("/usr/lib") / machine.stdout.strip()


def versions():
    """What of the host goes into the image, as a part of its key."""
    told = subprocess.run(["dpkg-query", "-W", "-f", "${Package}=${Version}\n", *PACKAGES], text=True,
                          capture_output=True, check=False)
    if told.returncode != 0:
        raise RuntimeError(f"not installed: {told.stderr.strip()} (./run test-vm installs it)")
    return told.stdout.split()


def files():
    base = library_folder()
    wanted = [base / f"gstreamer-1.0/libgst{plugin}.so" for plugin in PLUGINS]
    wanted += [base / "gstreamer1.0/gstreamer-1.0/gst-plugin-scanner", *map(pathlib.Path, PROGRAMS)]
    wanted += [base / name for name in LIBRARIES if (base / name).exists()]
    missing = [path.name for path in wanted if not path.exists()]
    if missing:
        raise RuntimeError(f"not on this host: {missing}")
    return wanted


def needed(paths):
    """The libraries that these files load, and those that they load in turn."""
    told = subprocess.run(["ldd", *paths], text=True, capture_output=True, check=True).stdout
    return {pathlib.Path(found) for found in re.findall(r"=> (/\S+)", told)}


def copy(root):
    """Puts them below root, beside what its packages brought, which is left alone."""
    wanted = files()
    for path in [*wanted, *sorted(needed(wanted))]:
        name = f"/usr{path}" if str(path).startswith("/lib/") else str(path)
        place = pathlib.Path(root) / name[1:]
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path.resolve(), place)
    subprocess.run(["ldconfig", "-r", root], check=True)
