#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Each interface of assurance/interfaces.yaml, proved on the image's files and on a running guest, from outside.

One guest serves all claims about a running one: it enrols, measures and sends; then it is looked at. Claims run in the order of
their need: what disturbs the guest comes late.
"""
import glob
import os
import re
import shutil
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine as m  # noqa: E402
from harness import CLOUD, Cloud, TimedOut, check, main, run  # noqa: E402
from service import key_of, ticket  # noqa: E402
from memory import AF_INET, AF_UNIX, TCP_LISTEN, Memory, Types  # noqa: E402

ROOT_IMAGE, KERNEL_IMAGE = os.path.join(m.OUT, 'root_1.img'), os.path.join(m.OUT, 'holdfast_1.efi')
PROGRAMS = {'usr/bin/holdfast-oximeter', 'usr/sbin/holdfast-init', 'usr/sbin/nft', 'usr/lib64/ld-linux-x86-64.so.2'}
TOOLS = re.compile(r'(^|/)(sh|[a-z]*sh|busybox|toybox|login|getty|agetty|su|sudo|gdb|strace|ltrace|gcc|cc|tcc|clang|ld|as|python[0-9.]*|perl[0-9.]*|lua[0-9.]*|'
                   r'curl|wget|nc|ncat|socat|telnet|sshd?|dropbear|tcpdump|apt|dpkg)$')
ROLES = ('agent', 'courier', 'keeper', 'measure', 'screen', 'updater')
CORE, ESTABLISHED = 4, 1
WORK_S, BOUND_S = 300, 900  # of a processor for one wait; of the clock for all
DIRTY = 0x41  # of a FAT volume: it is mounted
PEER_MAC, SCANNER, SCAN_PORT = bytes.fromhex('525500000077'), bytes([10, 0, 2, 77]), 40000
PRESSED = rb'service\.press\x00{16}'  # a line that keeper holds for the next log: code[33], no detail
AT_ONCE = 200  # frames; the guest's card has room for 256


# --- the image's files ---

class Unpacked:
    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix='holdfast-scan-')
        self.root = os.path.join(self.folder, 'root')
        run('unsquashfs', '-q', '-n', '-d', self.root, ROOT_IMAGE)
        return self.root

    def __exit__(self, *_):
        shutil.rmtree(self.folder)


def sections(path):
    out = subprocess.run(['readelf', '-SW', path], capture_output=True, text=True).stdout
    return set(re.findall(r'\] (\.[a-z_.]+)', out))


def faults_of_file(path, name):
    s = os.lstat(path)
    data = b'' if stat.S_ISLNK(s.st_mode) or not stat.S_ISREG(s.st_mode) else open(path, 'rb').read(4)
    return [what for what, so in (
        ('can be logged in or worked with', TOOLS.search(name)),
        ('is a script', data[:2] == b'#!'),
        ('changes its user', s.st_mode & (stat.S_ISUID | stat.S_ISGID)),
        ('can be written by all', not stat.S_ISLNK(s.st_mode) and s.st_mode & stat.S_IWOTH),
        ('is a device', stat.S_ISBLK(s.st_mode) or stat.S_ISCHR(s.st_mode)),
        ('can be started and is not listed', stat.S_ISREG(s.st_mode) and s.st_mode & 0o111 and name not in PROGRAMS),
        ('is a module', name.endswith(('.ko', '.ko.xz'))),
        ('has symbols for a debugger', data == b'\x7fELF' and sections(path) & {'.debug_info', '.symtab'}),
    ) if so]


def faults(root):
    found = []
    for folder, folders, files in os.walk(root):
        for n in folders + files:
            path = os.path.join(folder, n)
            name = os.path.relpath(path, root)
            found += ['%s %s' % (name, what) for what in faults_of_file(path, name)]
    return found


def test_the_root_holds_nothing_to_log_in_debug_or_compile_with():
    with Unpacked() as root:
        check(not faults(root), 'the root: %s' % faults(root)[:5])
        check({n for n in PROGRAMS if os.path.isfile(os.path.join(root, n))} == PROGRAMS, 'the root lacks a program')
        accounts = open(os.path.join(root, 'etc/passwd')).read().splitlines()
        check(all(a.endswith('/nologin') or a.startswith('root:x:') for a in accounts), 'an account has a shell: %s' % accounts)
        check(not os.path.exists(os.path.join(root, 'etc/shadow')), 'the root has passwords')
        # The control: each fault, planted, is found.
        at = lambda n: os.path.join(root, 'usr/bin', n)  # noqa: E731
        shutil.copy(os.path.join(root, 'usr/sbin/nft'), at('sh'))
        open(at('helper'), 'w').write('#!/x\n')
        shutil.copy(os.path.join(m.TOP, 'build/holdfast-cloud'), at('symbols'))
        shutil.copy(os.path.join(root, 'usr/sbin/nft'), at('other'))
        os.chmod(at('helper'), 0o6777)
        planted = '\n'.join(faults(root))
        for what in ('sh can be logged', 'helper is a script', 'helper changes its user', 'helper can be written', 'other can be started',
                     'symbols has symbols'):
            check(what in planted, 'not found, though planted: %s' % what)


def section(name):
    with tempfile.NamedTemporaryFile() as f:
        run('objcopy', '-O', 'binary', '--only-section=' + name, KERNEL_IMAGE, f.name)
        return open(f.name, 'rb').read()


def initramfs():
    """Names in the initramfs of the signed kernel image (newc)."""
    data = subprocess.run(['zstd', '-dc'], input=section('.initrd').rstrip(b'\0'), capture_output=True).stdout
    at, names = 0, []
    while data[at:at + 6] == b'070701':
        fields = [int(data[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
        name = data[at + 110:at + 110 + fields[11] - 1].decode()
        if name == 'TRAILER!!!':
            return names
        if fields[1] & 0o170000 == 0o100000:
            names.append(name)
        at = (at + 110 + fields[11] + 3) & ~3
        at = (at + fields[6] + 3) & ~3
    raise LookupError('the initramfs has no end')


def test_the_initramfs_holds_one_program_and_modules_for_disk_network_card_watchdog_and_firewall_only():
    names = initramfs()
    check('init' in names and len(names) > 10, 'initramfs: %s' % names)
    other = [n for n in names if n not in ('init', 'command-line', 'modules/order') and not re.fullmatch(r'modules/[\w-]+\.ko', n)]
    check(not other, 'the initramfs has more: %s' % other)
    foreign = [n for n in names if re.search(r'usb|hid|bt|blue|80211|wifi|nfc|snd|input|serial|tty|gadget|thunder', n)]
    check(not foreign, 'modules of other interfaces: %s' % foreign)


def config():
    return subprocess.run(['zstd', '-dc', os.path.join(m.OUT, 'kernel.config.zst')], capture_output=True, text=True).stdout


def built_for_nothing(*options):
    text = config()
    check('CONFIG_EFI_STUB=y' in text, 'no kernel configuration')
    has = [o for o in options if re.search(r'^CONFIG_%s=' % o, text, re.M)]
    check(not has, 'the kernel was built with %s' % has)


def test_the_kernel_was_built_without_usb():
    built_for_nothing('USB_SUPPORT', 'USB', 'USB4', 'USB_HID')
    builtin = open(os.path.join(m.OUT, 'modules.builtin')).read()
    check('ext4' in builtin and '/usb/' not in builtin, 'drivers for USB are built in')


def test_the_kernel_was_built_without_radio_and_sound():
    built_for_nothing('BT', 'CFG80211', 'WLAN', 'NFC', 'SOUND', 'FIREWIRE')


def test_the_signed_command_line_opens_no_console_and_locks_the_kernel():
    line = section('.cmdline').rstrip(b'\0').decode().split()
    check(not [w for w in line if w.startswith(('console=', 'earlyprintk', 'kgdb', 'init=', 'rdinit=', 'debug'))], 'command line: %s' % line)
    need = {'lockdown=confidentiality', 'module.sig_enforce=1', '8250.nr_uarts=0', 'i8042.nokbd', 'i8042.noaux', 'oops=panic'}
    check(need <= set(line), 'the command line lacks %s' % (need - set(line)))


# --- a running guest ---

class Guest:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='holdfast-scan-')
        os.chmod(self.folder, 0o755)
        at = lambda n: os.path.join(self.folder, n)  # noqa: E731
        self.cloud = Cloud(at('cloud'), address='10.0.2.2').serve()
        self.device, bundle = self.cloud.add_device('scanned', self.folder)
        path, self.serial = ticket(self, self.device, key_of(self.cloud), 'ticket')  # so that a press of the button would be heard
        run(CLOUD, 'service', 'send', path, '--root', self.cloud.root)
        m.provision_tpm(at('tpm'), 1)
        self.system, self.data = m.system_disk(at('system.img')), m.data_disk(at('data.img'), bundle)
        self.vm = m.Machine(at('machine'), self.system, self.data, at('tpm'), more=[
            '-chardev', 'socket,id=scan,server=on,wait=off,path=' + at('scan'),
            '-object', 'filter-redirector,id=scanner,netdev=net,queue=tx,indev=scan'])
        self.wait('init', lambda: self.vm.find(rb'holdfast: security version \d+, the TPM'))
        self.serial_len = os.path.getsize(self.vm.serial_path)
        self.wait('a batch', lambda: [b for b in self.cloud.lines('batches') if b['device'] == self.device])
        self.wait('courier and its connection', self.connected)
        self.wire = socket.socket(socket.AF_UNIX)
        self.wire.connect(at('scan'))

    def wait(self, what, condition):
        worked = self.vm.worked()
        while not condition():
            check(not self.vm.ended(), 'the machine ended before ' + what)
            if self.vm.worked() - worked > WORK_S or self.vm.seconds() > BOUND_S:
                raise TimedOut('%d s of work for %s' % (self.vm.worked() - worked, what))
            time.sleep(1)

    def connected(self):
        self.processes = self.look()
        return not faults_of_connection(self.processes, users())

    def written(self):
        """Where the system disk differs from the one that was built."""
        found, at = [], 0
        with open(self.system, 'rb') as now, open(os.path.join(m.OUT, 'disk.img'), 'rb') as built:
            while True:
                a, b = now.read(1 << 20), built.read(1 << 20)
                if a != b:
                    found += [at + i for i in range(max(len(a), len(b))) if a[i:i + 1] != b[i:i + 1]]
                if not a and not b:
                    return found
                at += len(b)

    def look(self):
        """The processes; the machine stands still meanwhile."""
        self.vm.ask('stop')
        try:
            self.types = getattr(self, 'types', None) or Types()
            self.memory = Memory(self.vm.memory_path, self.types)
            return self.memory.processes()
        finally:
            self.vm.ask('cont')

    def send(self, frame):
        self.wire.sendall(struct.pack('>I', len(frame)) + frame)

    def close(self):
        if getattr(self, 'vm', None):
            self.vm.end()
        self.cloud.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


G = None


def users():
    """Name of each user id, by the image's own table."""
    with Unpacked() as root:
        return {int(l.split(':')[2]): l.split(':')[0] for l in open(os.path.join(root, 'etc/passwd'))}


