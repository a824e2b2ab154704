# SPDX-License-Identifier: Apache-2.0
"""Real processes for integration tests: a cloud, devices, hostile peers; TAP on stdout.

Everything listens on loopback, lives below one temporary folder, and is ended by process id. Waiting is for a
condition, never for a time: PATIENCE_S only ends a run that hangs, and no claim rests on it. Where time itself is the
claim, its bound grows with what the same act costs on this machine when nobody disturbs it.
"""
import base64
import contextlib
import json
import os
import pwd
import random
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get('HOLDFAST_BUILD', os.path.join(TOP, 'build'))
CLOUD = os.path.join(BUILD, 'holdfast-cloud')
OXIMETER = os.path.join(BUILD, 'holdfast-oximeter')
FORGE = os.path.join(BUILD, 'tests', 'integration', 'forge')
NAME = 'cloud.holdfast.test'
PATIENCE_S = 60.0
# How fast the time of a device runs. A nonce of it lives 60 s, so 600 ms here: some twenty round trips. A machine on which one
# takes longer than that cannot show an honest exchange at all.
SPEED = 100


class Failed(Exception):
    pass


class TimedOut(Failed):
    """Nothing was obtained: a wait ran out. Red, but no proof that an attack succeeds."""


def check(good, obtained):
    """`obtained` says what the attacker or the fault got if this claim is false."""
    if not good:
        raise Failed(obtained)


def wait_for(what, condition, seconds=PATIENCE_S):
    end = time.monotonic() + seconds
    while True:
        got = condition()
        if got:
            return got
        if time.monotonic() > end:
            raise TimedOut('%g s for %s' % (seconds, what))
        time.sleep(0.02)


def run(*command, code=0, stdin=None, timeout=PATIENCE_S):
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout)
    if code is not None and done.returncode != code:
        raise Failed('%s: exit %d, expected %d: %s' % (' '.join(command), done.returncode, code,
                                                     (done.stderr + done.stdout)[-400:]))
    return done


class Log:
    """The JSON lines that a program writes to stderr, read by a thread as they come."""

    def __init__(self, stream):
        self.lines, self.other, self.hold = [], [], threading.Event()
        self.thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self.thread.start()

    def _read(self, stream):
        for line in stream:
            while self.hold.is_set():  # a reader that has stopped
                time.sleep(0.05)
            try:
                self.lines.append(json.loads(line))
            except ValueError:
                self.other.append(line)

    def of(self, *codes):
        return [l for l in list(self.lines) if l.get('code') in codes]

    def tail(self):
        return '\n'.join([json.dumps(l) for l in self.lines[-15:]] + self.other[-15:])


class Program:
    def __init__(self, command, log_to=None, env=None):
        self.command = command
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=env)
        self.log = Log(self.process.stderr)
        self.out = []
        self.reader = threading.Thread(target=lambda: self.out.extend(self.process.stdout), daemon=True)
        self.reader.start()

    def ended(self):
        return self.process.poll() is not None

    def wait(self, seconds=PATIENCE_S):
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise TimedOut('%s did not end in %g s: %s' % (self.command[0], seconds, self.log.tail()))
        self.log.thread.join(PATIENCE_S)
        self.reader.join(PATIENCE_S)
        return code

    def end(self):
        if not self.ended():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)


def role_pid(supervisor_pid, role):
    """Process id of the role that this supervisor started, or None."""
    for pid in os.listdir('/proc'):
        if not pid.isdigit():
            continue
        with contextlib.suppress(OSError, ValueError):
            if int(open('/proc/%s/stat' % pid).read().rsplit(')', 1)[1].split()[1]) != supervisor_pid:
                continue
            words = open('/proc/%s/cmdline' % pid).read().split('\0')
            if '--role' in words and words[words.index('--role') + 1] == role:
                return int(pid)
    return None


@contextlib.contextmanager
def stopped(pid):
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


class Twin:
    """A hostile twin as a program of its own, with the user of the role that it has taken and nothing else."""

    def __init__(self, b, name, role, *words):
        programs = os.path.join(b.folder, 'programs')  # where every user can read, unlike a clone in somebody's home
        os.makedirs(programs, exist_ok=True)
        for file in ('twin.py', 'twin_%s.py' % name):
            shutil.copyfile(os.path.join(TOP, 'tests/integration', file), os.path.join(programs, file))
        self.scratch = tempfile.mkdtemp(prefix=name + '-', dir=b.folder)
        command = ['/usr/bin/python3', '-B', os.path.join(programs, 'twin_%s.py' % name), *words]
        if os.geteuid() == 0:
            user = pwd.getpwnam('holdfast-' + role)
            os.chown(self.scratch, user.pw_uid, user.pw_gid)
            command = ['setpriv', '--reuid', str(user.pw_uid), '--regid', str(user.pw_gid), '--clear-groups',
                       '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', *command]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=dict(os.environ, TMPDIR=self.scratch))
        b.things.append(self)

    def ask(self, *words, seconds=2 * PATIENCE_S):
        """What the command got; a twin that cannot do what it was told proves nothing, so that is no pass."""
        self.process.stdin.write(json.dumps(words) + '\n')
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise TimedOut('the twin did not end %s in %g s' % (words[0], seconds))
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {'failed': 'the twin ended'}
        if 'failed' in answer:
            raise RuntimeError(answer['failed'])
        return answer['got']

    def memory(self):
        return open(self.ask('memory'), 'rb').read()

    def stop(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)


