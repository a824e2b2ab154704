#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-TPM-001: the device's keys are in its TPM, and in nothing else.
Req: HF-TPM-002: a TPM that does not serve stops what needs keys, and nothing else.
Req: HF-TPM-003: a TPM that was cleared, or is another one, is refused.
Req: HF-TPM-005: a cloud whose policy asks for a TPM stores nothing of a device with keys in files.
Req: HF-TPM-004: agent signs and proves for courier only, seals and opens for keeper only, and counts for updater only.
Req: HF-TPM-008: the attestation key signs nothing but what the TPM says of itself.
Req: HF-TPM-014: what ran at boot is proved on each connection, and nothing is sent before.
Req: HF-TPM-015: a device that is set to prove its TPM is not enrolled on its word.

The TPM is swtpm, pulled out, stopped, cleared and exchanged while the real device runs. Each refusal has its name in the
log, once.
"""
import hashlib
import os
import signal
import subprocess

from endorsed import RELEASE, SECURITY, Endorsed, believe, policy
from harness import Cloud, Device, OXIMETER, bench, check, main, role_pid, run, stopped, wait_for
from tpm import Tpm, as_user, configure, knock

TLS_HANDLE, WRAP_HANDLE, ATTEST_HANDLE = '0x81010010', '0x81010011', '0x81010012'


def tpm_device(b, cloud, tpm, label='board'):
    root = os.path.join(b.folder, label)
    configure(root, tpm)
    device = Device(root).enrol(cloud, label)
    b.things.append(device)
    return device


def kept(device, *names):
    return [n for n in names if os.path.exists(os.path.join(device.root, 'var/lib/holdfast', n))]


def acknowledged(device):
    return len(device.program.log.of('batch.acknowledged'))


def measures_on(device):
    first = wait_for('a first status', lambda: (lambda s: s if s['running'] else None)(device.status()))
    return wait_for('measuring to go on', lambda: (lambda s: s if s['measured_on'] else None)(
        dict(device.status(), measured_on=device.status()['readings'] > first['readings'] + 60)))


def sends(device, more=1):
    before = acknowledged(device)
    wait_for('batches to be acknowledged', lambda: acknowledged(device) >= before + more)


def refused(device, code, why, of=('tpm.lost', 'tpm.refused')):
    """Said once, by its name; measuring goes on; nothing goes out."""
    first = wait_for('a fault of the TPM', lambda: device.program.log.of(*of))[0]
    check((first['code'], first['why']) == (code, why), 'the fault is called %s, %s' % (first['code'], first['why']))
    wait_for('the key fault to be said', lambda: 'key_fault' in device.status()['notes'])
    wait_for('courier to say that it has no key', lambda: [l for l in device.program.log.of('trust.lost') if l['part'] == 'tls'])
    before = acknowledged(device)
    wait_for('NOT SYNCHRONISED', lambda: not device.status()['synchronised'])
    state = measures_on(device)
    check(state['trust'] == 'tpm', 'the device says trust: %s' % state['trust'])
    check(acknowledged(device) == before, '%d batches were sent without the key' % (acknowledged(device) - before))
    said = [l for l in device.program.log.of(code) if l['why'] == why]
    check(len(said) == 1, 'said %d times' % len(said))
    check(not kept(device, 'courier/tls.key', 'keeper/wrap.key'), 'keys were made in files: a silent fall-back')


def test_a_device_enrols_and_sends_with_keys_that_are_in_its_tpm():
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        check(not kept(device, 'courier/tls.key', 'keeper/wrap.key'), 'keys are in files')
        device.start('--for', '600')
        sends(device, 2)
        state = device.status()
        check(state['trust'] == 'tpm', 'status says trust: %s' % state['trust'])
        check([l['trust'] for l in device.program.log.of('trust.kind')] == ['tpm'], 'the start does not say it')
        text = run(OXIMETER, 'status', '--root', device.root, code=None).stdout
        check('trust tpm' in text, 'people are not told: ' + text)
        while_it_runs = run(OXIMETER, 'selftest', '--root', device.root).stdout
        check('ok - the TPM signs' in while_it_runs, 'the self-test beside the running device says: ' + while_it_runs)
        check(not device.program.log.of('trust.lost'), 'the self-test has pushed courier out')
        device.stop()
        in_tpm = tpm.tool('tpm2_readpublic', '-c', TLS_HANDLE, '-f', 'pem', '-o', 'tls.pem') and open(
            os.path.join(tpm.folder, 'tls.pem')).read()
        certificate = os.path.join(device.root, 'var/lib/holdfast/courier/tls.crt')
        in_cert = run('openssl', 'x509', '-inform', 'DER', '-in', certificate, '-noout', '-pubkey').stdout
        check(in_cert == in_tpm, 'the certificate is for another key than the one in the TPM')
        test = run(OXIMETER, 'selftest', '--root', device.root).stdout
        check('ok - the TPM signs' in test and '# trust: tpm' in test, 'the self-test says: ' + test)


def test_a_device_without_a_tpm_uses_files_and_says_so():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'plain')
        check(len(kept(device, 'courier/tls.key', 'keeper/wrap.key')) == 2, 'where are the keys?')
        device.start('--for', '600')
        sends(device)
        check(device.status()['trust'] == 'software', 'status says trust: %s' % device.status()['trust'])
        check([l['trust'] for l in device.program.log.of('trust.kind')] == ['software'], 'the start does not say it')
        wait_for('the list to say it', lambda: [d['trust'] for d in cloud.lines('device', 'list')] == ['software'])
        check(role_pid(device.program.process.pid, 'agent') is None, 'agent runs without a TPM')
        check('# trust: software' in run(OXIMETER, 'selftest', '--root', device.root).stdout, 'the self-test does not say it')


def test_a_tpm_that_is_pulled_out_stops_the_signing_and_nothing_else():
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        device.start('--for', '600')
        sends(device, 2)
        tpm.pull()
        refused(device, 'tpm.lost', 'gone')
        sealed = len(device.program.log.of('batch.sealed'))
        wait_for('sealing to go on', lambda: len(device.program.log.of('batch.sealed')) > sealed)
        tpm.start()
        wait_for('the same TPM to be taken up', lambda: len(device.program.log.of('tpm.ready')) == 2)
        sends(device)
        wait_for('the fault to be gone', lambda: 'key_fault' not in device.status()['notes'])
        check({l['part'] for l in device.program.log.of('trust.regained')} == {'tls'}, 'keeper had lost its keys as well')
        all_sealed = {(l['epoch'], l['seq']) for l in device.program.log.of('batch.sealed')}
        wait_for('everything to be delivered', lambda: all_sealed <= {
            (l['epoch'], l['seq']) for l in device.program.log.of('batch.acknowledged')})


def test_a_tpm_that_stands_still_is_left_within_its_bound():
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        device.start('--for', '600')
        sends(device)
        with stopped(tpm.process.pid):
            refused(device, 'tpm.lost', 'slow')
        wait_for('the same TPM to be taken up', lambda: len(device.program.log.of('tpm.ready')) == 2)
        sends(device)


def test_a_device_that_starts_without_its_tpm_measures_and_loses_nothing_until_it_is_back():
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        tpm.pull()
        device.start('--for', '600')
        refused(device, 'tpm.lost', 'absent')
        check(not device.program.log.of('batch.sealed'), 'something was sealed without the key')
        waiting = device.status()['readings']
        tpm.start()
        sends(device, 2)
        state = wait_for('the readings of the time without a TPM', lambda: (
            lambda s: s if s['readings'] >= waiting else None)(device.status()))
        check(state['readings_lost'] == 0, '%d readings were lost' % state['readings_lost'])
        check({l['part'] for l in device.program.log.of('trust.regained')} == {'tls', 'wrap'}, 'who was without its keys?')


def test_a_tpm_that_was_cleared_is_refused():
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        tpm.clear()
        device.start('--for', '600')
        refused(device, 'tpm.refused', 'cleared')


def test_a_tpm_that_is_cleared_in_mid_run_is_noticed():
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        device.start('--for', '600')
        sends(device)
        agent = role_pid(device.program.process.pid, 'agent')
        tpm.pull()  # one client at a time: the attacker takes the bus, and gives it back
        with stopped(agent):
            tpm.start()
            tpm.clear()
        refused(device, 'tpm.refused', 'cleared', of=('tpm.refused',))


def test_another_tpm_is_refused():
    with bench() as b:
        cloud, tpm, other = b.cloud(), Tpm(b), Tpm(b, 'other')
        device = tpm_device(b, cloud, tpm)
        tpm_device(b, cloud, other, 'stranger')  # so that its TPM has keys at the same places
        tpm.pull()
        other.pull()
        tpm.replace_by(other)
        tpm.start()
        device.start('--for', '600')
        refused(device, 'tpm.refused', 'other')


def test_a_tpm_of_an_attacker_who_knows_the_authorisation_is_refused():
    """He has read agent's record, and made keys of his own for it: only their names are not ours."""
    with bench() as b:
        cloud, tpm, other = b.cloud(), Tpm(b), Tpm(b, 'other')
        device = tpm_device(b, cloud, tpm)
        record = open(os.path.join(device.root, 'var/lib/holdfast/agent/tpm'), 'rb').read()
        other.forge(record[2:34])
        tpm.pull()
        other.pull()
        tpm.replace_by(other)
        tpm.start()
        device.start('--for', '600')
        wait_for('agent to judge', lambda: device.program.log.of('tpm.ready', 'tpm.refused'))
        check(not device.program.log.of('tpm.ready'), "agent takes the attacker's TPM for its own, and unseals what he put there")
        refused(device, 'tpm.refused', 'other')