# --- judges of what was seen in the guest; each is shown what it must not let pass ---

def faults_of_processes(processes, names):
    who = ['root' if user == 0 else names.get(user, str(user)) for _, _, user, _ in processes]
    roles = ['holdfast-' + r for r in ROLES]
    as_root = sorted(n for _, n, user, _ in processes if user == 0)
    return (['%s runs %d times' % (w, who.count(w)) for w in roles if who.count(w) != 1] +
            ['a process runs as %s' % w for w in who if w not in roles + ['root']] +
            (['as root: %s' % as_root] if as_root != ['holdfast-init', 'holdfast-oximet'] else []))


def sockets_of(processes, names):
    return [(names.get(user), s) for _, _, user, all_ in processes for s in all_]


def faults_of_sockets(processes, names, port):
    """Who listens on a network, and who speaks to what is not the cloud."""
    found = []
    for who, (family, state, own, peer) in sockets_of(processes, names):
        if family not in (AF_UNIX, AF_INET):
            found.append('%s has a socket of family %d' % (who, family))
        elif family == AF_INET and (who != 'holdfast-courier' or state == TCP_LISTEN):
            found.append('%s has a network socket in state %d, port %d' % (who, state, own))
        elif family == AF_INET and peer != port:
            found.append('courier speaks to port %d' % peer)
    return found


