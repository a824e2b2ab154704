#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The image in a machine: what boots, what is refused, what stopped it and where.

Every refusal differs from the good boot in the one thing that its name says: that boot is its control, and nothing is judged
when it fails. The fallback has a control of its own: the same version 2 without the changed bit.
  image_test.py [--short]     --short: the good boot and two refusals
"""
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine as m  # noqa: E402
from harness import CLOUD, Cloud, Failed, TimedOut, check, run  # noqa: E402
from service import key_of, ticket  # noqa: E402

PATIENCE_S = 300
LOOK_EVERY_S = 1
PRESS_EVERY_S = 10
PRESSED = rb'service\.press\x00{16}'  # a line that keeper holds for the next log: code[33], no detail
SETTLE_S = 2  # after a refusal of the firmware: enough for a start that went on all the same to be seen
STARTED = rb'holdfast: security version \d+, the TPM\'s is \d+'
VERIFIED = rb'holdfast: root is verified'
MEASURING = rb'holdfast: measuring begins'


def until(vm, what, look):
    while True:
        ended = vm.ended()
        got = look()
        if got:
            return got
        check(not ended, 'the machine ended before %s' % what)
        if vm.seconds() > PATIENCE_S:
            raise TimedOut('%d s for %s; firmware: %s' % (PATIENCE_S, what, vm.firmware()[-200:]))
        time.sleep(LOOK_EVERY_S)


class Rig:
    """One folder, one cloud, and for each case a device of its own."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='holdfast-image-')
        os.chmod(self.folder, 0o755)
        self.cloud = Cloud(os.path.join(self.folder, 'cloud'), address='10.0.2.2').serve()
        self.published = {i['version']: i for i in json.load(open(os.path.join(m.OUT, 'expected.json')))['images']}
        self.layout = m.layout()

    def case(self, name, counter=1, invitation=None):
        folder = os.path.join(self.folder, name)
        os.makedirs(folder)
        tpm = os.path.join(folder, 'tpm')
        if counter is None:
            m.blank_tpm(tpm)
        else:
            m.provision_tpm(tpm, counter)
        return (os.path.join(folder, 'machine'), m.system_disk(os.path.join(folder, 'system.img')),
                m.data_disk(os.path.join(folder, 'data.img'), invitation), tpm)

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
                if not vm.ended():
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
    def pressed():  # not too often: a second press says yes
        vm.ask('system_powerdown')
        heard_by = time.monotonic() + PRESS_EVERY_S
        while not vm.find(PRESSED) and time.monotonic() < heard_by:
            time.sleep(1)
        return vm.find(PRESSED)
    until(vm, 'the ticket to be asked about', pressed)
    check(not rig.cloud.lines('service', 'logs'), 'it gave a log before anybody said yes')
    vm.screenshot(os.path.join(m.TOP, 'build/image/service.png'))
    vm.ask('system_powerdown')
    until(vm, 'a log of service in the cloud', lambda: [g for g in rig.cloud.lines('service', 'logs') if (g['device'], g['serial']) == (device, serial)])



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
            vm.screenshot(os.path.join(m.TOP, 'build/image/screen.png'))
            serve(rig, vm, device, serial)
            wrong = m.unasked(vm.capture_path, rig.cloud.ports)
            check(not wrong, 'it sent what is not for its cloud: %s' % wrong[:3])
            said = '%s; PCR 11 as published; enrolled, keys in its TPM; batches stored; service let in by its button' % ', '.join(reached)
            return said, '-', vm.seconds()
    return 'good', body


# --- what is not to start ---

def same_name(file):
    return lambda disk, folder: m.put_on_esp(disk, file, 'holdfast_1.efi')