def test_keys_that_were_made_for_another_authorisation_are_refused():
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        path = os.path.join(device.root, 'var/lib/holdfast/agent/tpm')
        record = bytearray(open(path, 'rb').read())
        record[2] ^= 1
        os.chmod(path, 0o600)
        open(path, 'wb').write(record)
        os.chmod(path, 0o400)
        device.start('--for', '600')
        refused(device, 'tpm.refused', 'authorisation')


def test_keys_of_this_device_are_not_made_again_because_its_record_is_gone():
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        os.unlink(os.path.join(device.root, 'var/lib/holdfast/agent/tpm'))
        device.start('--for', '600')
        refused(device, 'tpm.refused', 'occupied')


def test_an_identity_of_files_does_not_open_where_a_tpm_is_configured():
    """Nor the other way round: what was enrolled with other keys wants a new enrolment."""
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = b.device(cloud, 'moved')
        configure(device.root, tpm)
        device.start('--for', '600')
        wait_for('the identity to be refused', lambda: [l for l in device.program.log.of('key.file') if l['file'] == 'identity'])
        wait_for('the certificate to be refused', lambda: [l for l in device.program.log.of('key.file') if l['file'] == 'tls.crt'])
        check('key_fault' in device.status()['notes'], 'no key fault is said')
        measures_on(device)
        check(not device.program.log.of('batch.sealed'), 'batches are sealed under the old keys')


