# SPDX-License-Identifier: Apache-2.0
"""Releases as files, who may sign them, and a device with two slots and a boot loader: for the tests of updates and script/leak.

The slots are files, and the boot loader is the class below, which picks as systemd-boot does: an image on trial first, its
count taken off before it starts. An image's root is here the release file of that image, so a slot that is written is what
starts next. Real signatures: CMS by openssl, the statement by `holdfast-cloud release sign`.
"""
import contextlib
import hashlib
import os
import pwd
import re
import shutil
import struct

from harness import CLOUD, OXIMETER, TOP, Device, check, run, wait_for
from tpm import configure

ROOT_ROOM = 1 << 20
BUNDLE = os.path.join(TOP, 'packaging/release-bundle')
QUIET = 'sim:nobody'


class Keys:
    """Release authority with its code-signing certificate, second key, and strangers to both."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        for who in ('ours', 'stranger'):
            self.authority(who)
            self.certificate(who, who, 'codeSigning')
            run(CLOUD, 'release', 'key', '--key', self.at(who + '.second'))
        self.certificate('mail', 'ours', 'emailProtection')

    def at(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *words):
        run('openssl', *words)

    def authority(self, who):
        self.openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650',
                     '-subj', '/CN=TEST ONLY release authority', '-keyout', self.at(who + '.ca.key'), '-out',
                     self.at(who + '.ca.pem'), '-addext', 'keyUsage=critical,keyCertSign')

    def certificate(self, name, by, use):
        ext = self.at(name + '.ext')
        open(ext, 'w').write('basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n'
                             'extendedKeyUsage=%s\n' % use)
        self.openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=TEST ONLY release',
                     '-keyout', self.at(name + '.key'), '-out', self.at(name + '.csr'))
        self.openssl('x509', '-req', '-in', self.at(name + '.csr'), '-CA', self.at(by + '.ca.pem'), '-CAkey',
                     self.at(by + '.ca.key'), '-CAcreateserial', '-days', '3650', '-extfile', ext, '-out', self.at(name + '.pem'))


class Release:
    """One release as files: root, boot image, bundle, statement."""

    def __init__(self, keys, version='1.1.0', security=6, product='holdfast-oximeter', release='ours', second='ours',
                 runs_as=None, size=300000):
        self.keys, self.version, self.security = keys, version, security
        self.folder = keys.at('release-%s-%d-%d' % (version, security, len(os.listdir(keys.folder))))
        os.makedirs(self.folder)
        self.build = hashlib.sha256((version + product).encode()).hexdigest()[:32]
        major, minor, patch = (runs_as or version).split('.')
        text = ('product = "%s"\nmajor = %s\nminor = %s\npatch = %s\nsecurity_version = %d\nbuild = "%s"\n'
                % (product, major, minor, patch, security, self.build))
        self.root = text.encode() + b'#' * (size - len(text))
        self.boot = b'boot image of ' + version.encode() + b'.' * 70000
        self.bundle, self.statement = self.at('bundle'), self.at('statement')
        open(self.at('root'), 'wb').write(self.root)
        open(self.at('boot'), 'wb').write(self.boot)
        run(BUNDLE, self.at('root'), self.at('boot'), keys.at(release + '.pem'), keys.at(release + '.key'), self.bundle)
        self.state(second, product)

    def at(self, name):
        return os.path.join(self.folder, name)

    def state(self, second='ours', product='holdfast-oximeter', root_bytes=None):
        with contextlib.suppress(OSError):
            os.unlink(self.statement)
        run(CLOUD, 'release', 'sign', self.bundle, self.statement, '--key', self.keys.at(second + '.second'), '--product',
            product, '--release', self.version, '--security', str(self.security), '--build', self.build, '--root-bytes',
            str(root_bytes or len(self.root)))

    def rewrite(self, change):
        data = bytearray(open(self.bundle, 'rb').read())
        change(data)
        open(self.bundle, 'wb').write(data)


def with_tpm(b, tpm):
    def device(cloud, label):
        root = os.path.join(b.folder, label)
        configure(root, tpm)
        b.things.append(Device(root).enrol(cloud, label))
        return b.things[-1]
    return device


class Updated:
    """A device with two slots. What is in force is in slot a; slot b is blank."""

    def __init__(self, b, cloud, keys, label, version='1.0.0', security=5, room=ROOT_ROOM, tpm=None,
                 product='holdfast-oximeter'):
        self.device, self.keys = (b.device if tpm is None else with_tpm(b, tpm))(cloud, label), keys
        self.root = self.device.root
        self.images = os.path.join(self.root, 'efi')
        os.makedirs(self.images)
        os.makedirs(os.path.join(self.root, 'etc/holdfast'), exist_ok=True)
        os.makedirs(os.path.join(self.root, 'proc'), exist_ok=True)
        for slot in 'ab':
            open(self.slot(slot), 'wb').write(bytes(room))
        first = Release(keys, version, security, product)
        with open(self.slot('a'), 'r+b') as f:
            f.write(first.root)
        open(os.path.join(self.images, 'holdfast-a.efi'), 'wb').write(first.boot)
        shutil.copyfile(keys.at('ours.ca.pem'), self.etc('release-ca.pem'))
        shutil.copyfile(keys.at('ours.second.pub'), self.etc('second.pub'))
        open(self.etc('oximeter.conf'), 'a' if tpm else 'w').write('slot_a = "%s"\nslot_b = "%s"\nboot_folder = "%s"\n' % (
            self.slot('a'), self.slot('b'), self.images))
        for path in (self.images, self.slot('a'), self.slot('b')):
            self.give(path)
        self.log, self.starts, self.hangs = [], [], set()

    def give(self, path):
        if os.geteuid() == 0:
            user = pwd.getpwnam('holdfast-updater')
            os.chown(path, user.pw_uid, user.pw_gid)
            for name in os.listdir(path) if os.path.isdir(path) else ():
                os.chown(os.path.join(path, name), user.pw_uid, user.pw_gid)

    def etc(self, name):
        return os.path.join(self.root, 'etc/holdfast', name)

    def slot(self, letter):
        return os.path.join(self.root, 'slot-' + letter)

    def content(self, letter):
        return open(self.slot(letter), 'rb').read()

    # ---- the boot loader ----

    def pick(self):
        """-> letter of the slot that starts; an image on trial has its count taken off first."""
        names = sorted(os.listdir(self.images))
        for name in names:
            m = re.fullmatch(r'holdfast-([ab])\+(\d+)(?:-(\d+))?\.efi', name)
            if m and int(m.group(2)) > 0:
                os.rename(os.path.join(self.images, name), os.path.join(self.images, 'holdfast-%s+%d-%d.efi' % (
                    m.group(1), int(m.group(2)) - 1, int(m.group(3) or 0) + 1)))
                return m.group(1)
        open_ones = [n[9] for n in names if re.fullmatch(r'holdfast-[ab]\.efi', n)]
        check(open_ones, 'nothing may start: %s' % names)
        return max(open_ones, key=lambda s: [int(n) for n in re.findall(rb'(?:major|minor|patch) = (\d+)', self.content(s))])

    def start(self, sensor=QUIET, *options):
        letter = self.pick()
        while letter in self.hangs and not os.path.exists(os.path.join(self.images, 'holdfast-%s.efi' % letter)):
            self.starts.append(letter)
            letter = self.pick()
        self.starts.append(letter)
        open(self.etc('release'), 'wb').write(self.content(letter).split(b'#')[0].rstrip(b'\0'))
        open(os.path.join(self.root, 'proc/cmdline'), 'w').write('quiet holdfast.slot=%s\n' % letter)
        self.device.start(*options, sensor=sensor)
        self.log.append(self.device.program.log)
        return letter

    def put(self, release):
        run(OXIMETER, 'update', 'put', release.bundle, release.statement, '--root', self.root)

    def bring(self, release):
        """The bundle alone, as who carries it for the cloud would."""
        path = os.path.join(self.root, 'var/lib/holdfast/updater/bundle')
        shutil.copyfile(release.bundle, path + '.new')
        self.give(path + '.new')
        os.rename(path + '.new', path)

    def told(self, code, **fields):
        return [l for log in self.log for l in log.of(code) if all(l.get(k) == v for k, v in fields.items())]

    def refusals(self):
        return [l['code'] for log in self.log for l in list(log.lines)
                if l.get('role') == 'updater' and l.get('level') == 'refuse']

    def refused(self, code, times=1):
        wait_for('%s beside %s' % (code, self.refusals()), lambda: self.refusals().count(code) >= times)

    def reaches(self, state):
        wait_for('state %s: %s' % (state, self.device.program.log.tail()), lambda: self.told('update.state', state=state))

    def restarts(self):
        code = self.device.program.wait()
        check(code == 5, 'it ended with %d and not for a restart: %s' % (code, self.device.program.log.tail()))

    def runs(self):
        return self.starts[-1]

    def counter(self):
        """Of the file: two sectors after those of the record, the newer one in force."""
        data = open(os.path.join(self.root, 'var/lib/holdfast/updater/record'), 'rb').read()
        found = [(0, 0)]
        for at in (8192, 12288):
            if data[at:at + 4] == b'SLOT':
                found.append((struct.unpack('>Q', data[at + 8:at + 16])[0], struct.unpack('>Q', data[at + 32:at + 40])[0]))
        return max(found)[1]

    def measures(self):
        """It goes on: readings come, now."""
        before = self.device.status()['readings']
        wait_for('readings to come', lambda: self.device.status()['readings'] > before)