def quiet_port():
    """A free port that the kernel gives to nobody who asks for any: its owner may leave it and come back. 0: there is none."""
    low = int(open('/proc/sys/net/ipv4/ip_local_port_range').read().split()[0])
    ports = range(max(1024, low - 16000), low)
    for port in random.sample(ports, min(50, len(ports))):
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(('127.0.0.1', port))
            return port
    return 0


class Cloud:
    def __init__(self, root, address='127.0.0.1', inside=()):
        """inside: a command before ours, such as `ip netns exec NAME`."""
        self.root, self.program, self.inside = root, None, list(inside)
        run(CLOUD, 'init', '--root', root, '--name', NAME, '--address', address)

    def serve(self, device_port=0, extra=()):
        ports = os.path.join(self.root, 'run/holdfast/ports.json')
        with contextlib.suppress(OSError):
            os.unlink(ports)
        self.program = Program(self.inside + [CLOUD, 'serve', '--root', self.root, '--log-json', '--device-port',
                                str(device_port or quiet_port()), '--enrol-port', '0', '--people-port', '0', *extra])

        def ready():
            check(not self.program.ended(), 'the cloud ended: ' + self.program.log.tail())
            with contextlib.suppress(OSError, ValueError):
                return json.load(open(ports))
        self.ports = wait_for('the cloud to serve', ready)
        return self

    def verb(self, *words, code=0, stdin=None):
        return run(CLOUD, *words, '--root', self.root, code=code, stdin=stdin)

    def json(self, *words):
        text = self.verb(*words, '--json').stdout.strip()
        return json.loads(text)

    def lines(self, *words):
        return [json.loads(l) for l in self.verb(*words, '--json').stdout.splitlines() if l.strip()]

    def add_device(self, label, where):
        """-> (device id, bundle path)"""
        bundle = os.path.join(where, label + '.bundle')
        out = self.verb('device', 'add', label, '--bundle', bundle, '--port', str(self.ports['device']),
                        '--enrol-port', str(self.ports['enrol']), '--json').stdout
        return json.loads(out)['device'], bundle

    def events(self):
        return self.lines('events')

    def counts(self):
        """Rows of every table that a device can change, counted by store itself."""
        s = self.json('status')
        return {k: s[k] for k in ('batches', 'readings', 'quarantined', 'gaps') if k in s}

    def stop(self):
        if self.program:
            self.program.end()
            self.program = None


class Device:
    def __init__(self, root, inside=()):
        self.root, self.id, self.program, self.inside = root, None, None, list(inside)

    def enrol(self, cloud, label):
        os.makedirs(self.root, exist_ok=True)
        self.id, bundle = cloud.add_device(label, self.root)
        run(*self.inside, OXIMETER, 'enrol', bundle, '--root', self.root)
        return self

    def start(self, *options, sensor='sim:normal', speed=SPEED):
        self.program = Program(self.inside + [OXIMETER, 'run', '--root', self.root, '--log-json', '--sensor', sensor,
                                '--speed', str(speed), '--screen', 'none', *options])
        return self.program

    def status(self):
        return json.loads(run(OXIMETER, 'status', '--root', self.root, '--json', code=None).stdout)

    def journal(self):
        out = run(OXIMETER, 'journal', 'list', '--root', self.root, '--json').stdout
        return [json.loads(l) for l in out.splitlines() if l.strip()]

    def stop(self):
        if self.program:
            self.program.end()
            self.program = None


def pem(kind, der):
    text = base64.encodebytes(der).decode()
    return '-----BEGIN %s-----\n%s-----END %s-----\n' % (kind, text, kind)


