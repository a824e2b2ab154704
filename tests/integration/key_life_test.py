#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Keys of a device from one generation to the next, and authorities from one set to the next, with real processes."""
import json
import os
import shutil
import signal
import subprocess

from harness import CLOUD, NAME, OXIMETER, Device, bench, check, main, role_pid, run, wait_for


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


def test_renewal_that_the_disk_does_not_let_end_is_ended_later_by_a_device_that_goes_on():
    """Courier's new certificate is there and its new key cannot take its place: no start of the device is needed for it."""
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'stuck')
        key = os.path.join(device.root, 'var/lib/holdfast/courier/tls.key')
        os.rename(key, key.replace('tls.key', 'tls.next.key'))
        os.mkdir(key)
        device.start()
        wait_for('the cause to be told', lambda: [l for l in device.program.log.of('key.file') if l.get('role') == 'courier'])
        before = device.status()['readings']
        wait_for('readings to come', lambda: device.status()['readings'] > before)
        check(not cloud.lines('batches'), 'it sent with half a pair')
        os.rmdir(key)
        wait_for('what it held to be stored', lambda: cloud.lines('batches'))
        check(os.path.isfile(key) and not device.program.ended(), 'no key, or the device has ended')


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


def openssl(*words, stdin=None):
    done = subprocess.run(['openssl', *words], input=stdin, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError('openssl %s: %s' % (words[0], done.stderr.decode()))
    return done.stdout


class Authorities:
    """The administrator, with the keys that init wrote to be kept off the machine, and one authority more."""

    def __init__(self, cloud):
        self.cloud, self.offline = cloud, os.path.join(cloud.root, 'var/lib/holdfast/offline')
        openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30',
                '-subj', '/CN=third', '-keyout', self.key('third'), '-out', self.cert('third'),
                '-addext', 'basicConstraints=critical,CA:TRUE,pathlen:0', '-addext', 'keyUsage=critical,keyCertSign')

    def key(self, name):
        return os.path.join(self.offline, 'server-ca-%s.key.pem' % name)

    def cert(self, name):
        return os.path.join(self.offline, 'server-ca-%s.pem' % name)

    def serve_under(self, name):
        """The same cloud, at the same port, with a certificate of that authority."""
        port = self.cloud.ports['device']
        self.cloud.stop()
        for role in ('gate', 'enrol'):
            self.certify(os.path.join(self.cloud.root, 'var/lib/holdfast', role), name)
        self.cloud.serve(device_port=port)

    def certify(self, folder, name):
        extensions = os.path.join(self.offline, 'extensions')
        open(extensions, 'w').write('basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n'
                                    'extendedKeyUsage=critical,serverAuth\nsubjectAltName=DNS:%s\n' % NAME)
        request = openssl('req', '-new', '-keyform', 'DER', '-key', os.path.join(folder, 'tls.key'), '-subj', '/CN=server')
        der = openssl('x509', '-req', '-CA', self.cert(name), '-CAkey', self.key(name), '-days', '30',
                      '-extfile', extensions, '-outform', 'DER', stdin=request)
        path = os.path.join(folder, 'tls.crt')
        had = os.stat(path)
        os.unlink(path)
        open(path, 'wb').write(der)
        os.chmod(path, had.st_mode & 0o777)
        if os.geteuid() == 0:
            os.chown(path, had.st_uid, had.st_gid)

    def set_of(self, version, first, second, key='pins.key', code=0):
        path = os.path.join(self.offline, 'set-%d-%s' % (version, key))
        self.cloud_pins('make', path, '--set-version', str(version), '--key', os.path.join(self.offline, key),
                        '--active', self.cert(first), '--backup', self.cert(second), code=code)
        return path

    def cloud_pins(self, *words, code=0):
        return run(CLOUD, 'pins', *words, code=code)


def run_two(device, cloud):
    before = len(cloud.lines('batches'))
    device.start('--batches', '2', '--once')
    code = device.program.wait()
    check(code == 0, 'the device ended with %d: %s' % (code, device.program.log.tail()))
    return len(cloud.lines('batches')) - before


def gets_nothing(device, cloud, authorities, name, what):
    """Who serves under the key of that authority, which may be stolen."""
    authorities.serve_under(name)
    before = len(cloud.lines('batches'))
    device.start('--batches', '2')
    wait_for('the refusal', lambda: device.program.log.of('server.not_trusted'))
    device.stop()
    got = len(cloud.lines('batches')) - before
    check(got == 0, '%d batches went to an authority that %s' % (got, what))


