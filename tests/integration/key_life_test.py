#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Keys of a device from one generation to the next, with real processes."""
import os
import shutil
import signal

from harness import Device, bench, check, main, role_pid, wait_for


def row_of(cloud, device):
    return next(d for d in cloud.lines('devices') if d['device'] == device.id)


def codes(cloud):
    return [e['code'] for e in cloud.events()]


def files_of(device):
    """What renewal changes, as bytes."""
    var = os.path.join(device.root, 'var/lib/holdfast')
    return {f: open(os.path.join(var, f), 'rb').read() for f in ('keeper/identity', 'courier/tls.key', 'courier/tls.crt')}


def all_stored(cloud, device):
    """Every batch that the device sealed is stored once, as it was sealed."""
    log = device.program.log
    sealed = {(l['epoch'], l['seq']): l['digest'] for l in log.of('batch.sealed')}
    stored = {(r['epoch'], r['seq']): r['digest'] for r in cloud.lines('batches')}
    check(sealed and stored == sealed, 'sealed %d, stored %d' % (len(sealed), len(stored)))
    return {epoch for epoch, _ in sealed}


def test_device_renews_its_keys_while_it_runs_and_loses_no_reading():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'renewed')
        before = files_of(device)
        device.start('--batches', '40', '--once')
        wait_for('a first batch', lambda: cloud.lines('batches'))
        cloud.verb('device', 'renew', device.id)
        cloud.verb('device', 'renew', device.id, code=1)  # asked already
        code = device.program.wait()
        check(code == 0, 'the device ended with %d: %s' % (code, device.program.log.tail()))
        epochs = all_stored(cloud, device)
        check(len(epochs) == 2, '%d epochs: the new keys were not taken into use' % len(epochs))
        row = row_of(cloud, device)
        check(row['generation'] == 2 and not row['renewal_wanted'] and row['lost'] == 0, 'row %r' % row)
        check(not row['clone_suspected'], 'an honest renewal is called a clone')
        after = files_of(device)
        same = [f for f in before if before[f] == after[f]]
        check(not same, 'not renewed: %s' % ', '.join(same))
        seen = codes(cloud)
        for code in ('renew.asked', 'renew.agreed', 'renew.used'):
            check(seen.count(code) == 1, '%d events %s' % (seen.count(code), code))
        left = [f for f in os.listdir(os.path.join(device.root, 'var/lib/holdfast/courier')) if 'next' in f]
        check(not left, 'left behind: %s' % left)
        # and the new pair serves at the next start too
        device.start('--batches', '2', '--once')
        check(device.program.wait() == 0, 'after a restart: ' + device.program.log.tail())


def test_renewal_goes_on_after_every_role_was_killed_in_the_midst_of_it():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'killed')
        device.start('--batches', '80', '--once')
        wait_for('a first batch', lambda: cloud.lines('batches'))
        cloud.verb('device', 'renew', device.id)
        for role in ('keeper', 'courier', 'keeper', 'keeper', 'courier'):
            if row_of(cloud, device)['generation'] == 2:
                break
            before = len(cloud.lines('batches'))
            pid = wait_for(role, lambda: role_pid(device.program.process.pid, role))
            os.kill(pid, signal.SIGKILL)
            wait_for('more batches', lambda: len(cloud.lines('batches')) > before or device.program.ended())
        wait_for('the new keys', lambda: row_of(cloud, device)['generation'] == 2 or device.program.ended())
        code = device.program.wait()
        row = row_of(cloud, device)
        check(row['generation'] == 2, 'generation %d: %s' % (row['generation'], device.program.log.tail()))
        check(row['lost'] == 0 and not row['clone_suspected'], 'row %r' % row)
        all_stored(cloud, device)
        check(code in (0, 1), 'the device ended with %d' % code)  # 1: the counts of a keeper that was killed are gone


def test_copy_of_a_device_from_before_its_renewal_is_refused_and_named():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'original')
        copy = os.path.join(b.folder, 'copy')
        shutil.copytree(device.root, copy)
        if os.geteuid() == 0:
            for folder, folders, files in os.walk(device.root):
                for name in folders + files:
                    at = os.path.join(folder, name)
                    st = os.stat(at)
                    os.chown(at.replace(device.root, copy, 1), st.st_uid, st.st_gid)
        device.start('--batches', '10', '--once')
        wait_for('a first batch', lambda: cloud.lines('batches'))
        cloud.verb('device', 'renew', device.id)
        check(device.program.wait() == 0, 'the device: ' + device.program.log.tail())
        if row_of(cloud, device)['generation'] == 1:  # it was through before the answer came
            device.start('--batches', '10', '--once')
            check(device.program.wait() == 0, 'the device: ' + device.program.log.tail())
        check(row_of(cloud, device)['generation'] == 2, 'not renewed')
        stored = len(cloud.lines('batches'))
        thief = Device(copy)
        b.things.append(thief)
        thief.start('--batches', '2')
        wait_for('the refusal', lambda: 'key.closed' in codes(cloud))
        thief.stop()
        got = len(cloud.lines('batches')) - stored
        check(got == 0, '%d batches under keys that were closed' % got)
        device.start('--batches', '2', '--once')
        check(device.program.wait() == 0, 'the owner is shut out: ' + device.program.log.tail())


main([test_device_renews_its_keys_while_it_runs_and_loses_no_reading,
      test_renewal_goes_on_after_every_role_was_killed_in_the_midst_of_it,
      test_copy_of_a_device_from_before_its_renewal_is_refused_and_named])
