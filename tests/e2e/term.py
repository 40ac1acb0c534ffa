"""A program on a terminal of its own: a pty whose other end is read by a terminal emulator.

Between the test and the program stands a leader: a small process that plays the shell. It has the
terminal as its controlling one, gives it to the program and takes it back, so that Ctrl-Z, fg and
the modes after the end are what a shell would find.
"""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time

import pyte
from wcwidth import wcwidth

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CADENCE = os.environ.get("CADENCE", os.path.join(ROOT, "build", "cadence"))

KEYS = {
    "up": "\x1bOA", "down": "\x1bOB", "right": "\x1bOC", "left": "\x1bOD", "home": "\x1bOH",
    "end": "\x1bOF", "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "backtab": "\x1b[Z",
    "enter": "\r", "esc": "\x1b", "tab": "\t", "space": " ", "backspace": "\x7f",
    "ctrl-c": "\x03", "ctrl-z": "\x1a", "ctrl-l": "\x0c",
}


def line_of(screen, y):
    """pyte's own `display` stumbles over a wide character whose first half was overwritten."""
    row, text, x = screen.buffer[y], "", 0
    while x < screen.columns:
        text += row[x].data or " "
        x += 2 if wcwidth(row[x].data[:1] or " ") == 2 else 1
    return text.rstrip()


def lead(argv, slave, status, control, stdin):
    """The leader's life. Tells of the program in lines of JSON on `status`."""
    def tell(**what):
        os.write(status, (json.dumps(what) + "\n").encode())

    os.setsid()
    tty = os.open(slave, os.O_RDWR)
    fcntl.ioctl(tty, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    at = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(tty, os.getpgid(0))
        for number in (signal.SIGTTOU, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(tty if stdin < 0 else stdin, 0)
        os.dup2(tty, 1)
        os.dup2(tty, 2)
        os.closerange(3, 256)
        os.execvp(argv[0], argv)
    if stdin >= 0:
        os.close(stdin)
    tell(pid=pid, at=at)
    while True:
        _, state = os.waitpid(pid, os.WUNTRACED)
        if os.WIFSTOPPED(state):
            os.tcsetpgrp(tty, os.getpgid(0))
            tell(stopped=os.WSTOPSIG(state))
            order = os.read(control, 1)
            if order not in (b"f", b"b"):
                return
            if order == b"f":
                os.tcsetpgrp(tty, pid)
            os.kill(pid, signal.SIGCONT)
            tell(resumed=True)
        elif os.WIFEXITED(state):
            tell(code=os.WEXITSTATUS(state))
            break
        else:
            tell(signal=os.WTERMSIG(state))
            break
    os.read(control, 1)   # the terminal lives until the test has looked at it


class Term:
    """with Term(["cadence", "file"]) as t: t.wait_for("plays"); t.send("q"); t.wait_exit()"""

    def __init__(self, argv, w=120, h=40, stdin=None, env=None, picture=True):
        """stdin: None for the terminal, else a descriptor (closed here) or a file object.

        Without `picture` nothing is emulated while the program runs: what it writes is only kept
        with the times, and timing.Player looks at it afterwards."""
        self.picture = picture
        self.master, slave = pty.openpty()
        self.set_size(w, h)
        self.before = termios.tcgetattr(self.master)
        status_r, status_w = os.pipe()
        control_r, self.control = os.pipe()
        stdin_fd = -1 if stdin is None else stdin if isinstance(stdin, int) else stdin.fileno()
        environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8",
                       "ASAN_OPTIONS": "detect_leaks=0:handle_segv=0"}
        for name in ("NO_COLOR", "COLORTERM", "LINES", "COLUMNS"):
            environment.pop(name, None)
        for name, value in (env or {}).items():
            environment.pop(name, None)
            if value is not None:
                environment[name] = value
        fds = [status_w, control_r] + ([stdin_fd] if stdin_fd >= 0 else [])
        self.leader = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), os.ttyname(slave), str(status_w),
             str(control_r), str(stdin_fd), *argv], pass_fds=fds, env=environment,
            stdin=subprocess.DEVNULL)
        os.close(status_w)
        os.close(control_r)
        if isinstance(stdin, int):
            os.close(stdin)
        self.slave = slave        # held open: the terminal outlives the program
        self.status = os.fdopen(status_r, "rb", 0)      # select does not see what a buffer holds
        self.screen = pyte.Screen(w, h)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self.times = []           # (when, bytes so far)
        self.changed = threading.Condition()
        self.reading, self.pauses = True, 0     # pauses: how often there was nothing to read
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        told = self.tell()
        self.pid, self.started = told["pid"], told["at"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _read(self):
        while self.reading:
            ready, _, _ = select.select([self.master], [], [], 0.1)
            if not ready:
                with self.changed:
                    self.pauses += 1
                    self.changed.notify_all()
                continue
            try:
                data = os.read(self.master, 65536)
            except OSError:
                break
            with self.changed:
                self.raw += data
                self.times.append((time.monotonic(), len(self.raw)))
                try:
                    if self.picture:
                        self.stream.feed(data)
                except Exception as error:  # pylint: disable=broad-except
                    self.raw += b"<<emulator: %s>>" % str(error).encode()
                self.changed.notify_all()

    def _drain(self):
        """Waits until nothing of what the program has written is left to be read: the second pause from now on has
        begun after it was written."""
        with self.changed:
            enough = self.pauses + 2
            self.changed.wait_for(lambda: self.pauses >= enough or not self.reader.is_alive(), 10)

    def tell(self, timeout=10):
        """The leader's next word on the program."""
        ready, _, _ = select.select([self.status], [], [], timeout)
        assert ready, "nothing from the program:\n" + self.text()
        line = self.status.readline()
        assert line, "the leader has gone"
        return json.loads(line)

    def send(self, *keys):
        for key in keys:
            os.write(self.master, key if isinstance(key, bytes) else KEYS.get(key, key).encode())

    def click(self, x, y, button=0):
        self.send(f"\x1b[<{button};{x + 1};{y + 1}M", f"\x1b[<{button};{x + 1};{y + 1}m")

    def set_size(self, w, h):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", h, w, 0, 0))

    def resize(self, w, h):
        with self.changed:
            self.screen.resize(h, w)
            self.set_size(w, h)

    def _line(self, y):
        return line_of(self.screen, y)

    def lines(self):
        with self.changed:
            return [self._line(y) for y in range(self.screen.lines)]

    def text(self):
        return "\n".join(self.lines())

    def wait_for(self, what, timeout=10):
        """Until the screen has a text, or a function of the screen's text is true."""
        end = time.monotonic() + timeout
        while True:
            text = self.text()
            if what in text if isinstance(what, str) else what(text):
                return text
            assert time.monotonic() < end, f"never saw {what!r} on:\n{text}"
            with self.changed:
                self.changed.wait(0.02)

    def wait_gone(self, what, timeout=10):
        return self.wait_for(lambda text: what not in text, timeout)

    def quiet(self, seconds=0.4, timeout=10):
        """Until nothing was written for a while, counted from now."""
        start = time.monotonic()
        end = start + timeout
        while time.monotonic() < end:
            with self.changed:
                last = max(self.times[-1][0] if self.times else 0, start)
            if time.monotonic() - last >= seconds:
                return
            time.sleep(0.02)
        raise AssertionError("the program never stops writing")

    def written(self):
        with self.changed:
            return len(self.raw)

    def kill(self, number):
        os.kill(self.pid, number)

    def wait_exit(self, timeout=10):
        """The exit code, or minus the signal."""
        told = self.tell(timeout)
        assert "code" in told or "signal" in told, told
        self._drain()
        return told["code"] if "code" in told else -told["signal"]

    def wait_stopped(self, timeout=10):
        told = self.tell(timeout)
        assert "stopped" in told, told
        self._drain()

    def resume(self, background=False):
        os.write(self.control, b"b" if background else b"f")
        assert self.tell().get("resumed")

    def modes(self):
        return termios.tcgetattr(self.master)

    def restored(self):
        """What is wrong with the terminal after the program, "" if nothing."""
        now, wrong = self.modes(), []
        if now != self.before:
            wrong.append(f"modes {now[:4]} instead of {self.before[:4]}")
        with self.changed:
            raw = bytes(self.raw)
        for on, off, name in ((b"\x1b[?1049h", b"\x1b[?1049l", "alternate screen"),
                              (b"\x1b[?25l", b"\x1b[?25h", "hidden cursor"),
                              (b"\x1b[?1000h", b"\x1b[?1000l", "mouse"),
                              (b"\x1b[?1006h", b"\x1b[?1006l", "mouse coordinates"),
                              (b"\x1b[?2004h", b"\x1b[?2004l", "bracketed paste"),
                              (b"\x1b[?1h", b"\x1b[?1l", "application keys")):
            if raw.rfind(on) > raw.rfind(off):
                wrong.append(name)
        return ", ".join(wrong)

    def close(self):
        self.reading = False
        self.reader.join()
        for number in (signal.SIGCONT, signal.SIGKILL):
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                pass
        os.close(self.control)
        try:
            self.leader.wait(2)
        except subprocess.TimeoutExpired:
            self.leader.kill()
            self.leader.wait()
        os.close(self.slave)
        os.close(self.master)
        self.status.close()


if __name__ == "__main__":
    lead(sys.argv[5:], sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
