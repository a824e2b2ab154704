#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The image in a machine: what boots, what is refused, what stopped it and where.

Every refusal differs from the good boot in the one thing that its name says: that boot is its control, and nothing is judged
when it fails. The fallback has a control of its own: the same version 2 without the changed bit, put as a release.
  image_test.py [--short]             the good boot and two refusals
  image_test.py --only NAME,NAME      these; `offered` runs only so
"""
import concurrent.futures
import contextlib
import json
import os
import re
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine as m  # noqa: E402
import version  # noqa: E402
from harness import CLOUD, Cloud, TimedOut, check, run  # noqa: E402
from endorsed import believe, policy  # noqa: E402
from service import key_of, ticket  # noqa: E402

WORK_S = 300  # of a processor, for one wait: a machine that others slow down has as much as one that is alone
BOUND_S = 900  # of the clock, for a machine
TARGET_S = 480  # for all, on two cores with nothing else on them
LOOK_EVERY_S = 1
SELDOM_S = 5  # a look costs as much as a machine that does nothing
PRESS_EVERY_S = 10
PRESSED = rb'service\.press\x00{16}'  # a line that keeper holds for the next log: code[33], no detail
SETTLE_S = 2  # after a refusal of the firmware: enough for a start that went on all the same to be seen
STARTED = rb'holdfast: security version \d+, the TPM\'s is \d+'
VERIFIED = rb'holdfast: root is verified'
MEASURING = rb'holdfast: measuring begins'
RINGED = rb'"role":"measure",[ -~]{1,900}\}\n[^{}]{8,15}\{"t":"20'  # then a record's number, then the next line: so it is in the kernel's ring only
ROLLBACK = rb'holdfast: refused: ROLLBACK: security version 1 [ -~]*TPM\'s 2'


def state(of):
    """A state of the updater, in the kernel's log."""
    return rb'"code":"update.state","state":"%s"' % of.encode()


def until(vm, what, look, every=LOOK_EVERY_S, bound=BOUND_S):
    worked = vm.worked()
    while True:
        ended = vm.ended()
        got = look()
        if got:
            return got
        check(not ended, 'the machine ended before %s' % what)
        if vm.worked() - worked > WORK_S or vm.seconds() > bound:
            raise TimedOut('%d s of work, %d s of the machine for %s; firmware: %s' % (vm.worked() - worked, vm.seconds(), what, vm.firmware()[-200:]))
        time.sleep(every)


class Rig:
    """One folder, one cloud, and for each case a device of its own."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='holdfast-image-')
        os.chmod(self.folder, 0o755)
        self.published = {i['version']: i for i in json.load(open(os.path.join(m.OUT, 'expected.json')))['images']}
        self.maker = os.path.join(self.folder, 'maker')
        m.blank_tpm(os.path.join(self.folder, 'first-tpm'), self.maker)
        self.cloud = self.strict_cloud('cloud', self.published)
        self.layout = m.layout()

    def strict_cloud(self, name, versions):
        """It takes in what a TPM of this maker proves, and hears what says that one of these versions has started."""
        cloud = Cloud(os.path.join(self.folder, name), address='10.0.2.2')
        believe(cloud.root, m.authorities(self.maker), [('%d.0.0' % v, self.published[v]['security_version'], self.published[v]['pcr11_sha256']) for v in versions])
        with open(os.path.join(cloud.root, 'etc/holdfast/cloud.conf'), 'a') as f:
            f.write(policy())
        return cloud.serve()

    def case(self, name, counter=1, **data):
        folder = os.path.join(self.folder, name)
        os.makedirs(folder)
        tpm = os.path.join(folder, 'tpm')
        if counter is None:
            m.blank_tpm(tpm, self.maker)
        else:
            m.provision_tpm(tpm, counter, self.maker)
        return (os.path.join(folder, 'machine'), m.system_disk(os.path.join(folder, 'system.img')),
                m.data_disk(os.path.join(folder, 'data.img'), **data), tpm)

    def release(self, version, name=''):
        """A release as files, signed with both keys, by the product's own tools."""
        i, key = self.published[version], lambda n: os.path.join(m.KEYS, n)
        root, bundle, statement = os.path.join(m.OUT, 'root_%d.img' % version), os.path.join(self.folder, name + 'bundle'), os.path.join(self.folder, name + 'statement')
        run(os.path.join(m.TOP, 'packaging/release-bundle'), root, os.path.join(m.OUT, i['file']), key('release.pem'), key('release.key'), bundle)
        run(CLOUD, 'release', 'sign', bundle, statement, '--key', key('second.key'), '--product', 'holdfast-oximeter', '--release', '%d.0.0' % version,
            '--security', str(i['security_version']), '--build', i['build'], '--root-bytes', str(os.path.getsize(root)))
        return bundle, statement

    def close(self):
        self.cloud.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def quiet(vm):
    """Nothing from the device's own address. (The firmware has a network stack of its own, and greets its neighbours when it has
    nothing to start; a board's setup turns that off.)"""
    return not any(f[12:14] == b'\x08\x00' and f[26:30] == m.OWN for f in m.frames(vm.capture_path))


