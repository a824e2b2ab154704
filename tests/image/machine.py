# SPDX-License-Identifier: Apache-2.0
"""A device of QEMU: firmware that enforces secure boot with our keys, TPM, disks, network, screen. No KVM.

The guest has no shell and nothing in it reports for tests: what happened in it is read from outside. Its memory is a
file of the host's, in which the kernel's log can be found; its screen comes by QMP; what it sends is captured on the host's side
of its network card. The firmware's own words come by a serial port that the image does not drive.
"""
import contextlib
import datetime
import json
import mmap
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import uuid

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'tests/integration'))
from harness import TimedOut, run, wait_for  # noqa: E402

OUT = os.path.join(TOP, 'build/image/out')
KEYS = os.path.join(TOP, 'build/image/keys')
FIRMWARE = '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd'
VARIABLES = '/usr/share/OVMF/OVMF_VARS_4M.fd'
COUNTER = '0x1500001'
MEMORY_MIB = 384
LITERAL = re.compile(rb'(?:[\w \':",=/-]|\\[^\w])+')  # how a pattern begins


def layout():
    return json.load(open(os.path.join(OUT, 'layout.json')))


# --- the firmware's variables ---

GLOBAL = uuid.UUID('8be4df61-93ca-11d2-aa0d-00e098032b8c')
IMAGE_SECURITY = uuid.UUID('d719b2cb-3d3a-4596-a3bc-dad00e67656f')
ENABLE = uuid.UUID('f0a30bc7-af08-4556-99c4-001009c93a44')
CUSTOM = uuid.UUID('c076ec0c-7028-4399-a072-71ee5c448b9f')
STORE = uuid.UUID('aaf32c78-947b-439a-a180-2e144ec37792')  # authenticated variable store
AUTHENTICATED, BOOT_ONLY = 0x27, 0x03


def variables(path, enrolled=True):
    """An empty variable store with our PK, KEK and db in it, written as the firmware would: it starts in user mode."""
    store = bytearray(open(VARIABLES, 'rb').read())
    at = struct.unpack_from('<H', store, 0x30)[0]
    assert store[at:at + 16] == STORE.bytes_le, VARIABLES + ' is no store of authenticated variables'
    at += 28
    assert store[at:at + 2] != b'\xaa\x55', VARIABLES + ' is not empty'

    def put(name, owner, attributes, data, stamp):
        nonlocal at
        text = (name + '\0').encode('utf-16le')
        record = struct.pack('<HBBIQ', 0x55aa, 0x3f, 0, attributes, 0) + stamp + struct.pack('<III', 0, len(text), len(data))
        record += owner.bytes_le + text + data
        store[at:at + len(record)] = record
        at = (at + len(record) + 3) & ~3
    if enrolled:
        made = struct.pack('<HBBBBBBIhBB', 2026, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0)
        for name, owner in (('PK', GLOBAL), ('KEK', GLOBAL), ('db', IMAGE_SECURITY)):
            put(name, owner, AUTHENTICATED, open(os.path.join(OUT, 'enrol', name + '.esl'), 'rb').read(), made)
        put('SecureBootEnable', ENABLE, BOOT_ONLY, b'\1', bytes(16))
        put('CustomMode', CUSTOM, BOOT_ONLY, b'\0', bytes(16))
    open(path, 'wb').write(store)


# --- the TPM ---

def blank_tpm(folder, maker=None):
    """As its maker sells it: with an endorsement key and a certificate of it. `maker`: the folder of the authority, made with its
    first TPM; else one of its own beside the TPM. One bank: the firmware hashes a kernel of 12 MB in software, once for each that is active."""
    maker = maker or folder + '.maker'
    os.makedirs(folder)
    os.makedirs(maker, exist_ok=True)
    at = lambda n: os.path.join(maker, n)  # noqa: E731
    files = {'localca.conf': 'statedir = {0}\nsigningkey = {0}/signkey.pem\nissuercert = {0}/issuercert.pem\ncertserial = {0}/certserial\n'.format(maker),
             'localca.options': '--platform-manufacturer Test\n--platform-version 1.0\n--platform-model test\n',
             'setup.conf': 'create_certs_tool=%s\ncreate_certs_tool_config=%s\ncreate_certs_tool_options=%s\nactive_pcr_banks=sha256\n' % (
                 run('sh', '-c', 'command -v swtpm_localca').stdout.strip(), at('localca.conf'), at('localca.options'))}
    for name, text in files.items():
        open(at(name), 'w').write(text)
    run('swtpm_setup', '--tpm2', '--tpmstate', folder, '--pcr-banks', 'sha256', '--createek', '--create-ek-cert', '--config', at('setup.conf'), '--overwrite')


