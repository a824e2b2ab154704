#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-SEC-003: without a reachable, trusted cloud the device measures, keeps, says so, sends nothing unprotected.

Each outage is real: the cloud's process is gone, or another listener has its port. After each the true cloud returns
and everything must be delivered exactly once.
"""
import os

from harness import bench, check, main, wait_for
from defence import cloud_authority
from twins import Authority, Impostor, Portal


def measures_on(device):
    """Readings rise while the outage lasts, and the device does not claim to be synchronised."""
    first = wait_for('a first status', lambda: device.status() or None)
    then = wait_for('measuring to go on',
                    lambda: (lambda s: s if s['readings'] > first['readings'] + 60 else None)(device.status()))
    return then


def gets_nothing(listener):
    """The device tries once more, and all that the listener has is handshakes."""
    before = listener.finished
    wait_for('the device to have tried', lambda: listener.finished > before or listener.bytes)
    check(not listener.bytes, 'the impostor was given %d bytes: %r' % (len(listener.bytes), listener.bytes[:60]))


def outage(b, cloud, device, stand_in, note=None):
    """Run a device against `stand_in` (a listener on the cloud's port, or None), then against the true cloud."""
    port = cloud.ports['device']
    device.start('--for', '600')
    wait_for('the first acknowledgement', lambda: device.program.log.of('batch.acknowledged'))
    cloud.stop()
    listener = stand_in(port) if stand_in else None
    try:
        if listener:
            gets_nothing(listener)
        wait_for('NOT SYNCHRONISED', lambda: not device.status()['synchronised'])
        state = measures_on(device)
        check(not state['synchronised'], 'the device says SYNCHRONISED without a cloud')
        check(state['readings_held'] > 0 and state['oldest_held_age_ms'] > 0, 'nothing is said to be held: %r' % state)
        if note:
            wait_for('the screen to say ' + note, lambda: note in device.status()['notes'])
        acked_before = len(device.program.log.of('batch.acknowledged'))
        if listener:
            gets_nothing(listener)
        measures_on(device)
        check(len(device.program.log.of('batch.acknowledged')) == acked_before, 'acknowledged without a cloud')
    finally:
        if listener:
            listener.stop()
    cloud.serve(device_port=port)
    sealed = {(l['epoch'], l['seq']): l['digest'] for l in device.program.log.of('batch.sealed')}
    wait_for('everything to be delivered', lambda: set(sealed) <= {
        (l['epoch'], l['seq']) for l in device.program.log.of('batch.acknowledged')})
    device.program.process.terminate()
    device.program.wait()
    stored = [(r['epoch'], r['seq'], r['digest']) for r in cloud.lines('batches')]
    for (epoch, seq), digest in sealed.items():
        check(stored.count((epoch, seq, digest)) == 1, 'batch %s of the outage is stored %d times' % (
            seq, stored.count((epoch, seq, digest))))
    check(device.status() is not None, 'no status')


def test_cloud_that_is_gone_loses_nothing_and_is_said():
    with bench() as b:
        cloud = b.cloud()
        outage(b, cloud, b.device(cloud, 'gone'), None)


def test_captive_portal_gets_nothing_and_loses_nothing():
    with bench() as b:
        cloud = b.cloud()
        outage(b, cloud, b.device(cloud, 'portal'), Portal)


def test_server_of_another_authority_gets_nothing_and_loses_nothing():
    with bench() as b:
        cloud = b.cloud()
        other = Authority(os.path.join(b.folder, 'other')).server()
        outage(b, cloud, b.device(cloud, 'other'), lambda port: Impostor(other, port), note='not_trusted')


def test_server_with_a_wrong_name_gets_nothing_and_loses_nothing():
    with bench() as b:
        cloud = b.cloud()
        wrong = cloud_authority(b, cloud).server(name='elsewhere.holdfast.test')
        outage(b, cloud, b.device(cloud, 'name'), lambda port: Impostor(wrong, port), note='not_trusted')


def test_expired_server_is_refused_by_a_device_whose_clock_is_unset():
    """The bound is the build time: a certificate that ended before it is never taken, clock or no clock."""
    with bench() as b:
        cloud = b.cloud()
        old = cloud_authority(b, cloud).server(start='20200101000000Z', end='20200201000000Z')
        device = b.device(cloud, 'clock')
        port = cloud.ports['device']
        cloud.stop()
        impostor = Impostor(old, port)
        try:
            device.start('--for', '600')
            gets_nothing(impostor)
            state = measures_on(device)
            gets_nothing(impostor)
            check(not state['synchronised'], 'the device says SYNCHRONISED')
        finally:
            impostor.stop()
            device.stop()


main([
    test_cloud_that_is_gone_loses_nothing_and_is_said,
    test_captive_portal_gets_nothing_and_loses_nothing,
    test_server_of_another_authority_gets_nothing_and_loses_nothing,
    test_server_with_a_wrong_name_gets_nothing_and_loses_nothing,
    test_expired_server_is_refused_by_a_device_whose_clock_is_unset,
])
