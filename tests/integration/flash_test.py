#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""HF-FLASH-001, HF-FLASH-002, HF-FLASH-003: flash that fails under a real keeper or courier, which goes on as a process, and that the
cloud knows of it.

Every write of that role to a file fails from one moment on (a limit on the size of files, whose signal is ignored), until it has
started anew or the limit is taken away."""
import os
import signal
import subprocess

from harness import bench, check, main, role_pid, wait_for

INSIDE = ['env', '--ignore-signal=XFSZ']
BATCHES = 4
FAIL, SHORT, WORK = '1', '200', 'unlimited'  # bytes; a key is shorter than 200, and a certificate longer


def told(cloud, device):
    return len([e for e in cloud.events() if e['code'] == 'flash.fault' and e['device'] == device.id])


def writes(pid, limit):
    """As the role's own user, who may set its limits: root need not be allowed to."""
    with open('/proc/%d/status' % pid, encoding='utf-8') as f:
        ids = {line.split(':')[0]: int(line.split()[1]) for line in f if line.startswith(('Uid:', 'Gid:'))}
    done = subprocess.run(['prlimit', '--pid', str(pid), '--fsize=%s:' % limit], user=ids['Uid'], group=ids['Gid'], extra_groups=[],
                          capture_output=True, text=True)
    check(done.returncode == 0, 'no limit was set: ' + done.stderr)


def test_flash_that_fails_is_one_event_of_that_device_and_costs_no_reading_although_the_next_keeper_is_killed_before_it_has_sealed_any():
    with bench() as b:
        cloud = b.cloud()
        failing, well = b.device(cloud, 'failing'), b.device(cloud, 'well')
        failing.inside = INSIDE
        program = failing.start('--batches', str(BATCHES), '--once', speed=60)
        wait_for('a batch to be sealed', lambda: program.log.of('batch.sealed'))
        keeper = role_pid(program.process.pid, 'keeper')
        writes(keeper, FAIL)
        wait_for('the fault to be seen', lambda: program.log.of('flash.fault'))
        sealed = len(program.log.of('batch.sealed'))
        ready = len([l for l in program.log.of('role.ready') if l['name'] == 'keeper'])
        wait_for('the next keeper', lambda: len([l for l in program.log.of('role.ready') if l['name'] == 'keeper']) > ready)
        if len(program.log.of('batch.sealed')) == sealed:
            os.kill(role_pid(program.process.pid, 'keeper'), signal.SIGKILL)
        check(program.wait() in (0, 1), 'it ended badly: %s' % program.log.tail())
        well.start('--batches', '2', '--once', speed=60)
        check(well.program.wait() in (0, 1), 'it ended badly: %s' % well.program.log.tail())
        check(len(program.log.of('flash.fault')) == 1, 'it was logged %d times' % len(program.log.of('flash.fault')))
        check((told(cloud, failing), told(cloud, well)) == (1, 0), 'events: %s' % [e for e in cloud.events() if e['code'] == 'flash.fault'])
        check(not program.log.of('batch.lost'), 'it lost a batch')
        check(cloud.json('status')['lost'] == 0, 'readings were lost: %s' % cloud.json('status'))


def generation(cloud, device):
    return next(d for d in cloud.lines('devices') if d['device'] == device.id)['generation']


def renewed_although(fails, limit):
    """A renewal under which a file of courier cannot be written for a while."""
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'failing')
        device.inside = INSIDE
        program = device.start()
        wait_for('a first batch', lambda: cloud.lines('batches'))
        courier = role_pid(program.process.pid, 'courier')
        writes(courier, limit)
        cloud.verb('device', 'renew', device.id)
        wait_for('the fault to be told', lambda: [l for l in program.log.of('key.file') if l.get('file') == fails])
        stored = len(cloud.lines('batches'))
        wait_for('batches under the keys of before', lambda: len(cloud.lines('batches')) > stored + 1)
        check(generation(cloud, device) == 1, 'keys of generation %d are in use' % generation(cloud, device))
        writes(courier, WORK)
        wait_for('the new keys', lambda: generation(cloud, device) == 2)
        stored = len(cloud.lines('batches'))
        wait_for('batches under the new keys', lambda: len(cloud.lines('batches')) > stored)
        left = [f for f in os.listdir(os.path.join(device.root, 'var/lib/holdfast/courier')) if 'next' in f or 'new' in f]
        check(not left and not program.ended(), 'left: %s, or the device has ended' % left)


def test_a_renewal_whose_next_key_cannot_be_written_goes_on_when_it_can():
    renewed_although('tls.next.key', FAIL)


def test_a_certificate_that_courier_could_not_keep_is_handed_over_again():
    renewed_although('tls.crt', SHORT)


def test_a_journal_that_does_not_open_when_a_device_has_ended_is_erased_when_it_does():
    """What a cut of power in the erasing leaves: the receipt is kept, no key is there, and the journal is."""
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'ended')
        journal = os.path.join(device.root, 'var/lib/holdfast/keeper/journal')
        device.start()
        wait_for('a first batch', lambda: cloud.lines('batches'))
        held = open(journal, 'rb').read()
        cloud.verb('device', 'decommission', device.id)
        wait_for('both keys to go', lambda: len(device.program.log.of('key.erased')) >= 2)
        device.stop()
        with open(journal, 'r+b') as f:
            f.write(held)
        os.chmod(journal, 0o644)  # of others: not believed
        program = device.start()
        wait_for('what is not erased to be said', lambda: [l for l in program.log.of('key.erased') if l['level'] == 'fault'])
        wait_for('its state', lambda: 'decommissioned' in device.status().get('notes', []))
        check(open(journal, 'rb').read() == held, 'a journal that is not its own was written')
        os.chmod(journal, 0o600)
        wait_for('the journal to be erased', lambda: set(open(journal, 'rb').read()) == {0xff})
        check(not program.ended(), 'the device has ended with it')


main([test_a_renewal_whose_next_key_cannot_be_written_goes_on_when_it_can,
      test_a_certificate_that_courier_could_not_keep_is_handed_over_again,
      test_a_journal_that_does_not_open_when_a_device_has_ended_is_erased_when_it_does,
      test_flash_that_fails_is_one_event_of_that_device_and_costs_no_reading_although_the_next_keeper_is_killed_before_it_has_sealed_any])