def test_devices_go_on_when_only_the_backup_authority_serves():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'backup')
        check(run_two(device, cloud) >= 2, 'nothing under the active authority')
        authorities = Authorities(cloud)
        authorities.serve_under('backup')
        check(run_two(device, cloud) >= 2, 'nothing under the backup authority')
        gets_nothing(device, cloud, authorities, 'third', 'is not pinned')  # nobody told the device of it


def test_pin_set_takes_an_authority_out_once_the_new_set_was_seen_to_serve():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'rotated')
        authorities = Authorities(cloud)
        one = authorities.set_of(1, 'backup', 'third')
        cloud.verb('pins', 'publish', one)
        cloud.verb('pins', 'publish', one, code=1)  # not later
        device.start('--batches', '60')
        # The active authority serves still: the set is on trial, the old one stays, and batches go on.
        wait_for('the trial', lambda: device.program.log.of('pins.trial'))
        before = len(cloud.lines('batches'))
        wait_for('batches under the old set', lambda: len(cloud.lines('batches')) > before + 1)
        check(not device.program.log.of('pins.in_force'), 'a set is in force that never served')
        authorities.serve_under('backup')
        wait_for('the new set', lambda: device.program.log.of('pins.in_force'))
        device.stop()
        check(run_two(device, cloud) >= 2, 'nothing under the new set')
        gets_nothing(device, cloud, authorities, 'active', 'was taken out')
        authorities.serve_under('third')
        check(run_two(device, cloud) >= 2, 'the second pin of the set does not serve')


def test_device_that_enrols_after_a_rotation_trusts_the_new_authorities_alone():
    with bench() as b:
        cloud = b.cloud()
        authorities = Authorities(cloud)
        cloud.verb('pins', 'publish', authorities.set_of(1, 'active', 'third'))
        cloud.verb('pins', 'publish', authorities.set_of(2, 'third', 'backup'))
        authorities.serve_under('third')
        device = b.device(cloud, 'late')
        check(run_two(device, cloud) >= 2, 'nothing under the authority of the new set')
        gets_nothing(device, cloud, authorities, 'active', 'was taken out before it enrolled')


def test_pin_sets_of_another_signer_are_handed_out_by_nobody():
    with bench() as b:
        cloud = b.cloud()
        authorities = Authorities(cloud)
        path = authorities.set_of(1, 'backup', 'third', key='service.key')
        cloud.verb('pins', 'publish', path, code=1)
        authorities.set_of(2, 'backup', 'backup', code=2)  # one pin, twice
        check('pins.published' not in codes(cloud), 'published')


def test_pin_sets_that_devices_could_not_rely_on_are_not_made():
    with bench() as b:
        cloud = b.cloud()
        authorities = Authorities(cloud)
        openssl('req', '-x509', '-new', '-days', '30', '-subj', '/CN=twin', '-key', authorities.key('active'),
                '-out', authorities.cert('twin'), '-addext', 'basicConstraints=critical,CA:TRUE,pathlen:0',
                '-addext', 'keyUsage=critical,keyCertSign')
        gate = open(os.path.join(cloud.root, 'var/lib/holdfast/gate/tls.crt'), 'rb').read()
        open(authorities.cert('leaf'), 'wb').write(openssl('x509', '-inform', 'DER', stdin=gate))
        for first, second in (('active', 'twin'), ('leaf', 'backup'), ('backup', 'leaf')):
            path = authorities.set_of(1, first, second, code=2)
            check(not os.path.exists(path), 'a set of %s and %s' % (first, second))
        authorities.set_of(1, 'twin', 'backup')  # another certificate over a key is fine while that key is there once


def test_device_that_is_revoked_and_enrolled_anew_says_what_it_held_is_lost_and_goes_on():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'before')
        device.start()
        wait_for('a first batch', lambda: cloud.lines('batches'))
        port = cloud.ports['device']
        cloud.stop()
        wait_for('batches that wait', lambda: device.status()['batches_held'] >= 2)
        device.stop()
        cloud.serve(device_port=port)
        cloud.verb('device', 'revoke', device.id)
        device.id, bundle = cloud.add_device('after', b.folder)
        run(OXIMETER, 'enrol', bundle, '--root', device.root)
        device.start()
        wait_for('all that is held to be stored', lambda: device.status()['synchronised'])
        log = device.program.log
        device.stop()
        said = log.of('batch.foreign')
        check(len(said) == 1 and said[0]['n'] > 0, 'told %r' % said)
        row = row_of(cloud, device)
        check(row['lost'] == said[0]['n'], '%d lost at the cloud, %d at the device' % (row['lost'], said[0]['n']))
        check(not log.of('server.refused'), 'offered to who cannot take it: ' + log.tail())