def test_agent_that_is_killed_comes_back_with_the_same_keys():
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        device.start('--for', '600')
        sends(device)
        for _ in range(3):
            ready = len(device.program.log.of('tpm.ready'))
            os.kill(wait_for('agent', lambda: role_pid(device.program.process.pid, 'agent')), signal.SIGKILL)
            wait_for('agent to be back', lambda: len(device.program.log.of('tpm.ready')) > ready)
            sends(device)
        check(device.program.log.of('tpm.keys_made') == [], 'keys were made anew')


def test_keys_are_renewed_with_the_key_that_stays_in_the_tpm():
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        device.start('--for', '600')
        sends(device)
        cloud.verb('device', 'renew', device.id)
        wait_for('the new keys to be used', lambda: [e for e in cloud.events() if e['code'] == 'renew.used'])
        sends(device, 2)
        check(device.status()['readings_lost'] == 0, 'readings were lost')
        device.stop()
        device.start('--for', '600')  # what was sealed in the TPM's name while it ran opens again
        sends(device, 2)
        check(not kept(device, 'courier/tls.key', 'keeper/wrap.key'), 'the new keys are in files')


def test_each_door_of_agent_gives_its_own_role_its_own_answers_and_nobody_else_any():
    if os.geteuid() != 0:
        return 'roles share a user'
    public, sign, identity, activate, quote, seal, open_ = 0x0701, 0x0702, 0x0703, 0x0704, 0x0705, 0x0801, 0x0802
    counter, raise_ = 0x1001, 0x1002
    registers, none = (0x891).to_bytes(4, 'big') + bytes(32), bytes(36)
    stranger = bytes.fromhex('0044') + bytes.fromhex('0020') + bytes(32) + bytes(34) + bytes.fromhex('0100') + bytes(256)
    secret = (5).to_bytes(2, 'big') + b'hello' + bytes(507)
    rows = [  # as whom, at which door, what, expected
        ('courier', 'courier', seal, secret, 'ended'),
        ('courier', 'courier', open_, secret, 'ended'),
        ('courier', 'courier', sign, bytes(33), 'ended'),
        ('courier', 'keeper', open_, secret, 'ended'),
        ('keeper', 'keeper', sign, bytes(32), 'ended'),
        ('keeper', 'courier', sign, bytes(32), 'ended'),
        ('measure', 'courier', public, b'', 'ended'),
        ('screen', 'keeper', open_, secret, 'ended'),
        ('keeper', 'keeper', identity, b'', 'ended'),
        ('keeper', 'keeper', activate, stranger, 'ended'),
        ('keeper', 'keeper', quote, registers, 'ended'),
        ('measure', 'courier', quote, registers, 'ended'),
        ('courier', 'courier', quote, none, 'ended'),
        ('courier', 'courier', activate, stranger[1:], 'ended'),
        ('courier', 'courier', counter, b'', 'ended'),
        ('courier', 'courier', raise_, b'', 'ended'),
        ('keeper', 'keeper', raise_, b'', 'ended'),
        ('courier', 'updater', raise_, b'', 'ended'),
        ('updater', 'updater', sign, bytes(32), 'ended'),
        ('updater', 'updater', open_, secret, 'ended'),
        ('updater', 'updater', raise_, b'x', 'ended'),
        ('updater', 'updater', counter, b'', '1101'),
        ('courier', 'courier', identity, b'', '0903'),
        ('courier', 'courier', quote, registers, '0905'),
        ('courier', 'courier', activate, stranger, '0b01'),
        ('courier', 'courier', public, b'', '0901'),
        ('courier', 'courier', sign, bytes(32), '0902'),
        ('keeper', 'keeper', seal, secret, '0a01'),
        ('keeper', 'keeper', open_, secret, '0b01'),
    ]
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        tpm.count(1)
        device = tpm_device(b, cloud, tpm)
        device.start('--for', '600')
        sends(device)
        with stopped(role_pid(device.program.process.pid, 'courier')):  # who else would knock as well
            for user, door, message, body, expected in rows:
                got = knock(device, user, door, message, body)
                check(got == expected, '%s at the door of %s asked %04x: %s, not %s' % (user, door, message, got, expected))
        sends(device)
        check(len(device.program.log.of('tpm.credential')) == 1, 'the strange credential was not said once')
        check(not device.program.log.of('tpm.lost', 'tpm.refused'), 'a credential that does not open has cost the device its TPM')