def faults_of_connection(processes, names):
    """The eye that finds no listener must find this one connection."""
    has = [s for who, s in sockets_of(processes, names) if who == 'holdfast-courier' and s[:2] == (AF_INET, ESTABLISHED)]
    return [] if len(has) == 1 else ['courier has %d connections' % len(has)]


def faults_of_limits(limits):
    return ['%s (%d) may dump %s' % (name, pid, limit) for pid, name, limit in limits if limit != (0, 0)] + ([] if limits else ['no process was seen'])


def faults_of_watchdog(holders):
    return [] if holders == [(1, 'holdfast-init')] else ['the watchdog is held by %s' % holders]


def test_what_is_planted_into_a_guest_is_seen():
    names = {**{10 + i: 'holdfast-' + r for i, r in enumerate(ROLES)}, 99: 'nobody'}
    door, line = (AF_UNIX, TCP_LISTEN, 0, 0), (AF_INET, ESTABLISHED, 40000, 443)
    good = [(1, 'holdfast-init', 0, []), (2, 'holdfast-oximet', 0, [])] + [
        (3 + i, 'holdfast-oximet', 10 + i, [door] + ([line] if r == 'courier' else [])) for i, r in enumerate(ROLES)]
    courier = 2 + ROLES.index('courier')
    with_ = lambda at, s: [(p, n, u, all_ + [s]) if i == at else (p, n, u, all_) for i, (p, n, u, all_) in enumerate(good)]  # noqa: E731
    judged = lambda seen: (faults_of_processes(seen, names) + faults_of_sockets(seen, names, 443) +  # noqa: E731
                           faults_of_connection(seen, names))
    check(judged(good) == [], 'a guest as it should be is faulted: %s' % judged(good))
    for what, seen in (
            ('keeper listens', with_(3, (AF_INET, TCP_LISTEN, 22, 0))), ('courier listens', with_(courier, (AF_INET, TCP_LISTEN, 8080, 0))),
            ('the supervisor has a connection', with_(1, line)), ('a raw socket', with_(4, (17, 7, 0, 0))), ('IPv6', with_(4, (10, TCP_LISTEN, 22, 0))),
            ('courier speaks to another', with_(courier, (AF_INET, ESTABLISHED, 40001, 25))), ('a second connection', with_(courier, line)),
            ('no connection', [(p, n, u, [s for s in all_ if s != line]) for p, n, u, all_ in good]), ('a third process of root', good + [(50, 'sh', 0, [])]),
            ('a stranger', good + [(50, 'holdfast-oximet', 99, [])]), ('a role twice', good + [good[3]]), ('a role less', good[:-1]), ('another init', [(1, 'sh', 0, [])] + good[1:])):
        check(judged(seen) != [], 'planted and not seen: ' + what)
    check(faults_of_limits([(1, 'x', (0, 0))]) == [], 'no core dump is faulted')
    for limits in ([(1, 'x', (0, 0)), (2, 'y', (0, 4096))], [(1, 'x', (1, 1))], []):
        check(faults_of_limits(limits) != [], 'planted and not seen: %s' % limits)
    check(faults_of_watchdog([(1, 'holdfast-init')]) == [], 'init and its watchdog are faulted')
    for holders in ([], [(7, 'holdfast-oximet')], [(1, 'holdfast-init'), (7, 'holdfast-oximet')]):
        check(faults_of_watchdog(holders) != [], 'planted and not seen: %s' % holders)