def signed_by_another(disk, folder):
    key, crt, out = (os.path.join(folder, n) for n in ('other.key', 'other.crt', 'other.efi'))
    run('openssl', 'req', '-new', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=Holdfast db/', '-keyout', key, '-out', crt)
    run('sbsign', '--key', key, '--cert', crt, '--output', out, os.path.join(m.OUT, 'holdfast_1.unsigned.efi'))
    m.put_on_esp(disk, out, 'holdfast_1.efi')


def one_bit_of_the_kernel(disk, folder):
    out = os.path.join(folder, 'changed.efi')
    shutil.copyfile(os.path.join(m.OUT, 'holdfast_1.efi'), out)
    m.flip_bit(out, open(out, 'rb').read().index(b'holdfast.security-version=') + len(b'holdfast.security-version='))
    m.put_on_esp(disk, out, 'holdfast_1.efi')


def bit_of_slot_a(rig, at):
    return lambda disk, folder: m.flip_bit(disk, rig.layout['slot_a_at'] + at)


def nothing(disk, folder):
    pass


def refusals(rig):
    firmware, loader_words = 'firmware, before the kernel', r'(?i)[^\r\n]*(access denied|security violation)[^\r\n]*'
    data_len = rig.layout['root_data_len']
    return {
        'unsigned-kernel': refused(rig, 'unsigned-kernel', firmware, loader_words, same_name(os.path.join(m.OUT, 'holdfast_1.unsigned.efi'))),
        'other-key': refused(rig, 'other-key', firmware, loader_words, signed_by_another),
        'bit-in-kernel': refused(rig, 'bit-in-kernel', firmware, loader_words, one_bit_of_the_kernel),
        'bit-in-root': refused(rig, 'bit-in-root', 'kernel, dm-verity', rb'device-mapper: verity: \d+:\d+: data block \d+ is corrupted',
                               bit_of_slot_a(rig, data_len // 2 | 7), not_even=VERIFIED),
        'bit-in-hash-tree': refused(rig, 'bit-in-hash-tree', 'kernel, dm-verity', rb'device-mapper: verity: \d+:\d+: metadata block \d+ is corrupted',
                                    bit_of_slot_a(rig, data_len + 4096 + 11), not_even=VERIFIED),
        'older-version': refused(rig, 'older-version', 'init, before the root', rb'holdfast: refused: ROLLBACK: security version 1 [ -~]*TPM\'s 2',
                                 nothing, counter=2, not_even=VERIFIED),
        'no-counter': refused(rig, 'no-counter', 'init, before the root', rb'holdfast: refused: the TPM\'s security version cannot be read \(0x[0-9a-f]+\)',
                              nothing, counter=None, not_even=VERIFIED),
        'words-added': refused(rig, 'words-added', 'init, before the root', rb'holdfast: refused: the kernel\'s command line is not the signed one',
                               nothing, more=['-smbios', 'type=11,value=io.systemd.stub.kernel-cmdline-extra=holdfast.security-version=9'], not_even=VERIFIED),
    }


# --- two versions ---

def newer(rig, name, broken):
    def body():
        what = rig.case(name)
        disk = what[1]
        m.fill_slot(disk, 'b')
        m.put_on_esp(disk, os.path.join(m.OUT, 'holdfast_2.efi'), 'holdfast_2+2.efi')
        if broken:
            m.flip_bit(disk, rig.layout['slot_b_at'] + rig.layout['root_data_len'] // 2)
        with m.machine(*what, reboot=True) as vm:
            until(vm, 'version 2 to be tried', lambda: vm.find(rb'holdfast: security version 2, the TPM\'s is 1'))
            if broken:
                until(vm, 'version 1 to start', lambda: vm.find(rb'holdfast: security version 1, the TPM\'s is 1'))
            until(vm, 'measuring', lambda: vm.find(MEASURING))
            took = vm.seconds()
            if not broken:
                check(not vm.find(rb'holdfast: security version 1, the'), 'version 1 was started')
        names = m.list_esp(disk)
        want = ['holdfast_1.efi', 'holdfast_2+0-2.efi' if broken else 'holdfast_2+1-1.efi']
        check(names == want, 'the ESP holds %s, expected %s' % (names, want))
        return ('version 2 panicked twice; version 1 measures' if broken else 'version 2 measures'), ('kernel, dm-verity; boot loader counts' if broken else '-'), took
    return name, body


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
    rig = Rig()
    try:
        all_refusals = refusals(rig)
        cases = [good_boot(rig)]
        if short:
            cases += [all_refusals[n] for n in ('unsigned-kernel', 'bit-in-root')]
        else:
            cases += [newer(rig, 'broken-newer', True), newer(rig, 'newer', False), *all_refusals.values()]
        if '--only' in sys.argv:
            wanted = sys.argv[sys.argv.index('--only') + 1].split(',')
            cases = [c for c in cases if c[0] in wanted]
        with concurrent.futures.ThreadPoolExecutor(2) as two:  # machines at a time
            done = list(two.map(judge, cases))
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
    print('%d passed, %d failed' % (len(done) - failed, failed))
    sys.exit(failed > 0)


main()
