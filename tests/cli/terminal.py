"""Runs a command in a terminal of its own (COLUMNS by LINES), types at it, prints what it showed.

usage: terminal.py COLUMNS KEYS COMMAND...    KEYS: typed one by one; \\e is Escape, \\r is Enter
"""
import fcntl, os, pty, select, struct, sys, termios, time

columns, keys, command = int(sys.argv[1]), sys.argv[2].replace("\\e", "\x1b").replace("\\r", "\r"), sys.argv[3:]
pid, fd = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))


def drain(seconds):
    shown = b""
    while select.select([fd], [], [], seconds)[0]:
        try:
            piece = os.read(fd, 65536)
        except OSError:
            return shown, True
        if not piece:
            return shown, True
        shown += piece
    return shown, False


out, ended = drain(1.0)
for key in keys:
    if ended:
        break
    os.write(fd, key.encode())
    more, ended = drain(0.15)
    out += more
while not ended:
    more, ended = drain(5.0)
    out += more
    if not more:
        os.kill(pid, 9)
        break
sys.stdout.buffer.write(out.replace(b"\r\n", b"\n"))
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(code if code >= 0 else 128 - code)