def test_the_guest_runs_init_the_supervisor_and_a_process_for_each_role_and_nothing_else():
    check(not faults_of_processes(G.processes, users()), str(faults_of_processes(G.processes, users())))


def test_no_process_of_the_guest_listens_on_a_network_and_only_courier_has_a_connection():
    names = users()
    sockets = sockets_of(G.processes, names)
    check(any(s[1] == TCP_LISTEN and s[0] == AF_UNIX for _, s in sockets), 'even the doors between roles were not seen: %s' % sockets)
    found = faults_of_sockets(G.processes, names, G.cloud.ports['device']) + faults_of_connection(G.processes, names)
    check(not found, str(found))


def test_no_process_of_the_guest_may_leave_a_core_dump():
    check(not faults_of_limits(G.memory.limits(CORE)), str(faults_of_limits(G.memory.limits(CORE))))


def test_every_door_of_the_kernel_that_init_closes_was_closed():
    wrong = G.vm.find_all(rb'holdfast: /proc/sys/[ -~]* cannot be set')
    check(not wrong, str(wrong))
    check(G.vm.find(rb'Kernel is locked down from command line; see man'), 'the kernel is not locked down')


def test_the_guest_sends_to_its_cloud_and_to_nobody_else():
    check(len(list(m.frames(G.vm.capture_path))) > 10, 'nothing was captured')
    wrong = m.unasked(G.vm.capture_path, G.cloud.ports)
    check(not wrong, 'it sent %s' % wrong[:3])