def authorities(maker):
    """PEM: the maker's root, and the authority that issues, which the device does not bring."""
    return [open(os.path.join(maker, n)).read() for n in ('swtpm-localca-rootca-cert.pem', 'issuercert.pem')]


def provision_tpm(folder, security_version, maker=None):
    """What the maker does once: a counter that only the owner raises and only the platform could remove."""
    blank_tpm(folder, maker)
    attributes = 'authread|ownerwrite|platformcreate|nt=counter|no_da'
    tools(folder, [['tpm2_nvdefine', COUNTER, '-C', 'p', '-s', '8', '-a', attributes]] + [['tpm2_nvincrement', '-C', 'o', COUNTER]] * security_version)


def counter_of(folder):
    """Of a TPM whose machine is off."""
    return int.from_bytes(tools(folder, [['tpm2_nvread', COUNTER]])[0], 'big')


def tools(folder, commands):
    """-> what each of them said."""
    server = os.path.join(folder, 'socket')
    tpm = subprocess.Popen(['swtpm', 'socket', '--tpm2', '--tpmstate', 'dir=' + folder, '--server', 'type=unixio,path=' + server,
                            '--ctrl', 'type=unixio,path=%s.ctrl' % server, '--flags', 'not-need-init,startup-clear'],
                           stderr=subprocess.DEVNULL)
    try:
        wait_for('the TPM', lambda: os.path.exists(server))
        env = dict(os.environ, TPM2TOOLS_TCTI='swtpm:path=' + server)
        return [subprocess.run(words, env=env, check=True, capture_output=True).stdout for words in commands + [['tpm2_shutdown', '-c']]]
    finally:
        tpm.terminate()
        tpm.wait(10)
        for name in ('socket', 'socket.ctrl'):
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(folder, name))


# --- disks ---

def system_disk(path):
    run('cp', '--sparse=always', os.path.join(OUT, 'disk.img'), path)
    return path


def put_on_esp(disk, file, name):
    run('mcopy', '-o', '-i', '%s@@%d' % (disk, layout()['esp_at']), file, '::/EFI/Linux/' + name)


def rename_on_esp(disk, name, to):
    run('mren', '-i', '%s@@%d' % (disk, layout()['esp_at']), '::/EFI/Linux/' + name, to)


def list_esp(disk):
    out = run('mdir', '-b', '-i', '%s@@%d' % (disk, layout()['esp_at']), '::/EFI/Linux').stdout
    return sorted(os.path.basename(l.strip()) for l in out.splitlines() if l.strip())


def fill_slot(disk, slot, version):
    fill_slot_with(disk, slot, os.path.join(OUT, 'root_%d.img' % version))


def fill_slot_with(disk, slot, file):
    with open(disk, 'r+b') as d, open(file, 'rb') as root:
        d.seek(layout()['slot_%s_at' % slot])
        d.write(root.read())


def flip_bit(path, at):
    with open(path, 'r+b') as d:
        d.seek(at)
        byte = d.read(1)[0]
        d.seek(at)
        d.write(bytes([byte ^ 1]))


def user(name):
    """(uid, gid) by the image's own table."""
    rows = run('unsquashfs', '-cat', os.path.join(OUT, 'root_1.img'), 'etc/passwd').stdout.splitlines()
    return next((int(r.split(':')[2]), int(r.split(':')[3])) for r in rows if r.startswith(name + ':'))


def put_release(tree, bundle, statement):
    """What `holdfast-oximeter update put` leaves on the partition, put there by who has the partition in his hands."""
    inbox = os.path.join(tree, 'var/lib/holdfast/updater')
    os.makedirs(inbox)
    for file, name in ((bundle, 'bundle'), (statement, 'statement')):
        shutil.copyfile(file, os.path.join(inbox, name))
        os.chmod(os.path.join(inbox, name), 0o400)
        os.chown(os.path.join(inbox, name), *user('holdfast-updater'))
    os.chown(inbox, *user('holdfast-updater'))