def refused(rig, name, where, stopped_by, alter, counter=1, more=(), not_even=STARTED):
    """alter(disk, folder) makes the one difference. `stopped_by`: in the firmware's words, or bytes: in the kernel's log."""
    def body():
        what = rig.case(name, counter)
        alter(what[1], os.path.dirname(what[1]))
        with m.machine(*what, more=more) as vm:
            if isinstance(stopped_by, bytes):
                said = until(vm, 'a refusal', lambda: vm.find(stopped_by)).decode('latin-1')
                with contextlib.suppress(m.Gone):  # the words stay for seconds, then it turns itself off
                    vm.screenshot(os.path.join(m.TOP, 'build/image/refused-%s.png' % name))
                until(vm, 'the end of it', vm.ended)
            else:
                said = until(vm, 'a refusal', lambda: re.search(stopped_by, vm.firmware())).group(0)
                time.sleep(SETTLE_S)
            check(not vm.find(not_even), 'it went on all the same: %s' % vm.find(not_even))
            check(not vm.find(MEASURING), 'it measured')
            check(quiet(vm), 'it sent something')
            return said, where, vm.seconds()
    return name, body


# --- the good boot ---

def serve(rig, vm, device, serial):
    """Who stands before the device lets the ticket in that the first answer brought: one press shows who asks, one says yes."""
    def press_until(look):
        """Not too often, for a press says yes to what the one before has asked; and again, for the guest's clock has its own pace: what comes
        within a second of it is the same finger, and after a minute it is asked anew."""
        def pressed():
            vm.ask('system_powerdown')
            by = time.monotonic() + PRESS_EVERY_S
            while not look() and time.monotonic() < by:
                time.sleep(1)
            return look()
        return pressed
    until(vm, 'the ticket to be asked about', press_until(lambda: vm.find(PRESSED)))
    check(not rig.cloud.lines('service', 'logs'), 'it gave a log before anybody said yes')
    vm.screenshot(os.path.join(m.TOP, 'build/image/service.png'))
    until(vm, 'a log of service in the cloud', press_until(
        lambda: [g for g in rig.cloud.lines('service', 'logs') if (g['device'], g['serial']) == (device, serial)]))



def good_boot(rig):
    def body():
        device, bundle = rig.cloud.add_device('image', rig.folder)
        path, serial = ticket(rig, device, key_of(rig.cloud), 'ticket')
        run(CLOUD, 'service', 'send', path, '--root', rig.cloud.root)
        with m.machine(*rig.case('good', invitation=bundle)) as vm:
            reached = []
            for what, look in (('firmware', lambda: 'starting Boot' in vm.firmware()), ('init', lambda: vm.find(STARTED)),
                               ('root', lambda: vm.find(VERIFIED)), ('measuring', lambda: vm.find(MEASURING))):
                until(vm, what, look)
                reached.append('%s %.0f s' % (what, vm.seconds()))
            published = rig.published[1]['pcr11_sha256']
            is_ = vm.find(rb'holdfast: PCR 11 is [0-9A-F]{64}')
            check(is_ and is_.decode()[-64:].lower() == published, 'PCR 11 is %s, published is %s' % (is_, published))
            check(vm.find(rb'holdfast: enrolment ended with 0'), 'it did not enrol')
            until(vm, 'a batch in the cloud', lambda: [b for b in rig.cloud.lines('batches') if b['device'] == device])
            trust = [d['trust'] for d in rig.cloud.lines('devices') if d['device'] == device]
            check(trust == ['tpm'], 'the cloud was told trust: %s' % trust)
            proved = [(d['attest'], d['attest_security_version']) for d in rig.cloud.lines('devices') if d['device'] == device]
            check(proved == [('accepted', rig.published[1]['security_version'])], 'attested: %s' % proved)
            vm.screenshot(os.path.join(m.TOP, 'build/image/screen.png'))
            until(vm, 'a line of measure in the kernel\'s log', lambda: vm.find(RINGED))
            serve(rig, vm, device, serial)
            wrong = m.unasked(vm.capture_path, rig.cloud.ports)
            check(not wrong, 'it sent what is not for its cloud: %s' % wrong[:3])
            said = '%s; PCR 11 as published; enrolled and attested by its TPM; batches stored; service let in by its button' % ', '.join(reached)
            return said, '-', vm.seconds()
    return 'good', body