def guest_mac():
    return next(f[6:12] for f in m.frames(G.vm.capture_path) if f[26:30] == m.OWN)


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def probe(protocol, port):
    """A SYN or a datagram from the address of the router, whose reply needs no question first."""
    if protocol == 6:
        body = struct.pack('>HHIIBBHHH', SCAN_PORT, port, 1, 0, 0x50, 2, 65535, 0, 0)
        sum_at = 16
    else:
        body = struct.pack('>HHHH', SCAN_PORT, port, 12, 0) + b'scan'
        sum_at = 6
    pseudo = m.CLOUD + m.OWN + struct.pack('>BBH', 0, protocol, len(body))
    body = body[:sum_at] + struct.pack('>H', checksum(pseudo + body)) + body[sum_at + 2:]
    head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(body), 7, 0, 64, protocol, 0) + m.CLOUD + m.OWN
    head = head[:10] + struct.pack('>H', checksum(head)) + head[12:]
    return G.mac + PEER_MAC + b'\x08\x00' + head + body


def question():
    return G.mac + PEER_MAC + bytes.fromhex('08060001080006040001') + PEER_MAC + SCANNER + bytes(6) + m.OWN


def asked_after(capture, frames):
    """What the guest said to the scan's port while it took these frames. It takes them in their order, so who answers the
    question behind them has seen them all; a queue that overflows on the way loses the question too, and that is red."""
    said = []
    for f in frames + [question()]:
        G.send(f)
    worked = G.vm.worked()
    while G.vm.worked() - worked < WORK_S and G.vm.seconds() < BOUND_S:
        for f in capture.new():
            if f[6:12] != G.mac:
                continue
            if f[12:14] == b'\x08\x06' and f[38:42] == SCANNER:
                return said
            if f[12:14] == b'\x08\x00' and struct.unpack_from('>H', f, 36)[0] == SCAN_PORT:
                said.append(f[:54].hex())
        time.sleep(0.02)
    raise TimedOut('%d s of work for an answer behind the scan' % (G.vm.worked() - worked))


def test_no_port_of_the_guest_answers():
    G.mac = guest_mac()
    capture = m.Capture(G.vm.capture_path)
    capture.new()
    all_ = [probe(6, p) for p in range(1, 65536)] + [probe(17, p) for p in range(1, 65536) if p < 1024 or p % 16 == 0]
    said = asked_after(capture, [])
    for i in range(0, len(all_), AT_ONCE):
        said += asked_after(capture, all_[i:i + AT_ONCE])
    check(not said, 'answers: %s' % said[:3])


def picture():
    path = os.path.join(G.folder, 'screen.ppm')
    G.vm.ask('screendump', filename=path)
    data = open(path, 'rb').read()
    head = re.match(rb'P6\s+(\d+)\s+(\d+)\s+255\s', data)
    w, h = int(head.group(1)), int(head.group(2))
    rows = data[head.end():]
    return w, h, [rows[y * w * 3:(y + 1) * w * 3] for y in range(h)]


def letters(rows):
    """Lines of the screen that are not the doubled line of the face: the kernel's letters are not doubled."""
    return sum(rows[y] != rows[y + 1] for y in range(0, len(rows), 2))


def whole_picture():
    """A picture taken while the face was drawn has one line whose double is still to come; no line of text is that low."""
    for _ in range(5):
        w, h, rows = picture()
        if letters(rows) != 1:
            break
        time.sleep(0.1)
    return w, h, rows


def test_the_screen_shows_the_face_and_no_letter_of_the_kernel():
    w, h, rows = whole_picture()
    check((w, h) == (960, 640), 'the screen is %d x %d' % (w, h))
    check(letters(rows) == 0, '%d lines are not of the face' % letters(rows))
    check(len(set(rows)) > 50, 'the screen is empty')
    planted = rows[:100] + [b'\xff' * len(rows[0])] + rows[101:]
    check(letters(planted) == 1, 'a planted line was not seen')


