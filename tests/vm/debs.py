"""Debian packages for the machine. They come through the host's apt sources, with lists and archives in a folder of
their own: the host's apt is neither changed nor locked."""
import os
import pathlib
import re
import subprocess
import time

LISTS_GOOD_FOR = 24 * 3600      # seconds; older lists are asked for again


class Debs:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.archives = self.folder / "debs"
        for part in (self.archives, self.folder / "apt/lists/partial", self.folder / "apt/cache/archives/partial"):
            part.mkdir(parents=True, exist_ok=True)
        (self.folder / "apt/status").touch()

    def _apt(self, tool, *arguments, **options):
        apt = self.folder / "apt"
        command = [tool, "-q", "-o", f"Dir::State::lists={apt}/lists", "-o", f"Dir::State::status={apt}/status",
                   "-o", f"Dir::Cache={apt}/cache", "-o", "APT::Install-Recommends=false"]
        if os.geteuid() == 0:
            command += ["-o", "APT::Sandbox::User=root"]    # _apt may not read our folder
        done = subprocess.run([*command, *arguments], text=True, capture_output=True, check=False, **options)
        if done.returncode != 0:
            raise RuntimeError(f"{tool} {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def refresh(self):
        """Asks for the package lists when they are old. Without a network the old ones serve."""
        stamp = self.folder / "apt/refreshed"
        if stamp.exists() and time.time() - stamp.stat().st_mtime < LISTS_GOOD_FOR:
            return
        try:
            self._apt("apt-get", "update")
        except RuntimeError:
            if not stamp.exists():
                raise
            print("vm: no news from the mirror, the package lists of last time serve", flush=True)
            return
        stamp.touch()

    def depends(self, package):
        """The names that a package depends on."""
        return re.findall(r"^  Depends: ([^ <\n]+)", self._apt("apt-cache", "depends", package), re.M)

    def versions(self, packages):
        """{package: version} of what apt would install."""
        told = self._apt("apt-cache", "show", "--no-all-versions", *packages)
        found = dict(re.findall(r"^Package: (\S+)$.*?^Version: (\S+)$", told, re.M | re.S))
        missing = set(packages) - set(found)
        if missing:
            raise RuntimeError(f"no packages {sorted(missing)}")
        return found

    def fetch(self, packages):
        """The paths of the packages' archives, downloaded where they are not there yet (apt checks their hashes)."""
        paths = {}
        for package, version in self.versions(packages).items():
            pattern = f"{package}_{version.replace(':', '%3a')}_*.deb"
            if not list(self.archives.glob(pattern)):
                self._apt("apt-get", "download", package, cwd=self.archives)
            paths[package] = next(self.archives.glob(pattern))
        return paths

    def unpack(self, archive, folder):
        subprocess.run(["dpkg-deb", "-x", archive, folder], check=True)
