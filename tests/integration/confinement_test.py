#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-SEC-007: each role, in its own confined process, tries ten forbidden acts and every one fails.
Req: HF-SEC-028: neither a role nor the supervisor above it leaves a core dump.

`--role-self-test` makes the running role itself try, after it has locked itself down, and say so in its log.
"""
import glob
import os
import re
import shutil
import signal

from harness import OXIMETER, CLOUD, Program, bench, check, main, role_pid, wait_for

DEVICE_ROLES = ('measure', 'keeper', 'courier', 'screen')
CLOUD_ROLES = ('gate', 'enrol', 'people', 'view', 'store', 'keys')


def field(pid, name):
    for line in open('/proc/%d/status' % pid):
        if line.startswith(name + ':'):
            return line.split(':', 1)[1].strip()


def leaves_no_core(pid, who):
    limit = [l for l in open('/proc/%d/limits' % pid) if l.startswith('Max core file size')][0].split()
    check(limit[4:6] == ['0', '0'], '%s may write a core: limits %s' % (who, limit[4:6]))
    # The kernel gives what is inside a process that is not dumpable to root, whoever runs it.
    check(os.stat('/proc/%d/mem' % pid).st_uid == 0, 'the memory of %s is dumped to its own user' % who)


def locked_down(pid, role):
    check(field(pid, 'Seccomp') == '2', '%s runs without a system call filter' % role)
    check(field(pid, 'NoNewPrivs') == '1', '%s may gain privileges' % role)
    for kind in ('CapPrm', 'CapEff', 'CapInh', 'CapAmb'):
        check(int(field(pid, kind), 16) == 0, '%s keeps capabilities: %s' % (role, field(pid, kind)))
    if os.geteuid() == 0:
        uids = set(field(pid, 'Uid').split())
        check(uids != {'0'} and len(uids) == 1, '%s runs as user %r' % (role, uids))
        check(field(pid, 'Groups') == '', '%s is in groups %s' % (role, field(pid, 'Groups')))
    leaves_no_core(pid, role)


def all_tried(log, roles):
    tried = wait_for('every role to have tried', lambda: (lambda t: t if len({l['role'] for l in t}) >= len(roles)
                                                          else None)(log.of('role.self_test')))
    for line in tried:
        check(line['acts'] == 10, '%s tried %r acts' % (line['role'], line['acts']))
        check(line['succeeded'] == 0, '%s succeeded in %d forbidden acts' % (line['role'], line['succeeded']))


def test_no_role_of_the_device_can_do_a_forbidden_thing():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'caged')
        device.start('--for', '120', '--role-self-test', speed=1)
        all_tried(device.program.log, DEVICE_ROLES)
        users = set()
        for role in DEVICE_ROLES:
            pid = wait_for(role, lambda: role_pid(device.program.process.pid, role))
            locked_down(pid, role)
            users.add(field(pid, 'Uid'))
        check(os.geteuid() != 0 or len(users) == len(DEVICE_ROLES), 'roles share a user: %r' % users)
        leaves_no_core(device.program.process.pid, 'the supervisor of the device')


def test_no_role_of_the_cloud_can_do_a_forbidden_thing():
    with bench() as b:
        cloud = b.cloud(extra=('--role-self-test',))
        all_tried(cloud.program.log, CLOUD_ROLES)
        users = set()
        for role in CLOUD_ROLES:
            pid = wait_for(role, lambda: role_pid(cloud.program.process.pid, role))
            locked_down(pid, role)
            users.add(field(pid, 'Uid'))
        check(os.geteuid() != 0 or len(users) == len(CLOUD_ROLES), 'roles share a user: %r' % users)
        leaves_no_core(cloud.program.process.pid, 'the supervisor of the cloud')


def test_no_byte_of_a_recording_is_read_before_its_reader_is_locked_down():
    if not shutil.which('strace'):
        return 'needs strace'
    with bench() as b:
        trace, file = os.path.join(b.folder, 'trace'), os.path.join(b.folder, 'seen.csv')
        open(file, 'w').write('# fs=100 rec=seen\nred,ir\n' + '70000,80000\n70010,80020\n' * 1000)
        # A file for each process: in a common one, calls of two processes at once are cut in pieces.
        traced = Program(['strace', '-ff', '-o', trace, '-e', 'trace=read,seccomp', OXIMETER, 'run', '--root',
                          os.path.join(b.folder, 'device'), '--sensor', 'replay:' + file, '--screen', 'none', '--for', '600'])

        def readers():
            return [calls for calls in (open(path).read() for path in glob.glob(trace + '.*')) if 'rec=seen' in calls]
        wait_for('a check of the recording, and measure', lambda: len(readers()) >= 2)
        for pid in open('/proc/%d/task/%d/children' % (traced.process.pid, traced.process.pid)).read().split():
            os.kill(int(pid), signal.SIGTERM)
        traced.wait()
        for calls in readers():
            check(re.search(r'^seccomp\(SECCOMP_SET_MODE_FILTER.*= 0$', calls.partition('rec=seen')[0], re.M),
                  'a recording is read by a process that is not locked down')
        check(len(readers()) == 2, 'read by %d processes: expected who checks it at the start, and measure' % len(readers()))


def test_no_switch_turns_confinement_off():
    for program in (OXIMETER, CLOUD):
        text = open(program, 'rb').read()
        for word in (b'no-sandbox', b'no-confine', b'unconfined-ok', b'HOLDFAST_NO'):
            check(word not in text, '%s knows %r' % (os.path.basename(program), word))


main([
    test_no_role_of_the_device_can_do_a_forbidden_thing,
    test_no_role_of_the_cloud_can_do_a_forbidden_thing,
    test_no_byte_of_a_recording_is_read_before_its_reader_is_locked_down,
    test_no_switch_turns_confinement_off,
])