def agent_file(device, name):
    return os.path.join(device.root, 'var/lib/holdfast/agent', name)


def test_a_device_of_before_gets_its_attestation_key_and_keeps_the_others():
    """Its record has none, and is not touched: the release of before still finds its keys."""
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        os.unlink(agent_file(device, 'attest'))
        tpm.tool('tpm2_evictcontrol', '-C', 'o', '-c', ATTEST_HANDLE)
        before = open(agent_file(device, 'tpm'), 'rb').read()
        device.start('--for', '600')
        sends(device)
        check(len(device.program.log.of('tpm.attest_made')) == 1, 'no attestation key was made')
        check(not device.program.log.of('tpm.keys_made'), 'the other keys were made anew')
        check(open(agent_file(device, 'tpm'), 'rb').read() == before, 'the record of before is another now')
        device.stop()
        device.start('--for', '600')
        sends(device)
        check(not device.program.log.of('tpm.attest_made'), 'it was made a second time')


def test_a_making_of_the_attestation_key_that_was_cut_short_is_done_again():
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        record = bytearray(open(agent_file(device, 'attest'), 'rb').read())
        old = bytes(record)
        record[1] = 0
        os.chmod(agent_file(device, 'attest'), 0o600)
        open(agent_file(device, 'attest'), 'wb').write(record)
        os.chmod(agent_file(device, 'attest'), 0o400)
        device.start('--for', '600')
        sends(device)
        check(len(device.program.log.of('tpm.attest_made')) == 1, 'it was not made again')
        new = open(agent_file(device, 'attest'), 'rb').read()
        check(new[1] == 1 and new != old, 'the new one is not remembered')


