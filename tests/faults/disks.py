"""Small disks of a test's own, that may be full and may lose their power; and why there are none, where there are none."""

import fcntl
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

SHUTDOWN = 0x8004587D
"""FS_IOC_SHUTDOWN: from now on the file system writes nothing more, as if its power had been cut."""
WITHOUT_ITS_JOURNAL = struct.pack("I", 2)


class Disk:
    """A file system mounted in a folder of its own, in memory or in a file."""

    def __init__(self, *, megabytes, lasting=False):
        self.home = Path(tempfile.mkdtemp(prefix="kurslog-disk-"))
        self.home.chmod(0o711)
        self.path, self._image = self.home / "m", self.home / "image"
        self.path.mkdir()
        self._lasting, self._megabytes = lasting, megabytes
        try:
            if lasting:
                run("truncate", "-s", f"{megabytes}M", self._image)
                run("mkfs.ext4", "-q", "-F", "-m", "0", self._image)
            self.mount()
        except (OSError, subprocess.CalledProcessError):
            self.remove()
            raise

    def mount(self):
        options = (
            ["-o", "loop", self._image] if self._lasting else ["-t", "tmpfs", "-o", f"size={self._megabytes}m", "tmpfs"]
        )
        run("mount", *options, self.path)
        self.path.chmod(0o711)

    def cut_power(self):
        """Write nothing more: what lay in memory, and in the journal's buffer, is gone."""
        folder = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, SHUTDOWN, WITHOUT_ITS_JOURNAL)
        finally:
            os.close(folder)

    def restore_power(self):
        """End who still works on it, and mount what really was on the disk."""
        self.unmount()
        self.mount()

    def holders(self):
        """Return the processes whose working folder is on this disk."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (entry / "cwd").resolve().is_relative_to(self.path):
                    found.append(int(entry.name))
        return found

    def unmount(self):
        until = time.monotonic() + 20
        while os.path.ismount(self.path) and time.monotonic() < until:
            for pid in self.holders():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if subprocess.run(["umount", str(self.path)], capture_output=True, check=False).returncode:
                time.sleep(0.05)
        if os.path.ismount(self.path):
            run("umount", "--lazy", self.path)

    def fill(self, *, but_bytes=0):
        """Leave no room; return the file that takes it."""
        ballast, block = self.path / "ballast", b"\0" * 65536
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(block)
        if but_bytes:
            os.truncate(ballast, ballast.stat().st_size - but_bytes)
        return ballast

    def remove(self):
        self.unmount()
        shutil.rmtree(self.home, ignore_errors=True)


def run(*command):
    subprocess.run([str(word) for word in command], check=True, capture_output=True)


def disk(stack, **how):
    """Return a disk that does not outlive the test, or None where the kernel lets us mount none."""
    try:
        found = Disk(**how)
    except (OSError, subprocess.CalledProcessError):
        return None
    stack.callback(found.remove)
    return found


def disk_or_skip(stack, **how):
    found = disk(stack, **how)
    if found is None:
        pytest.skip("a small file system is mounted for this test: only root may do that, and not in every container")
    return found
