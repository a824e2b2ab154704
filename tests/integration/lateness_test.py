#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Architecture, promise 8: nothing blocks measure. Each neighbour is stopped or misbehaves; samples stay on time.

The device says every 5 s how late its latest sample was (`measure.late`, n in ms). A disturbed part of a run may be at
most 100 ms worse than an undisturbed device beside it, and than the time that measure was ready and the machine ran others:
what the machine does is not what is asked. A neighbour that blocks measure makes it sleep, which is not counted there.
"""
import contextlib
import fcntl
import os
import pwd
import socket
import struct
import time

from harness import bench, check, main, role_pid, stopped, wait_for

MARGIN_MS = 100
SAY_ASK = 0x0401


def waited_ms(pid):
    """How long this process has been ready to run and was not run, in all its life; 0 if this kernel does not count it."""
    with contextlib.suppress(FileNotFoundError):
        return int(open('/proc/%d/schedstat' % pid).read().split()[1]) // 1000000
    return 0


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
        device, beside = b.device(cloud, 'late'), b.device(cloud, 'undisturbed')
        program, other = device.start('--for', '600', speed=1), beside.start('--for', '600', speed=1)
        fcntl.fcntl(program.process.stderr.fileno(), 1031, 4096)  # F_SETPIPE_SZ: a log reader that stops is felt
        late, calm = lambda: program.log.of('measure.late'), lambda: other.log.of('measure.late')
        wait_for('the first window of each, which is of the start', lambda: late() and calm())
        pid = {r: role_pid(program.process.pid, r) for r in ('keeper', 'screen', 'measure')}
        seen, worst, queued = [1, 1], {}, waited_ms(pid['measure'])

        def after(what):
            """The windows since the last disturbance, of both devices; the last of them began after this one's end."""
            nonlocal queued
            now = len(late()), len(calm())
            wait_for('the windows of ' + what, lambda: len(late()) > now[0] + 1 and len(calm()) > now[1] + 1)
            for n, windows in enumerate((late(), calm())):
                worst.setdefault(what, []).append(max(l['n'] for l in windows[seen[n]:]))
                seen[n] = len(windows)
            worst[what].append(waited_ms(pid['measure']) - queued)
            queued += worst[what][-1]
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
        said = ['%s: a sample was %d ms late, undisturbed %d ms, measure was kept from running %d ms' % (what, *ms)
                for what, ms in worst.items()]
        for line, (ms, undisturbed, kept) in zip(said, worst.values()):
            check(ms <= max(undisturbed, kept) + MARGIN_MS, line)
        again = [l for l in program.log.of('role.restarted') if l.get('name') == 'measure']
        check(not again, 'measure was started again')
        print('# ' + '; '.join(said))


main([test_no_neighbour_makes_a_sample_late])