def test_another_attestation_key_at_the_place_of_ours_is_refused():
    """Of the same kind, for the authorisation that has leaked: only its name is not ours."""
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        record = open(agent_file(device, 'tpm'), 'rb').read()
        tpm.tool('tpm2_evictcontrol', '-C', 'o', '-c', ATTEST_HANDLE)
        tpm.forge_attest(record[2:34])
        device.start('--for', '600')
        wait_for('agent to judge', lambda: device.program.log.of('tpm.ready', 'tpm.refused'))
        check(not device.program.log.of('tpm.ready'), "agent takes the attacker's attestation key for its own")
        refused(device, 'tpm.refused', 'other')


def test_an_attestation_key_is_not_made_over_one_whose_record_is_gone():
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        os.unlink(agent_file(device, 'attest'))
        device.start('--for', '600')
        refused(device, 'tpm.refused', 'occupied')


def test_the_attestation_key_signs_nothing_that_somebody_made():
    """He has the TPM and the authorisation, and writes himself what the TPM would say of a good boot."""
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        auth = 'hex:' + open(agent_file(device, 'tpm'), 'rb').read()[2:34].hex()
        open(os.path.join(tpm.folder, 'forged'), 'wb').write(hashlib.sha256(bytes.fromhex('ff544347' '8018') + bytes(139)).digest())
        sign = ('tpm2_sign', '-p', auth, '-g', 'sha256', '-d', '-f', 'plain', '-o', 'signature', 'forged', '-c')
        tpm.tool(*sign, TLS_HANDLE)  # the control: the tool can, with a key that may
        done = tpm.tool(*sign, ATTEST_HANDLE, code=None)
        check(done.returncode != 0, 'the attestation key has signed a boot that never was')
        check('ticket' in done.stderr.lower() or '0x3a0' in done.stderr.lower(), 'refused for another reason: ' + done.stderr[-200:])


def test_only_agent_reaches_the_tpm():
    if os.geteuid() != 0:
        return 'roles share a user'
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        device = tpm_device(b, cloud, tpm)
        line = 'import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])'
        for role in ('courier', 'keeper', 'measure', 'screen'):
            done = as_user('holdfast-' + role, '/usr/bin/python3', '-c', line, tpm.socket)
            check(done.returncode != 0 and 'PermissionError' in done.stderr, '%s has the TPM' % role)
        done = as_user('holdfast-agent', '/usr/bin/python3', '-c', line, tpm.socket)
        check(done.returncode == 0, 'the control: agent has not')
        device.start('--for', '120', '--role-self-test', speed=1)
        tried = wait_for('agent to have tried', lambda: [l for l in device.program.log.of('role.self_test') if l['role'] == 'agent'])
        check(tried[0]['acts'] == 10 and tried[0]['succeeded'] == 0, 'agent succeeded in %r' % tried[0])
        pid = role_pid(device.program.process.pid, 'agent')
        status = dict(l.split(':', 1) for l in open('/proc/%d/status' % pid) if ':' in l)
        check(status['Seccomp'].strip() == '2' and int(status['CapEff'], 16) == 0, 'agent is not locked down')


def test_a_cloud_that_asks_for_a_tpm_stores_nothing_of_a_device_with_keys_in_files():
    """It was enrolled while the policy did not ask; what a device with a TPM has to prove is attest_test.py."""
    with bench() as b:
        cloud, tpm = b.cloud(), Endorsed(b)
        soft, other = b.device(cloud, 'soft'), b.device(cloud, 'other')
        other.start('--for', '600')
        sends(other)  # the control: with the policy of before it is stored
        other.stop()
        port = cloud.ports['device']
        cloud.stop()
        believe(cloud.root, [tpm.root()], [('test', 1, tpm.register_11())])
        open(os.path.join(cloud.root, 'etc/holdfast/cloud.conf'), 'a').write(policy())
        cloud.serve(device_port=port)
        soft.start('--for', '600')
        wait_for('the refusal to be an event, or a batch of it to be stored', lambda: [
            e for e in cloud.events() if e['code'] == 'authz.trust'] or cloud.lines('batches', '--device', soft.id))
        stored = cloud.lines('batches', '--device', soft.id)
        check(not stored, '%d batches of a device with keys in files are stored' % len(stored))
        refusals = [e for e in cloud.events() if e['code'] == 'authz.trust']
        check(refusals and {e['device'] for e in refusals} == {soft.id}, 'the events name %r' % refusals)
        shown = {d['device']: d['trust'] for d in cloud.lines('device', 'list')}
        check(shown[soft.id] == 'software', 'the administrator is shown %r' % shown)
        wait_for('NOT ACCEPTED', lambda: 'not_accepted' in soft.status()['notes'])
        check(soft.status()['readings_held'] > 0 and soft.status()['readings_lost'] == 0, 'the device has lost readings')