def test_keys_move_nothing():
    before = [(p, n) for p, n, _, _ in G.processes]
    for keys in (['ctrl', 'alt', 'delete'], ['alt', 'sysrq', 'b'], ['alt', 'sysrq', 'c'], ['ctrl', 'alt', 'f2'], ['ret'], ['power']):
        G.vm.ask('send-key', keys=[{'type': 'qcode', 'data': k} for k in keys])
    had = G.cloud.counts()['batches']
    G.wait('a batch after the keys', lambda: G.cloud.counts()['batches'] > had)
    check([(p, n) for p, n, _, _ in G.look()] == before, 'other processes run now')
    check(letters(whole_picture()[2]) == 0, 'the screen changed')
    check(not G.vm.find(PRESSED), 'a keyboard was heard as the button')


def test_of_all_keys_the_power_button_alone_is_heard_and_it_opens_nothing_alone():
    G.vm.ask('system_powerdown')  # once: the ticket came with the first answer
    G.wait('the button to be heard', lambda: G.vm.find(PRESSED))
    check(not G.cloud.lines('service', 'logs'), 'a log was given although the screen was not answered')
    check(not G.vm.ended(), 'the button turned the device off')


def test_no_serial_port_is_driven():
    check(os.path.getsize(G.vm.serial_path) == G.serial_len and G.serial_len > 0, 'something came by the serial port: %s' % G.vm.firmware()[-200:])
    driven = G.vm.find(rb'Serial: 8250/16550 driver, \d+ ports') or G.vm.find(rb'ttyS\d+ at I/O')
    check(not driven, 'the kernel drives serial ports: %s' % driven)
    check(G.vm.find(rb'printk: legacy console \[tty0\] enabled'), 'the kernel\'s log does not say which consoles it has')


def test_the_counter_was_read_from_the_tpm():
    check(G.vm.find(rb"holdfast: security version 1, the TPM's is 1"), 'no security version was read')


def test_the_watchdog_runs_nothing_stops_it_and_init_alone_has_it():
    check(G.vm.find(rb'initialized\. heartbeat=\d+ sec \(nowayout=1\)'), 'it was not started, or can be stopped')
    holders = G.memory.holders('watchdog0')
    check(not faults_of_watchdog(holders), str(faults_of_watchdog(holders)))
    check(not G.vm.find(rb'holdfast: the watchdog has started this machine anew'), 'a device that measures was started anew')


def test_nothing_but_the_mark_of_a_mount_is_written_to_the_system_disk_and_the_invitation_is_gone():
    G.vm.end()
    other = [at for at in G.written() if at != m.layout()['esp_at'] + DIRTY]
    check(not other, 'the system disk has changed at %s' % other[:5])
    says = subprocess.run(['debugfs', '-R', 'stat /etc/holdfast/invitation', G.data], capture_output=True, text=True)
    check('not found' in says.stderr, 'the invitation is there: %s' % (says.stdout + says.stderr)[:200])
    says = subprocess.run(['debugfs', '-R', 'stat /etc/holdfast/network.conf', G.data], capture_output=True, text=True)
    check('Inode:' in says.stdout, 'the partition cannot be read: %s' % says.stderr[:200])


STILL = [test_what_is_planted_into_a_guest_is_seen, test_the_root_holds_nothing_to_log_in_debug_or_compile_with,
         test_the_initramfs_holds_one_program_and_modules_for_disk_network_card_watchdog_and_firewall_only,
         test_the_kernel_was_built_without_usb, test_the_kernel_was_built_without_radio_and_sound,
         test_the_signed_command_line_opens_no_console_and_locks_the_kernel]
RUNNING = [test_the_guest_runs_init_the_supervisor_and_a_process_for_each_role_and_nothing_else,
           test_no_process_of_the_guest_listens_on_a_network_and_only_courier_has_a_connection,
           test_no_process_of_the_guest_may_leave_a_core_dump, test_every_door_of_the_kernel_that_init_closes_was_closed,
           test_the_counter_was_read_from_the_tpm, test_the_guest_sends_to_its_cloud_and_to_nobody_else,
           test_the_screen_shows_the_face_and_no_letter_of_the_kernel, test_no_port_of_the_guest_answers, test_keys_move_nothing,
           test_of_all_keys_the_power_button_alone_is_heard_and_it_opens_nothing_alone, test_no_serial_port_is_driven,
           test_the_watchdog_runs_nothing_stops_it_and_init_alone_has_it, test_nothing_but_the_mark_of_a_mount_is_written_to_the_system_disk_and_the_invitation_is_gone]

if '--files' in sys.argv:
    main(STILL)
try:
    G = Guest()
    main(STILL + RUNNING)
finally:
    if G:
        G.close()