def data_disk(path, invitation=None, sensor='sim:normal', release=None):
    """The device's writable partition, as a maker's or an owner's tool would fill it."""
    tree = path + '.tree'
    conf = os.path.join(tree, 'etc/holdfast')
    os.makedirs(conf)
    open(os.path.join(conf, 'network.conf'), 'w').write('address = "10.0.2.15"\nprefix_bits = 24\ngateway = "10.0.2.2"\n')
    open(os.path.join(conf, 'oximeter.conf'), 'w').write('sensor = "%s"\ntrust = "tpm"\nbutton = "/dev/holdfast-button"\n' % sensor)
    if invitation:
        shutil.copyfile(invitation, os.path.join(conf, 'invitation'))
    if release:
        put_release(tree, *release)
    run('truncate', '-s', '64M', path)
    run('mke2fs', '-q', '-t', 'ext4', '-d', tree, '-E', 'root_owner=0:0', path)
    shutil.rmtree(tree)
    return path


# --- what was sent ---

class Capture:
    """Frames of a capture of QEMU's filter-dump, each given once; a running machine may still be writing it."""

    def __init__(self, path):
        self.path, self.at = path, 24

    def new(self):
        with open(self.path, 'rb') as f:
            f.seek(self.at)
            data, at, found = f.read(), 0, []
        while at + 16 <= len(data):
            length = struct.unpack_from('<I', data, at + 8)[0]
            if at + 16 + length > len(data):
                break
            found.append(data[at + 16:at + 16 + length])
            at += 16 + length
        self.at += at
        return found


def frames(path):
    return Capture(path).new()


OWN, CLOUD = bytes([10, 0, 2, 15]), bytes([10, 0, 2, 2])


def unasked(path, ports):
    """Frames of the device that are neither ARP nor TCP to its cloud's two ports."""
    wrong = []
    for f in frames(path):
        kind, source = f[12:14], f[26:30]
        if kind == b'\x08\x06' or (kind == b'\x08\x00' and source == CLOUD):
            continue
        port = struct.unpack_from('>H', f, 14 + (f[14] & 15) * 4 + 2)[0] if len(f) > 40 else 0
        fine = kind == b'\x08\x00' and source == OWN and f[23] == 6 and f[30:34] == CLOUD and port in (ports['device'], ports['enrol'])
        if not fine:
            wrong.append(f[:60].hex())
    return wrong


# --- the machine ---

class Gone(RuntimeError):
    """The machine has turned itself off."""