# --- proved to the cloud: the real device, and the real cloud ---


def booted(b, name='tpm'):
    tpm = Endorsed(b, name)
    tpm.measure('image')
    return tpm


def attesting_cloud(b, tpm, least=0):
    """It asks for a TPM, allows this one's maker, and knows what it has measured by now."""
    cloud = Cloud(os.path.join(b.folder, 'cloud'))
    b.things.append(cloud)
    believe(cloud.root, tpm.authorities(), [(RELEASE, SECURITY, tpm.register_11())])
    open(os.path.join(cloud.root, 'etc/holdfast/cloud.conf'), 'a').write(policy(least))
    return cloud.serve()


def again(cloud, least):
    port = cloud.ports['device']
    cloud.stop()
    path = os.path.join(cloud.root, 'etc/holdfast/cloud.conf')
    text = open(path).read().rsplit('require_trust', 1)[0] + policy(least)
    open(path, 'w').write(text)
    cloud.serve(device_port=port)


def events(cloud, device, code):
    return [e for e in cloud.events() if e['code'] == code and e['device'] == device.id]


def shown(cloud, device):
    return next(d for d in cloud.lines('device', 'list') if d['device'] == device.id)


def batches(cloud, device):
    return cloud.lines('batches', '--device', device.id)


def delivered(device):
    sealed = {(l['epoch'], l['seq']) for l in device.program.log.of('batch.sealed')}
    wait_for('everything to be delivered', lambda: sealed <= {
        (l['epoch'], l['seq']) for l in device.program.log.of('batch.acknowledged')})
    check(device.status()['readings_lost'] == 0, 'readings were lost')


def power_cycle(device, tpm, what):
    """Off and on again with another image, or the same: agent meets a TPM whose registers say it."""
    tpm.pull()
    with stopped(role_pid(device.program.process.pid, 'agent')):
        tpm.start()
        tpm.measure(what)


def not_accepted(device):
    """Said once, shown, and measured on."""
    said = wait_for('the refusal to be said', lambda: device.program.log.of('attest.refused'))
    wait_for('NOT ACCEPTED', lambda: 'not_accepted' in device.status()['notes'])
    before = acknowledged(device)
    measures_on(device)
    check(acknowledged(device) == before, '%d batches were sent' % (acknowledged(device) - before))
    check(len(said) == 1 and len(device.program.log.of('attest.refused')) == 1, 'said more than once')


def test_a_device_proves_its_tpm_when_it_enrols_and_its_boot_on_each_connection():
    with bench() as b:
        tpm = booted(b)
        cloud = attesting_cloud(b, tpm)
        device = tpm_device(b, cloud, tpm)
        device.start('--for', '600')
        sends(device, 2)
        row = shown(cloud, device)
        check((row['attest'], row['attest_security_version']) == ('accepted', SECURITY), 'the administrator is shown %r' % row)
        check(events(cloud, device, 'attest.accepted'), 'no event says so')
        check(not device.program.log.of('attest.refused'), 'the device says that it was refused')
        power_cycle(device, tpm, 'image')
        refused(device, 'tpm.lost', 'gone')
        wait_for('the same TPM to be taken up', lambda: len(device.program.log.of('tpm.ready')) == 2)
        sends(device)
        delivered(device)


def test_a_boot_that_is_no_release_is_refused_until_a_release_runs_again():
    with bench() as b:
        tpm = booted(b)
        cloud = attesting_cloud(b, tpm)
        device = tpm_device(b, cloud, tpm)
        tpm.measure('an implant')
        device.start('--for', '900')
        not_accepted(device)
        wait_for('the event', lambda: events(cloud, device, 'attest.measurements'))
        check(not batches(cloud, device), '%d batches of an unknown boot are stored' % len(batches(cloud, device)))
        check(shown(cloud, device)['attest'] == 'measurements', 'the administrator is shown %r' % shown(cloud, device))
        power_cycle(device, tpm, 'image')
        sends(device, 2)
        wait_for('the note to be gone', lambda: 'not_accepted' not in device.status()['notes'])
        delivered(device)


