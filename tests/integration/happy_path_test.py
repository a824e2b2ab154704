#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One reading from finger to page: what must work before any control is worth a test."""
from harness import bench, check, main


def test_every_reading_of_a_run_is_acknowledged_and_stored_once():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'happy')
        device.start('--batches', '4', '--once', sensor='sim:normal')
        code = device.program.wait()
        log = device.program.log
        check(code == 0, 'the device ended with %d: %s' % (code, log.tail()))
        sealed = {(l['epoch'], l['seq']): l['digest'] for l in log.of('batch.sealed')}
        acked = {(l['epoch'], l['seq']): l['digest'] for l in log.of('batch.acknowledged')}
        stored = {(r['epoch'], r['seq']): r['digest'] for r in cloud.lines('batches')}
        check(len(sealed) >= 4, 'sealed only %d batches' % len(sealed))
        check(acked == sealed, 'sealed %d, acknowledged %d' % (len(sealed), len(acked)))
        check(stored == sealed, 'sealed %d, stored %d' % (len(sealed), len(stored)))


main([test_every_reading_of_a_run_is_acknowledged_and_stored_once])
