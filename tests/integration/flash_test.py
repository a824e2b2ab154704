#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""HF-FLASH-001, HF-FLASH-003: flash that fails under a real keeper, which goes on as a process, and that the cloud knows of it.

Every write of keeper to a file fails from one moment on (a limit on the size of files, whose signal is ignored), until keeper has
started anew."""
import os
import signal
import subprocess

from harness import bench, check, main, role_pid, wait_for

INSIDE = ['env', '--ignore-signal=XFSZ']
BATCHES = 4


def told(cloud, device):
    return len([e for e in cloud.events() if e['code'] == 'flash.fault' and e['device'] == device.id])


def fail_writes(pid):
    """As keeper's own user, who may set its limits: root need not be allowed to."""
    with open('/proc/%d/status' % pid, encoding='utf-8') as f:
        ids = {line.split(':')[0]: int(line.split()[1]) for line in f if line.startswith(('Uid:', 'Gid:'))}
    done = subprocess.run(['prlimit', '--pid', str(pid), '--fsize=1:'], user=ids['Uid'], group=ids['Gid'], extra_groups=[],
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
        fail_writes(keeper)
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


main([test_flash_that_fails_is_one_event_of_that_device_and_costs_no_reading_although_the_next_keeper_is_killed_before_it_has_sealed_any])