def unpublished(rig):
    """The same boot before a cloud that was told of version 2 only: it measures, and nothing of it is taken."""
    def body():
        cloud = rig.strict_cloud('other-cloud', [2])
        try:
            device, bundle = cloud.add_device('unpublished', rig.folder)
            with m.machine(*rig.case('unpublished', invitation=bundle)) as vm:
                until(vm, 'measuring', lambda: vm.find(MEASURING))
                until(vm, 'a refusal', lambda: [e for e in cloud.events() if e['code'] == 'attest.measurements' and e['device'] == device])
                check(not cloud.counts()['batches'], 'a batch of it was stored')
                row, = [d for d in cloud.lines('devices') if d['device'] == device]
                check(row['attest'] == 'measurements', str(row))
                vm.screenshot(os.path.join(m.TOP, 'build/image/unpublished.png'))
                return 'attest.measurements; it goes on measuring, nothing is stored', 'the cloud, at its connection', vm.seconds()
        finally:
            cloud.stop()
    return 'unpublished', body


# --- what is not to start ---

def same_name(file):
    return lambda disk, folder: m.put_on_esp(disk, file, 'holdfast-a.efi')


def signed_by_another(disk, folder):
    key, crt, out = (os.path.join(folder, n) for n in ('other.key', 'other.crt', 'other.efi'))
    run('openssl', 'req', '-new', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=Holdfast db/', '-keyout', key, '-out', crt)
    run('sbsign', '--key', key, '--cert', crt, '--output', out, os.path.join(m.OUT, 'holdfast_1.unsigned.efi'))
    m.put_on_esp(disk, out, 'holdfast-a.efi')


def one_bit_of_the_kernel(disk, folder):
    out = os.path.join(folder, 'changed.efi')
    shutil.copyfile(os.path.join(m.OUT, 'holdfast_1.efi'), out)
    m.flip_bit(out, open(out, 'rb').read().index(b'holdfast.security-version=') + len(b'holdfast.security-version='))
    m.put_on_esp(disk, out, 'holdfast-a.efi')


def bit_of_slot_a(rig, at):
    return lambda disk, folder: m.flip_bit(disk, rig.layout['slot_a_at'] + at)


def nothing(disk, folder):
    pass


def refusals(rig):
    firmware, loader_words = 'firmware, before the kernel', r'(?i)[^\r\n]*(access denied|security violation)[^\r\n]*'
    data_len = rig.published[1]['root_data_len']
    return {
        'unsigned-kernel': refused(rig, 'unsigned-kernel', firmware, loader_words, same_name(os.path.join(m.OUT, 'holdfast_1.unsigned.efi'))),
        'other-key': refused(rig, 'other-key', firmware, loader_words, signed_by_another),
        'bit-in-kernel': refused(rig, 'bit-in-kernel', firmware, loader_words, one_bit_of_the_kernel),
        'bit-in-root': refused(rig, 'bit-in-root', 'kernel, dm-verity', rb'device-mapper: verity: \d+:\d+: data block \d+ is corrupted',
                               bit_of_slot_a(rig, data_len // 2 | 7), not_even=VERIFIED),
        'bit-in-hash-tree': refused(rig, 'bit-in-hash-tree', 'kernel, dm-verity', rb'device-mapper: verity: \d+:\d+: metadata block \d+ is corrupted',
                                    bit_of_slot_a(rig, data_len + 4096 + 11), not_even=VERIFIED),
        'older-version': refused(rig, 'older-version', 'init, before the root', ROLLBACK,
                                 nothing, counter=2, not_even=VERIFIED),
        'no-counter': refused(rig, 'no-counter', 'init, before the root', rb'holdfast: refused: the TPM\'s security version cannot be read \(0x[0-9a-f]+\)',
                              nothing, counter=None, not_even=VERIFIED),
        'words-added': refused(rig, 'words-added', 'init, before the root', rb'holdfast: refused: the kernel\'s command line is not the signed one',
                               nothing, more=['-smbios', 'type=11,value=io.systemd.stub.kernel-cmdline-extra=holdfast.security-version=9'], not_even=VERIFIED),
    }


def no_keys(rig):
    """The control of the three before the kernel: the same machine without keys in its firmware starts what is signed by nobody."""
    def body():
        what = rig.case('no-keys')
        m.put_on_esp(what[1], os.path.join(m.OUT, 'holdfast_1.unsigned.efi'), 'holdfast-a.efi')
        with m.machine(*what, enrolled=False) as vm:
            said = until(vm, 'init', lambda: vm.find(STARTED)).decode()
            return 'a firmware without keys starts the unsigned kernel: %s' % said, '- (control)', vm.seconds()
    return 'no-keys', body


# --- two versions ---

PROGRAM = 'usr/bin/holdfast-oximeter'
FIRED = rb'holdfast: the watchdog has started this machine anew'
START = 'starting Boot'  # by the firmware, once for each start
HANG_S = 20 + 15 + 10  # of the guest: image/init/watch_rule.h, watchdog.h, and more than that
TRIED = rb"holdfast: security version 2, the TPM's is 1"


def broken_newer(rig):
    def body():
        what = rig.case('broken-newer')
        disk = what[1]
        m.fill_slot(disk, 'b', 2)
        m.put_on_esp(disk, os.path.join(m.OUT, 'holdfast_2.efi'), 'holdfast-b+2.efi')
        m.flip_bit(disk, rig.layout['slot_b_at'] + rig.published[2]['root_data_len'] // 2)
        with m.machine(*what, reboot=True) as vm:
            until(vm, 'version 2 to be tried', lambda: vm.find(TRIED))
            until(vm, 'version 1 to start', lambda: vm.find(rb'holdfast: security version 1, the TPM\'s is 1'))
            until(vm, 'measuring', lambda: vm.find(MEASURING))
            took = vm.seconds()
        names, counter = m.list_esp(disk), m.counter_of(what[3])
        check(names == ['holdfast-a.efi', 'holdfast-b+0-2.efi'], 'the ESP holds %s' % names)
        check(counter == 1, 'the counter was raised to %d' % counter)
        return 'version 2 panicked twice; version 1 measures', 'kernel, dm-verity; boot loader counts', took
    return 'broken-newer', body


def with_hanging(rig, name, **data):
    """A device whose version 2, to be tried twice, is sound but for its program, which never does anything."""
    what = rig.case(name, **data)
    root, kernel = version.altered(2, {PROGRAM: version.HANGS}, os.path.dirname(what[1]))
    m.fill_slot_with(what[1], 'b', root)
    m.put_on_esp(what[1], kernel, 'holdfast-b+2.efi')
    return what


def hanging(rig):
    """Nothing panics and nothing ends. Its control is the same version in a machine without a watchdog."""
    def hung(device):
        return [e['device'] for e in rig.cloud.events() if e['code'] == 'device.watchdog'] == [device]

    def body():
        device, bundle = rig.cloud.add_device('hanging', rig.folder)
        what = with_hanging(rig, 'hanging', invitation=bundle)
        with m.machine(*what, reboot=True) as vm:
            until(vm, 'version 2 to be tried', lambda: vm.find(TRIED))
            until(vm, 'the watchdog to start the machine anew', lambda: vm.find(FIRED), SELDOM_S)
            until(vm, 'version 1 to start', lambda: vm.find(rb'holdfast: security version 1, the TPM\'s is 1'), SELDOM_S)
            until(vm, 'the cloud to hear of it with what version 1 has measured', lambda: hung(device), SELDOM_S)
            took, starts = vm.seconds(), vm.firmware().count(START)
        names, counter = m.list_esp(what[1]), m.counter_of(what[3])
        check(names == ['holdfast-a.efi', 'holdfast-b+0-2.efi'], 'the ESP holds %s' % names)
        check(starts == 3, 'it started %d times' % starts)
        check(counter == 1, 'the counter was raised to %d' % counter)
        return 'version 2 hung twice; version 1 measures and the cloud is told', 'init feeds no more; watchdog', took
    return 'hanging', body


def unwatched(rig):
    """The control of what hangs: without a watchdog the machine says so, and the version that hangs stays."""
    def body():
        what = with_hanging(rig, 'unwatched')
        with m.machine(*what, reboot=True, watchdog=False) as vm:
            until(vm, 'version 2 to be tried', lambda: vm.find(TRIED))
            until(vm, 'init to have started its program', lambda: vm.find(MEASURING))
            began = vm.clock()
            until(vm, 'longer than a watchdog waits', lambda: vm.clock() - began > HANG_S, SELDOM_S)
            said = vm.find_all(rb'holdfast: no watchdog: [ -~]*')
            took, starts = vm.seconds(), vm.firmware().count(START)
        check(said, 'it did not say that there is no watchdog')
        check(starts == 1, 'it started %d times' % starts)
        check(m.list_esp(what[1])[1] == 'holdfast-b+1-1.efi', 'the ESP holds %s' % m.list_esp(what[1]))
        return 'the same version, no watchdog: %s' % said[0].decode(), '- (control)', took
    return 'unwatched', body


def updated(rig):
    """The whole way of a release, and that it is a way of no return."""
    def body():
        device, bundle = rig.cloud.add_device('updated', rig.folder)
        what = rig.case('updated', invitation=bundle, sensor='sim:nobody', release=rig.release(2))
        disk, reached = what[1], []
        with m.machine(*what, reboot=True) as vm:
            for said, look in (('version 1 measures', lambda: vm.find(MEASURING)), ('written', lambda: vm.find(state('written'))),
                               ('version 2 on trial', lambda: vm.find(TRIED)), ('confirmed', lambda: vm.find(state('confirmed')))):
                until(vm, said, look)
                reached.append('%s %.0f s' % (said, vm.seconds()))
                if said == 'version 2 on trial':
                    check(m.list_esp(disk)[1].startswith('holdfast-b+'), 'on trial, and the ESP holds %s' % m.list_esp(disk))
            took = vm.seconds()
        names, counter = m.list_esp(disk), m.counter_of(what[3])
        check(names == ['holdfast-a.efi', 'holdfast-b.efi'], 'confirmed, and the ESP holds %s' % names)
        check(counter == 2, 'confirmed, and the counter stands at %d' % counter)
        m.rename_on_esp(disk, 'holdfast-b.efi', 'holdfast-b.shut')  # who has the disk wants the older one back
        with m.machine(what[0] + '-again', *what[1:]) as vm:
            said = until(vm, 'a refusal', lambda: vm.find(ROLLBACK)).decode('latin-1')
            until(vm, 'the end of it', vm.ended)
            check(not vm.find(VERIFIED), 'the older version went on all the same')
            took += vm.seconds()
        return '%s; counter 2; then version 1 put back: %s' % (', '.join(reached), said), 'init, before the root', took
    return 'updated', body


def offered(rig):
    """The whole way of a release from the cloud: offered to the guest, fetched by it, written, tried, confirmed, and readings of it counted.
    Nothing of it was on the guest's disks. The cloud is asked how far it is: lines of the guest's log are lost when it restarts."""
    def body():
        cloud = rig.strict_cloud('offering', rig.published)
        try:
            device, bundle = cloud.add_device('offered', rig.folder)
            file, statement = rig.release(2, 'offered-')
            cloud.verb('release', 'add', statement, '--bundle', file)
            cloud.verb('release', 'rollout', '1', '--percent', '100')
            said = lambda: [o['state'] for o in cloud.lines('release', 'devices') if o['device'] == device]  # noqa: E731
            row = lambda: next(d for d in cloud.lines('devices') if d['device'] == device)  # noqa: E731
            what, reached = rig.case('offered', invitation=bundle, sensor='sim:nobody'), []
            with m.machine(*what, reboot=True) as vm:
                for step, look in (('measures', lambda: vm.find(MEASURING)), ('offered', said), ('on trial', lambda: vm.find(TRIED)),
                                   ('confirmed', lambda: said() == ['update-confirmed'])):
                    until(vm, step, look, bound=2 * BOUND_S)
                    reached.append('%s %.0f s' % (step, vm.seconds()))
                    if step == 'on trial':
                        brought = os.path.getsize(vm.capture_path)
                check((row()['attest'], row()['attest_security_version']) == ('accepted', 2), 'confirmed, and the cloud knows %s' % row())
                had = row()['batches']
                until(vm, 'a batch of the confirmed version', lambda: row()['batches'] > had, bound=2 * BOUND_S)
                took = vm.seconds()
            check(brought > os.path.getsize(file), '%d bytes were on the line, and the bundle has %d' % (brought, os.path.getsize(file)))
            names, counter = m.list_esp(what[1]), m.counter_of(what[3])
            check(names == ['holdfast-a.efi', 'holdfast-b.efi'], 'confirmed, and the ESP holds %s' % names)
            check(counter == 2, 'confirmed, and the counter stands at %d' % counter)
            return '%s; %d KiB fetched; counter 2; a batch of version 2 counts' % (', '.join(reached), os.path.getsize(file) >> 10), '-', took
        finally:
            cloud.stop()
    return 'offered', body


def judge(case):
    name, body = case
    began = time.monotonic()
    try:
        said, where, took = body()
        return True, name, said, where, took
    except Exception as e:  # a crash of the test itself is red too
        return False, name, '%s: %s' % (type(e).__name__, e), '', time.monotonic() - began


def main():
    short = '--short' in sys.argv[1:]
    began = time.monotonic()
    rig = Rig()
    try:
        all_refusals = refusals(rig)
        cases, waiting = [good_boot(rig)], []
        if short:
            cases += [all_refusals[n] for n in ('unsigned-kernel', 'bit-in-root')]
        else:
            waiting = [hanging(rig)]  # as long as all others together
            cases = [updated(rig), cases[0], unwatched(rig), unpublished(rig), broken_newer(rig), no_keys(rig), *all_refusals.values()]
        if '--only' in sys.argv:
            wanted = sys.argv[sys.argv.index('--only') + 1].split(',')
            cases, waiting = ([c for c in of if c[0] in wanted] for of in (cases + [offered(rig)], waiting))
        # Two machines at a time; and beside them one that does nothing for the most part.
        with concurrent.futures.ThreadPoolExecutor(2) as two, concurrent.futures.ThreadPoolExecutor(1) as third:
            beside, done = third.map(judge, waiting), two.map(judge, cases)
            done = [*beside, *done]
    finally:
        rig.close()
    print('%-18s %-38s %5s  %s' % ('what was tried', 'where it was stopped', 's', 'what stopped it, or what it did'))
    for good, name, said, where, took in done:
        print('%-18s %-38s %5.0f  %s' % (name, where, took, said))
    control = next((good for good, name, *_ in done if name == 'good'), None)
    for i, (good, name, said, *_) in enumerate(done):
        sound = good and control is not False
        if not sound:
            print('# %s' % (said if not good else 'its control, the good boot, failed'))
        print('%s %d - image: %s' % ('ok' if sound else 'not ok', i + 1, name))
    failed = sum(1 for d in done if not (d[0] and control is not False))
    times = os.times()
    worked = times.user + times.system + times.children_user + times.children_system
    print('# %.0f s, of a processor %.0f s: on two cores %.0f s at least; load %.1f' % (time.monotonic() - began, worked, worked / 2, os.getloadavg()[0]))
    if worked / 2 > TARGET_S:
        print('# more work than two cores do in %d s' % TARGET_S)
        failed += 1
    print('%d passed, %d failed' % (len(done) - failed, failed))
    sys.exit(failed > 0)


main()
