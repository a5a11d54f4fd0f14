"""The Debian packages of this project, as ./run package leaves them, and newer ones to upgrade to."""
import pathlib
import re
import shutil
import subprocess


def package(folder, name):
    found = list(pathlib.Path(folder).glob(f"{name}_*.deb"))
    if len(found) != 1:
        raise AssertionError(f"{name}: {found} in {folder}")
    return found[0]


def newer(deb, folder):
    """The same package with a higher version, as an upgrade brings it."""
    unpacked = pathlib.Path(folder) / "unpacked"
    subprocess.run(["dpkg-deb", "--raw-extract", deb, unpacked], check=True)
    control = unpacked / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: (.*)$", r"Version: \1+next", control.read_text()))
    target = pathlib.Path(folder) / (deb.stem + "+next.deb")
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", unpacked, target], check=True,
                   stdout=subprocess.DEVNULL)
    shutil.rmtree(unpacked)
    return target


def stage(debs, folder, names):
    """NAME.deb and NAME-next.deb for each name in `folder`."""
    folder = pathlib.Path(folder)
    for name in names:
        deb = package(debs, name)
        shutil.copy(deb, folder / f"{name}.deb")
        newer(deb, folder).rename(folder / f"{name}-next.deb")