def test_decommissioned_device_gives_up_its_keys_and_its_receipt_is_here():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'ended')
        var = os.path.join(device.root, 'var/lib/holdfast')
        device.start('--batches', '4000')
        wait_for('a first batch', lambda: cloud.lines('batches'))
        copy = os.path.join(b.folder, 'copy')  # its flash as it was, keys and all
        subprocess.run(['cp', '-a', device.root, copy], check=True)
        cloud.verb('device', 'decommission', device.id)
        cloud.verb('device', 'decommission', device.id, code=1)  # told already
        wait_for('the receipt', lambda: 'device.ended' in codes(cloud))
        wait_for('both keys to go', lambda: len(device.program.log.of('key.erased')) >= 2)
        seen = device.status()
        check('decommissioned' in seen['notes'], 'the screen does not say it: %r' % seen['notes'])
        all_stored(cloud, device)
        device.stop()
        left = [f for f in ('keeper/identity', 'keeper/wrap.key', 'keeper/renewal', 'keeper/enrolment', 'courier/tls.key',
                            'courier/tls.next.key', 'courier/tls.crt') if os.path.exists(os.path.join(var, f))]
        check(not left, 'left on the device: %s' % ', '.join(left))
        journal = open(os.path.join(var, 'keeper/journal'), 'rb').read()
        check(journal.count(b'\xff') == len(journal), '%d bytes of the journal are left' % (len(journal) - journal.count(b'\xff')))
        receipt = json.loads(cloud.verb('device', 'receipt', device.id, '--json').stdout)
        kept = open(os.path.join(var, 'keeper/receipt'), 'rb').read()
        check(receipt['envelope'] == kept.hex(), 'another receipt than the one that the device keeps')
        check(receipt['readings_gone'] == 0, '%r readings went with the keys' % receipt['readings_gone'])
        check(row_of(cloud, device)['state'] == 'revoked', 'its row says %s' % row_of(cloud, device)['state'])
        # No key of it is left at the cloud either: what a copy of the journal holds opens for nobody.
        keys = os.path.join(cloud.root, 'var/lib/holdfast/keys')
        raw = device.id.replace('-', '')
        wait_for('the tombstone', lambda: any(raw in f for f in os.listdir(os.path.join(keys, 'tombstone'))))
        left = [k for k in ('invite', 'master', 'pending') if any(raw in f for f in os.listdir(os.path.join(keys, k)))]
        check(not left, 'left at the cloud: %s' % ', '.join(left))
        # It stays so after a start, and a copy from before gets nothing by it.
        stored = len(cloud.lines('batches'))
        device.start('--batches', '2')
        wait_for('its state', lambda: 'decommissioned' in device.status().get('notes', []))
        device.stop()
        thief = Device(copy)
        b.things.append(thief)
        thief.start('--batches', '2')
        wait_for('the refusal', lambda: thief.program.log.of('server.refused', 'link.down', 'server.not_trusted'))
        thief.stop()
        got = len(cloud.lines('batches')) - stored
        check(got == 0, '%d batches of a device that has ended' % got)
        cloud.verb('device', 'renew', device.id, code=1)


main([test_device_renews_its_keys_while_it_runs_and_loses_no_reading,
      test_renewal_goes_on_after_every_role_was_killed_in_the_midst_of_it,
      test_renewal_that_the_disk_does_not_let_end_is_ended_later_by_a_device_that_goes_on,
      test_copy_of_a_device_from_before_its_renewal_is_refused_and_named,
      test_devices_go_on_when_only_the_backup_authority_serves,
      test_pin_set_takes_an_authority_out_once_the_new_set_was_seen_to_serve,
      test_device_that_enrols_after_a_rotation_trusts_the_new_authorities_alone,
      test_pin_sets_of_another_signer_are_handed_out_by_nobody,
      test_pin_sets_that_devices_could_not_rely_on_are_not_made,
      test_device_that_is_revoked_and_enrolled_anew_says_what_it_held_is_lost_and_goes_on,
      test_decommissioned_device_gives_up_its_keys_and_its_receipt_is_here])