def test_a_tpm_of_a_maker_who_is_not_allowed_is_not_enrolled():
    with bench() as b:
        tpm, strange = booted(b), Endorsed(b, 'strange')
        cloud = attesting_cloud(b, tpm)
        root = os.path.join(b.folder, 'strange-board')
        configure(root, strange)
        _, bundle = cloud.add_device('strange', root)
        done = subprocess.run([OXIMETER, 'enrol', bundle, '--root', root], capture_output=True, text=True)
        check(done.returncode == 1 and 'a TPM of an allowed maker' in done.stderr and done.stderr.count('\n') == 1,
              '%d, %s' % (done.returncode, done.stderr))
        wait_for('the word in the log of keys', lambda: cloud.program.log.of('attest.maker'))
        check(not kept(Device(root), 'keeper/identity', 'courier/tls.crt'), 'it has an identity')
        configure(root, strange, attest=False)
        done = subprocess.run([OXIMETER, 'enrol', bundle, '--root', root], capture_output=True, text=True)
        check(done.returncode == 1, 'its own word was enough: %d, %s' % (done.returncode, done.stderr))


def test_a_store_that_has_forgotten_a_proof_is_proved_to_again():
    with bench() as b:
        tpm = booted(b)
        cloud = attesting_cloud(b, tpm)
        device = tpm_device(b, cloud, tpm)
        device.start('--for', '600')
        sends(device, 2)
        store = role_pid(cloud.program.process.pid, 'store')
        os.kill(store, signal.SIGKILL)
        wait_for('store to be back', lambda: role_pid(cloud.program.process.pid, 'store') not in (None, store))
        before = acknowledged(device)

        def told():
            return [l for l in device.program.log.of('server.refused') if l['http'] == 401]
        wait_for('the device to be told, or heard', lambda: told() or acknowledged(device) >= before + 3)
        check(told(), 'batches were stored on a proof that store had forgotten')
        sends(device, 2)
        delivered(device)
        check(not device.program.log.of('attest.refused'), 'it was refused')


def test_a_version_that_is_too_old_loses_nothing_and_is_not_stored():
    with bench() as b:
        tpm = booted(b)
        cloud = attesting_cloud(b, tpm, least=SECURITY)
        device = tpm_device(b, cloud, tpm)
        device.start('--for', '900')
        sends(device, 2)
        again(cloud, least=SECURITY + 1)
        wait_for('the event', lambda: events(cloud, device, 'attest.version'))
        stored = len(batches(cloud, device))
        measures_on(device)
        check(len(batches(cloud, device)) == stored, 'readings of a version that is too old are stored')
        check(not device.status()['synchronised'] or device.status()['readings_held'] > 0, 'the device believes that all is delivered')
        again(cloud, least=SECURITY)
        sends(device, 2)
        delivered(device)


def test_renewed_keys_stay_proved_with_the_tls_key_that_was_certified():
    with bench() as b:
        tpm = booted(b)
        cloud = attesting_cloud(b, tpm)
        device = tpm_device(b, cloud, tpm)
        device.start('--for', '600')
        sends(device)
        certified = tpm_point(device)
        cloud.verb('device', 'renew', device.id)
        wait_for('the new keys to be used', lambda: [e for e in cloud.events() if e['code'] == 'renew.used'])
        sends(device, 2)
        check(tpm_point(device) == certified, 'the new certificate is for another key than the certified one')
        device.stop()
        device.start('--for', '600')
        sends(device, 2)
        check(not device.program.log.of('attest.refused'), 'the renewed device is refused')
        check(shown(cloud, device)['attest'] == 'accepted', 'the administrator is shown %r' % shown(cloud, device))


def tpm_point(device):
    certificate = os.path.join(device.root, 'var/lib/holdfast/courier/tls.crt')
    return run('openssl', 'x509', '-inform', 'DER', '-in', certificate, '-noout', '-pubkey').stdout


