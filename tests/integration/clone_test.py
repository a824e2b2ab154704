#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A copied disk: two copies of one device that both measure are seen, told and, where the policy says so, not served until a person has decided."""
import os
import shutil

from harness import SPEED, Device, bench, check, main, wait_for

SLOW = 3  # times as fast as the cloud: what a device measures must not be in the cloud's future


def copied(b, cloud):
    """-> a device with batches of ten seconds, stopped, and a copy of its disk."""
    d = b.device(cloud, 'one')
    cloud.verb('device', 'config', d.id, '--batch-s', '10', '--ward', 'W', '--zone', 'UTC')
    d.start(speed=SPEED)
    wait_for('the shorter batches', lambda: d.status()['config_version'] == 1)
    d.stop()
    copy = Device(os.path.join(b.folder, 'copy'))
    copy.id = d.id
    shutil.copytree(d.root, copy.root, ignore=shutil.ignore_patterns('run', '*.sock'))
    for folder, names, files in os.walk(d.root):
        for name in names + files:
            at = os.path.join(folder, name)
            to = os.path.join(copy.root, os.path.relpath(at, d.root))
            if os.path.exists(to) and os.geteuid() == 0:
                os.chown(to, os.stat(at).st_uid, os.stat(at).st_gid)
    b.things.append(copy)
    return d, copy


def row(cloud, d):
    return [r for r in cloud.lines('devices') if r['device'] == d.id][0]


def codes(cloud):
    return [e['code'] for e in cloud.events()]


def test_two_copies_that_measure_are_seen_told_once_and_go_on():
    with bench() as b:
        cloud = b.cloud()
        d, copy = copied(b, cloud)
        other = b.device(cloud, 'other')
        d.start(speed=SLOW)
        copy.start(speed=SLOW)
        other.start(speed=SLOW)
        wait_for('the suspicion', lambda: row(cloud, d)['clone_suspected'])
        check(not row(cloud, other)['clone_suspected'], 'another device is suspected')
        check(codes(cloud).count('clone.interleaved') == 1, 'events %s' % codes(cloud))
        before = d.status()['batches_acknowledged'], copy.status()['batches_acknowledged']
        wait_for('both to go on', lambda: d.status()['batches_acknowledged'] > before[0]
                 and copy.status()['batches_acknowledged'] > before[1])
        check(row(cloud, d)['state'] == 'active', 'state %s' % row(cloud, d)['state'])
        check(codes(cloud).count('clone.interleaved') == 1, 'told again and again')


def test_a_device_that_is_killed_and_started_again_and_again_is_no_clone():
    with bench() as b:
        cloud = b.cloud(settings='clone_policy = "stop"\n')
        d, _ = copied(b, cloud)
        for _ in range(4):
            d.start(speed=SLOW)
            had = row(cloud, d)['readings']
            wait_for('readings to be stored', lambda: row(cloud, d)['readings'] > had)
            os.kill(d.program.process.pid, 9)
            d.program.wait()
        got = row(cloud, d)
        check(not got['clone_suspected'] and got['state'] == 'active', 'row %s' % got)


def test_where_the_policy_is_stop_neither_copy_is_served_until_a_person_says_so_and_nothing_is_lost():
    with bench() as b:
        cloud = b.cloud(settings='clone_policy = "stop"\n')
        d, copy = copied(b, cloud)
        cloud.verb('device', 'clear', d.id, code=1)  # nothing is suspected
        d.start(speed=SLOW)
        copy.start(speed=SLOW)
        wait_for('it to be stopped', lambda: row(cloud, d)['state'] == 'suspended')
        stored = row(cloud, d)['readings']
        for one in (d, copy):
            wait_for('readings to be kept', lambda: one.status()['batches_held'] > 2)
            check(one.program.log.of('batch.sealed') and not one.program.ended(), 'it does not measure')
        check(row(cloud, d)['readings'] == stored, 'readings of a stopped device were stored')
        copy.stop()  # somebody has found it
        cloud.verb('device', 'clear', d.id)
        wait_for('all that was kept to arrive', lambda: d.status()['batches_held'] == 0 and row(cloud, d)['readings'] > stored)
        got = row(cloud, d)
        check(got['state'] == 'active' and not got['clone_suspected'], 'row %s' % got)
        check(d.status()['readings_lost'] == 0, '%d readings were lost' % d.status()['readings_lost'])
        check('clone.cleared' in codes(cloud), 'events %s' % codes(cloud))


if __name__ == '__main__':
    main([
        test_two_copies_that_measure_are_seen_told_once_and_go_on,
        test_a_device_that_is_killed_and_started_again_and_again_is_no_clone,
        test_where_the_policy_is_stop_neither_copy_is_served_until_a_person_says_so_and_nothing_is_lost,
    ])
