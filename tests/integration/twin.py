# SPDX-License-Identifier: Apache-2.0
"""Twin: what an attacker has who has taken a role's process: its user, its files, its doors.

The part that all twins share. A twin is a program of its own that runs as the role's user, without any privilege and
without the role's confinement (so it may try more than the real one could). It takes one command a line on stdin, a
JSON list, and answers each with one line of JSON; the oracle is not here but in the test, which the twin cannot reach.
What it was ever given it keeps, so that a search of its memory means something.
"""
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile

PATIENCE_S = 60.0  # ends what hangs; no claim rests on it
KEPT = []  # every byte that anybody gave to this twin


def keep(data):
    KEPT.append(bytes(data))
    return data


class Door:
    """A connection to a door of another role, message by message; nothing is checked on the way out."""

    def __init__(self, root, path, seconds=PATIENCE_S):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(seconds)
        self.socket.connect(os.path.join(root, 'run/holdfast', path))

    def raw(self, packet):
        """-> False: the other side has gone."""
        try:
            self.socket.send(packet)
            return True
        except OSError:
            return False

    def say(self, door, body=b''):
        return self.raw(struct.pack('>HHI', 1, door, len(body)) + body)

    def hear(self):
        """-> (door, body), or None when the other side has closed."""
        try:
            packet = self.socket.recv(1 << 17)
        except ConnectionError:
            return None
        if not packet:
            return None
        keep(packet)
        return struct.unpack('>H', packet[2:4])[0], packet[8:]

    def close(self):
        self.socket.close()


def ask_once(root, path, door, body):
    """What one message on a fresh connection is answered with: (door, body) or None."""
    d = Door(root, path)
    d.say(door, body)
    try:
        return d.hear()
    finally:
        d.close()


def trespass(root, files, doors, processes):
    """Try everything that is another role's; -> what succeeded."""
    got = []
    for pid in processes:
        for name in ('mem', 'environ'):
            try:
                open('/proc/%d/%s' % (pid, name), 'rb').close()
                got.append('opened the %s of another role' % name)
            except PermissionError:
                pass
        try:
            os.kill(pid, 0)
            got.append('may send signals to another role')
        except PermissionError:
            pass
    for name in files:
        path = os.path.join(root, name)
        for how, act in (('listed', os.listdir), ('read', lambda p: open(p, 'rb').read(1)),
                         ('opened to write', lambda p: open(p, 'r+b').close()),
                         ('removed', os.unlink), ('moved', lambda p: os.rename(p, p + '.taken'))):
            try:
                act(path)
                got.append('%s %s' % (how, name))
            except FileNotFoundError:
                got.append('no such file, so nothing was tried: ' + name)
            except OSError:
                pass
    for path, door, body in doors:
        if ask_once(root, path, door, bytes.fromhex(body)) is not None:
            got.append('was answered at ' + path)
    return got


def credential(root, role):
    """The role's own TLS certificate and key as PEM files in a folder that only this twin can read."""
    folder = tempfile.mkdtemp()
    own = os.path.join(root, 'var/lib/holdfast', role)
    for kind, out in (('x509', 'cert.pem'), ('pkey', 'key.pem')):
        name = 'tls.crt' if kind == 'x509' else 'tls.key'
        subprocess.run(['openssl', kind, '-inform', 'DER', '-in', os.path.join(own, name), '-out',
                        os.path.join(folder, out)], check=True, capture_output=True)
    return os.path.join(folder, 'cert.pem'), os.path.join(folder, 'key.pem')


def dump_memory():
    """Everything writable that this process holds, in a file; -> its path."""
    fd, path = tempfile.mkstemp()
    with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as mem, os.fdopen(fd, 'wb') as out:
        for line in maps.readlines():
            words = line.split()
            if not words[1].startswith('rw') or words[-1] in ('[vvar]', '[vsyscall]'):
                continue
            start, end = (int(x, 16) for x in words[0].split('-'))
            mem.seek(start)
            out.write(mem.read(end - start))
    return path


def serve(commands):
    """Until stdin ends: the test that started this twin is over, or dead."""
    commands = dict(commands, memory=dump_memory)
    for line in sys.stdin:
        name, *words = json.loads(line)
        try:
            answer = {'got': commands[name](*words)}
        except Exception as e:  # the test is told, and judges
            answer = {'failed': '%s: %s: %s' % (name, type(e).__name__, e)}
        print(json.dumps(answer), flush=True)