class Bench:
    """A temporary folder, a cloud, devices; torn down whatever happens."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='holdfast-test-')
        os.chmod(self.folder, 0o755)
        self.things = []

    def cloud(self, settings='', inside=(), **serve):
        """settings: further lines of cloud.conf"""
        c = Cloud(os.path.join(self.folder, 'cloud'), inside=inside)
        with open(os.path.join(c.root, 'etc/holdfast/cloud.conf'), 'a') as conf:
            conf.write(settings)
        self.things.append(c)
        return c.serve(**serve)

    def device(self, cloud, label):
        d = Device(os.path.join(self.folder, label)).enrol(cloud, label)
        self.things.append(d)
        return d

    def close(self):
        for t in reversed(self.things):
            with contextlib.suppress(Exception):
                t.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def bench():
    b = Bench()
    try:
        yield b
    finally:
        b.close()


def courier_files(device):
    """The TLS credential of a device as who has taken courier holds it: PEM file paths."""
    folder = os.path.join(device.root, 'var/lib/holdfast/courier')
    out = os.path.join(device.root, 'taken')
    os.makedirs(out, exist_ok=True)
    paths = os.path.join(out, 'cert.pem'), os.path.join(out, 'key.pem')
    open(paths[0], 'w').write(pem('CERTIFICATE', open(os.path.join(folder, 'tls.crt'), 'rb').read()))
    done = subprocess.run(['openssl', 'pkey', '-inform', 'DER', '-in', os.path.join(folder, 'tls.key'),
                           '-out', paths[1]], capture_output=True, text=True)
    check(done.returncode == 0, 'courier key unreadable: ' + done.stderr)
    return paths


def client_context(cert=None, least=ssl.TLSVersion.TLSv1_3, most=ssl.TLSVersion.TLSv1_3):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
    c.minimum_version, c.maximum_version = least, most
    c.set_alpn_protocols(['holdfast/1'])
    if cert:
        c.load_cert_chain(*cert)
    return c


class Raw:
    """An attacker's TLS connection to the gate."""

    def __init__(self, port, context, seconds=PATIENCE_S):
        try:
            plain = socket.create_connection(('127.0.0.1', port), seconds)
            plain.settimeout(seconds)
            # What is sent must be at the gate when send() returns, and not once the gate has acknowledged what was before.
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.tls = context.wrap_socket(plain, server_hostname=NAME)
        except TimeoutError:
            raise TimedOut('%g s for a TLS connection' % seconds)

    def send(self, data):
        self.tls.sendall(data)

    def answer(self):
        """-> (status, headers, body); (0, {}, b'') when the peer closes without an answer."""
        data = b''
        try:
            while b'\r\n\r\n' not in data:
                more = self.tls.recv(4096)
                if not more:
                    return 0, {}, data
                data += more
        except TimeoutError:  # neither an answer nor a refusal
            raise TimedOut('%g s for an answer' % self.tls.gettimeout())
        except (OSError, ssl.SSLError):
            return 0, {}, data
        head, body = data.split(b'\r\n\r\n', 1)
        lines = head.decode('latin-1').split('\r\n')
        headers = {l.split(':', 1)[0].lower(): l.split(':', 1)[1].strip() for l in lines[1:] if ':' in l}
        need = int(headers.get('content-length', 0))
        while len(body) < need:
            more = self.tls.recv(4096)
            if not more:
                break
            body += more
        return int(lines[0].split()[1]), headers, body

    def close(self):
        with contextlib.suppress(OSError):
            self.tls.close()


def request(device_id, envelope, nonce=None, method='POST', path=None, headers=()):
    path = path if path is not None else '/v1/d/%s/batches' % device_id
    head = '%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\nHoldfast-Nonce: %s\r\n' % (
        method, path, NAME, len(envelope), nonce or os.urandom(16).hex())
    return (head + ''.join(h + '\r\n' for h in headers) + '\r\n').encode('latin-1') + envelope


def forge(device, *words):
    """The product's own cryptography in an attacker's hands: bytes out. `device`: one, or the path of a bundle."""
    done = subprocess.run([FORGE, getattr(device, 'root', device), *map(str, words)], capture_output=True)
    if done.returncode != 0:
        raise RuntimeError('forge %s: %s' % (' '.join(map(str, words)), done.stderr.decode()))
    return done.stdout


def how_red(e):
    """Why a claim is red, for who reads and for script/prove-controls: only `obtained` shows an attack's effect."""
    return 'waited' if isinstance(e, TimedOut) else 'obtained' if isinstance(e, Failed) else 'crashed: ' + type(e).__name__


def main(claims):
    only = sys.argv[sys.argv.index('--only') + 1].split(',') if '--only' in sys.argv else None
    bad, n = 0, 0
    for claim in claims:
        if only and claim.__name__ not in only:
            continue
        n += 1
        began = time.monotonic()
        try:
            skip = claim()
            print('ok %d - %s%s' % (n, claim.__name__, ' # skip ' + skip if isinstance(skip, str) else ''))
        except Exception as e:  # a crash of the test itself is red too
            bad += 1
            lines = str(e).splitlines() or ['']
            print('# %s: %s' % (how_red(e), lines[0]))
            for line in lines[1:]:
                print('# ' + line)
            print('not ok %d - %s' % (n, claim.__name__))
        print('# %.1f s' % (time.monotonic() - began))
        sys.stdout.flush()
    print('1..%d' % n)
    sys.exit(1 if bad else 0)
