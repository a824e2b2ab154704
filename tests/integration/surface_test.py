#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-SEC-029: what can be reached of a running cloud and a running device is what the documents list, and no more.

Looked at from a network namespace of the test's own, where everything that listens is ours.
"""
import contextlib
import os
import shutil
import sqlite3
import subprocess

from harness import Cloud, Device, bench, check, main, role_pid, run, wait_for

SPACE = 'hfsurf%d' % os.getpid()
INSIDE = ['ip', 'netns', 'exec', SPACE]
DEVICE_ROLES = ('measure', 'keeper', 'courier', 'screen')


def missing():
    if os.geteuid() != 0:
        return 'needs root for a network namespace'
    for tool in ('ip', 'ss'):
        if not shutil.which(tool) and not os.path.exists('/usr/sbin/' + tool):
            return 'needs ' + tool
    if subprocess.run(['ip', 'netns', 'add', SPACE], capture_output=True).returncode:
        return 'this machine gives no network namespaces'
    run('ip', 'netns', 'del', SPACE)


@contextlib.contextmanager
def alone(b):
    run('ip', 'netns', 'add', SPACE)
    try:
        run(*INSIDE, 'ip', 'link', 'set', 'lo', 'up')
        yield
    finally:
        b.close()
        subprocess.run(['ip', 'netns', 'del', SPACE], capture_output=True)


def listening():
    """Ports that something listens on, and what else than TCP is open."""
    ports, others = set(), []
    for line in run(*INSIDE, 'ss', '-H', '-a', '-n', '--tcp', '--udp', '--raw', '--packet', '--vsock', '--sctp').stdout.splitlines():
        words = line.split()
        if words[0] == 'tcp' and words[1] == 'LISTEN':
            ports.add(int(words[4].rsplit(':', 1)[1]))
        elif words[0] != 'tcp':
            others.append(line)
    return ports, others


def test_the_cloud_listens_on_its_three_ports_and_the_device_on_none():
    why = missing()
    if why:
        return why
    with bench() as b, alone(b):
        cloud = Cloud(os.path.join(b.folder, 'cloud'), inside=INSIDE)
        b.things.append(cloud)
        cloud.serve()
        device = Device(os.path.join(b.folder, 'device'), INSIDE).enrol(cloud, 'seen')
        b.things.append(device)
        ours = set(cloud.ports.values())
        check(len(ours) == 3, 'the cloud says that it serves %r' % cloud.ports)
        device.start('--for', '60')
        wait_for('each role of the device', lambda: all(role_pid(device.program.process.pid, r) for r in DEVICE_ROLES))
        wait_for('the device to be connected', lambda: device.program.log.of('link.up'))
        found, others = listening()
        check(found == ours, 'listening: %r, said: %r' % (sorted(found), sorted(ours)))
        check(others == [], 'open besides TCP: %r' % others)
        cloud.stop()
        check(not device.program.ended(), 'the device ended: ' + device.program.log.tail())
        found, others = listening()
        check(found == set() and others == [], 'the device listens: %r, %r' % (sorted(found), others))


def test_a_new_cloud_knows_no_person_and_no_device():
    with bench() as b:
        cloud = b.cloud()
        cloud.stop()
        base = sqlite3.connect('file:%s?immutable=1' % os.path.join(cloud.root, 'var/lib/holdfast/store/data.db'), uri=True)
        for table in ('person', 'session', 'device'):
            rows = base.execute('SELECT count(*) FROM ' + table).fetchone()[0]
            check(rows == 0, '%d rows in %s of a cloud that nobody has set up' % (rows, table))
        base.close()


main([
    test_the_cloud_listens_on_its_three_ports_and_the_device_on_none,
    test_a_new_cloud_knows_no_person_and_no_device,
])
