#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""HF-IMG-007: that the watchdog has started a device is known in the cloud (what starts it: tests/image)."""
import os
import signal

from harness import bench, check, main, role_pid, wait_for


def told(cloud, device):
    return len([e for e in cloud.events() if e['code'] == 'device.watchdog' and e['device'] == device.id])


def test_a_start_by_the_watchdog_is_one_event_of_that_device_although_keeper_is_killed_before_it_has_sealed_any():
    with bench() as b:
        cloud = b.cloud()
        hung, well = b.device(cloud, 'hung'), b.device(cloud, 'well')
        program = hung.start('--batches', '2', '--once', '--watchdog', speed=20)
        wait_for('keeper to be ready', lambda: [l for l in program.log.of('role.ready') if l['name'] == 'keeper'])
        os.kill(wait_for('keeper', lambda: role_pid(program.process.pid, 'keeper')), signal.SIGKILL)
        for device in hung, well:
            if device is well:
                device.start('--batches', '2', '--once')
            check(device.program.wait() in (0, 1), 'it ended badly: %s' % device.program.log.tail())
        check(program.log.of('role.restarted'), 'keeper was not killed')
        check(len(program.log.of('device.watchdog')) == 1, 'it was logged %d times' % len(program.log.of('device.watchdog')))
        check((told(cloud, hung), told(cloud, well)) == (1, 0), 'events: %s' % [e for e in cloud.events() if e['code'] == 'device.watchdog'])


main([test_a_start_by_the_watchdog_is_one_event_of_that_device_although_keeper_is_killed_before_it_has_sealed_any])