class Machine:
    """Its clock counts instructions (four nanoseconds each, about what a core of the host does), and stands still with it when the
    host has no time for it: what the device allows others in seconds does not run out because the host is busy."""

    def __init__(self, folder, disk, data, tpm, more=(), enrolled=True, reboot=False, watchdog=True):
        os.makedirs(folder)
        self.folder, self.began, self.had = folder, time.monotonic(), 0.0
        at = lambda name: os.path.join(folder, name)  # noqa: E731
        variables(at('variables.fd'), enrolled)
        self.memory_path, self.serial_path, self.capture_path = at('memory'), at('serial'), at('capture.pcap')
        tpm_socket = at('tpm.socket')
        self.tpm = subprocess.Popen(['swtpm', 'socket', '--tpm2', '--tpmstate', 'dir=' + tpm, '--ctrl', 'type=unixio,path=' + tpm_socket],
                                    stderr=subprocess.DEVNULL)
        self.qemu = None
        try:
            wait_for('the TPM', lambda: os.path.exists(tpm_socket))
            self.qemu = subprocess.Popen([
                'qemu-system-x86_64', '-accel', 'tcg', '-icount', 'shift=2', '-rtc', 'clock=vm', '-cpu', 'max', '-nodefaults', '-display', 'none', *([] if reboot else ['-no-reboot']),
                *(['-device', 'i6300esb', '-action', 'watchdog=reset'] if watchdog else []),
                '-machine', 'q35,smm=on,memory-backend=memory,usb=off', '-boot', 'strict=on', '-m', '%dM' % MEMORY_MIB,
                '-object', 'memory-backend-file,id=memory,size=%dM,mem-path=%s,share=on' % (MEMORY_MIB, self.memory_path),
                '-global', 'driver=cfi.pflash01,property=secure,value=on', '-global', 'ICH9-LPC.disable_s3=1',
                '-drive', 'if=pflash,unit=0,format=raw,readonly=on,file=' + FIRMWARE,
                '-drive', 'if=pflash,unit=1,format=raw,file=' + at('variables.fd'),
                '-drive', 'if=none,id=system,format=raw,file=' + disk, '-device', 'virtio-blk-pci,drive=system,bootindex=0',
                '-drive', 'if=none,id=data,format=raw,file=' + data, '-device', 'virtio-blk-pci,drive=data',
                '-netdev', 'user,id=net,ipv6=off', '-device', 'virtio-net-pci,netdev=net,romfile=',
                '-object', 'filter-dump,id=capture,netdev=net,file=' + self.capture_path,
                '-device', 'bochs-display,xres=960,yres=640', '-serial', 'file:' + self.serial_path,
                '-chardev', 'socket,id=tpm,path=' + tpm_socket, '-tpmdev', 'emulator,id=tpm,chardev=tpm', '-device', 'tpm-crb,tpmdev=tpm',
                '-qmp', 'unix:%s,server=on,wait=off' % at('qmp'), *more],
                stdin=subprocess.DEVNULL, stdout=open(at('qemu.log'), 'w'), stderr=subprocess.STDOUT)
            wait_for('QEMU to answer', lambda: self.ended() or os.path.exists(at('qmp')))
            self.qmp = socket.socket(socket.AF_UNIX)
            self.qmp.connect(at('qmp'))
            self.words = self.qmp.makefile('r')
            self.ask('qmp_capabilities')
        except BaseException:
            self.end()
            raise

    def ask(self, what, **arguments):
        try:
            self.qmp.sendall(json.dumps({'execute': what, 'arguments': arguments}).encode() + b'\n')
            for line in self.words:
                answer = json.loads(line)
                if 'error' in answer:
                    raise RuntimeError('%s: %s' % (what, answer['error']['desc']))
                if 'return' in answer:
                    return answer['return']
        except OSError:  # its end of the line is closed: as with no answer
            pass
        raise Gone(what + ': QEMU is gone')

    def ended(self):
        return self.qemu.poll() is not None

    def seconds(self):
        return time.monotonic() - self.began

    def worked(self):
        """Seconds of a processor that this machine has had: what others on the host take is not counted."""
        with contextlib.suppress(OSError, IndexError):  # it has ended: as it was
            fields = open('/proc/%d/stat' % self.qemu.pid).read().rsplit(')', 1)[1].split()
            self.had = (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')
        return self.had

    def clock(self):
        """The guest's own time in seconds: only its differences say something."""
        t = self.ask('qom-get', path='/machine', property='rtc-time')
        return datetime.datetime(1900 + t['tm_year'], 1 + t['tm_mon'], t['tm_mday'], t['tm_hour'], t['tm_min'], t['tm_sec']).timestamp()

    def firmware(self):
        """What firmware and boot loader said."""
        text = open(self.serial_path, 'rb').read().decode('latin-1')
        return re.sub(r'\x1b\[[0-9;=?]*[a-zA-Z]', '', text)

    def find(self, pattern):
        """The first match of a pattern of bytes in the guest's memory, or None."""
        literal, form = LITERAL.match(pattern).group(0).replace(b'\\', b''), re.compile(pattern)
        with open(self.memory_path, 'rb') as f, mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ) as memory:
            at = memory.find(literal)  # several times as fast as a search for the pattern
            while at >= 0:
                found = form.match(memory, at)
                if found:
                    return found.group(0)
                at = memory.find(literal, at + 1)
            return None

    def find_all(self, pattern):
        with open(self.memory_path, 'rb') as f, mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ) as memory:
            return [m.group(0) for m in re.finditer(pattern, memory)]

    def screenshot(self, path):
        self.ask('screendump', filename=path, format='png')

    def end(self):
        for process, ending in ((self.qemu, signal.SIGTERM), (self.tpm, signal.SIGTERM)):
            if process and process.poll() is None:
                process.send_signal(ending)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(10)
        with contextlib.suppress(OSError):
            os.unlink(self.memory_path)


@contextlib.contextmanager
def machine(*args, **more):
    m = Machine(*args, **more)
    try:
        yield m
    finally:
        m.end()
