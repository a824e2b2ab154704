#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Architecture, promise 8: nothing blocks measure. Each neighbour is stopped or misbehaves; samples stay on time.

The device says every 5 s how late its latest sample was (`measure.late`, n in ms). A disturbed part of a run may be at
most 100 ms worse than the undisturbed part of the same run.
"""
import fcntl
import os
import pwd
import socket
import struct
import time

from harness import bench, check, main, role_pid, stopped, wait_for

MARGIN_MS = 100
SAY_ASK = 0x0401


def flood(device, seconds):
    """Who has taken courier asks keeper without end, as fast as the socket takes it."""
    me = os.geteuid()
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if me == 0:
        os.seteuid(pwd.getpwnam('holdfast-courier').pw_uid)
    try:
        s.connect(os.path.join(device.root, 'run/holdfast/keeper/courier'))
    finally:
        os.seteuid(me)
    s.setblocking(False)
    end, sent = time.monotonic() + seconds, 0
    message = struct.pack('>HHI', 1, SAY_ASK, 0)
    while time.monotonic() < end:
        try:
            s.send(message)
            sent += 1
        except BlockingIOError:
            pass  # keeper reads a few at a time: that is what holds the flood back
        except OSError:
            break
    s.close()
    return sent


def test_no_neighbour_makes_a_sample_late():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'late')
        program = device.start('--for', '90', speed=1)
        fcntl.fcntl(program.process.stderr.fileno(), 1031, 4096)  # F_SETPIPE_SZ: a log reader that stops is felt
        late = lambda: list(program.log.of('measure.late'))
        wait_for('two undisturbed windows', lambda: len(late()) >= 3)
        calm = max(l['n'] for l in late()[1:])
        pid = {r: role_pid(program.process.pid, r) for r in ('keeper', 'screen', 'courier')}
        seen, worst = len(late()), {}

        def after(what):
            nonlocal seen
            wait_for('the window of ' + what, lambda: len(late()) > seen + 1)
            worst[what] = max(l['n'] for l in late()[seen:])
            seen = len(late())
        with stopped(pid['keeper']):  # as flash that blocks for 10 s
            time.sleep(10)
        after('keeper and flash blocked for 10 s')
        with stopped(pid['screen']):
            time.sleep(5)
        after('screen stopped')
        program.log.hold.set()
        time.sleep(6)
        program.log.hold.clear()
        after('log reader stopped')
        sent = flood(device, 5)
        check(sent > 200, 'the flood was %d messages only' % sent)
        after('courier flooding')
        for what, ms in worst.items():
            check(ms <= calm + MARGIN_MS, '%s: a sample was %d ms late, undisturbed %d ms' % (what, ms, calm))
        again = [l for l in program.log.of('role.restarted') if l.get('name') == 'measure']
        check(not again, 'measure was started again')
        print('# undisturbed %d ms; %s' % (calm, '; '.join('%s %d ms' % p for p in worst.items())))


main([test_no_neighbour_makes_a_sample_late])