def test_a_tpm_without_a_certificate_is_not_enrolled_unless_the_administrator_says_so():
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        root = os.path.join(b.folder, 'bare')
        configure(root, tpm, attest=True)
        _, bundle = cloud.add_device('bare', root)
        done = subprocess.run([OXIMETER, 'enrol', bundle, '--root', root], capture_output=True, text=True)
        check(not os.path.exists(os.path.join(root, 'var/lib/holdfast/keeper/identity')), 'enrolled on its word, though it was set to prove it')
        check(done.returncode == 3 and done.stderr.count('\n') == 1 and 'no endorsement certificate' in done.stderr
              and 'attest = false' in done.stderr, '%d, %s' % (done.returncode, done.stderr))
        configure(root, tpm)
        run(OXIMETER, 'enrol', bundle, '--root', root)  # the same invitation: it was not used up
        device = Device(root)
        b.things.append(device)
        device.start('--for', '600')
        sends(device)
        check(device.status()['trust'] == 'tpm', 'the device says trust: %s' % device.status()['trust'])


def test_a_word_that_names_no_trust_is_an_error_and_no_choice():
    with bench() as b:
        cloud = b.cloud()
        root = os.path.join(b.folder, 'wrong')
        folder = os.path.join(root, 'etc/holdfast')
        os.makedirs(folder)
        for line in ('trust = "tmp"\n', 'trust = "tpm"\ntpm = "tpmrm0"\n'):
            open(os.path.join(folder, 'oximeter.conf'), 'w').write(line)
            _, bundle = cloud.add_device('wrong', root)
            done = subprocess.run([OXIMETER, 'enrol', bundle, '--root', root], capture_output=True, text=True)
            check(done.returncode == 2 and 'trust: software or tpm' in done.stderr, '%r: %d, %s' % (line, done.returncode, done.stderr))
            check(not os.path.exists(os.path.join(root, 'var/lib/holdfast/courier/tls.key')), 'a key was made in a file')
            os.unlink(bundle)


main([
    test_a_device_enrols_and_sends_with_keys_that_are_in_its_tpm,
    test_a_device_without_a_tpm_uses_files_and_says_so,
    test_a_tpm_that_is_pulled_out_stops_the_signing_and_nothing_else,
    test_a_tpm_that_stands_still_is_left_within_its_bound,
    test_a_device_that_starts_without_its_tpm_measures_and_loses_nothing_until_it_is_back,
    test_a_tpm_that_was_cleared_is_refused,
    test_a_tpm_that_is_cleared_in_mid_run_is_noticed,
    test_another_tpm_is_refused,
    test_a_tpm_of_an_attacker_who_knows_the_authorisation_is_refused,
    test_keys_that_were_made_for_another_authorisation_are_refused,
    test_keys_of_this_device_are_not_made_again_because_its_record_is_gone,
    test_an_identity_of_files_does_not_open_where_a_tpm_is_configured,
    test_agent_that_is_killed_comes_back_with_the_same_keys,
    test_keys_are_renewed_with_the_key_that_stays_in_the_tpm,
    test_each_door_of_agent_gives_its_own_role_its_own_answers_and_nobody_else_any,
    test_only_agent_reaches_the_tpm,
    test_a_device_of_before_gets_its_attestation_key_and_keeps_the_others,
    test_a_making_of_the_attestation_key_that_was_cut_short_is_done_again,
    test_another_attestation_key_at_the_place_of_ours_is_refused,
    test_an_attestation_key_is_not_made_over_one_whose_record_is_gone,
    test_the_attestation_key_signs_nothing_that_somebody_made,
    test_a_cloud_that_asks_for_a_tpm_stores_nothing_of_a_device_with_keys_in_files,
    test_a_device_proves_its_tpm_when_it_enrols_and_its_boot_on_each_connection,
    test_a_boot_that_is_no_release_is_refused_until_a_release_runs_again,
    test_a_tpm_of_a_maker_who_is_not_allowed_is_not_enrolled,
    test_a_store_that_has_forgotten_a_proof_is_proved_to_again,
    test_a_version_that_is_too_old_loses_nothing_and_is_not_stored,
    test_renewed_keys_stay_proved_with_the_tls_key_that_was_certified,
    test_a_tpm_without_a_certificate_is_not_enrolled_unless_the_administrator_says_so,
    test_a_word_that_names_no_trust_is_an_error_and_no_choice,
])
