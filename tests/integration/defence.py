# SPDX-License-Identifier: Apache-2.0
"""Set-up that several tests share: a cloud whose gate is taken, a stolen credential, what a device says of its batches."""
import hashlib
import os

from harness import BUILD, check, client_context, forge, pem, request, run, wait_for
from twins import Authority, HostileGate

FLEET = os.path.join(BUILD, 'tests', 'integration', 'fleet-enrol')


class Stolen:
    """A device's credential and envelopes in an attacker's hands (or a healthy device's, by the same means)."""

    def __init__(self, b, cloud, label, count=0):
        self.folder = os.path.join(b.folder, label)
        os.makedirs(self.folder)
        self.id, bundle = cloud.add_device(label, self.folder)
        run(FLEET, bundle, self.folder, str(count))
        self.cert = os.path.join(self.folder, 'tls.crt'), os.path.join(self.folder, 'tls.key')
        self.left = [open(os.path.join(self.folder, '%d.envelope' % i), 'rb').read() for i in range(count)]
        self.context = client_context(self.cert)

    def request(self, **how):
        return request(self.id, self.left.pop(), **how)


def cloud_authority(b, cloud):
    folder = os.path.join(cloud.root, 'var/lib/holdfast/offline')
    return Authority(os.path.join(b.folder, 'authority'), cert=os.path.join(folder, 'server-ca-active.pem'),
                     key=os.path.join(folder, 'server-ca-active.key.pem'))


def twin(b, label='twin'):
    """-> cloud, device, hostile gate that the device takes for the cloud (gate's own key and door)."""
    cloud = b.cloud()
    folder = os.path.join(cloud.root, 'var/lib/holdfast/gate')
    cert = os.path.join(b.folder, 'gate.pem')
    key = os.path.join(b.folder, 'gate.key.pem')
    open(cert, 'w').write(pem('CERTIFICATE', open(os.path.join(folder, 'tls.crt'), 'rb').read()))
    done = run('openssl', 'pkey', '-inform', 'DER', '-in', os.path.join(folder, 'tls.key'), '-out', key)
    check(done.returncode == 0, 'no gate key')
    gate = HostileGate(cloud, (cert, key))
    b.things.append(gate)
    cloud.ports['device'] = gate.port
    device = b.device(cloud, label)
    return cloud, device, gate


def honest_first(device, gate):
    device.start('--for', '600')
    wait_for('one honest batch end to end', lambda: device.program.log.of('batch.acknowledged'))
    check(gate.honest >= 1, 'the twin never spoke the protocol properly')


def acknowledged(device):
    return {(l['epoch'], l['seq']) for l in device.program.log.of('batch.acknowledged')}


def set_aside(device):
    return {(l['epoch'], l['seq']) for l in device.program.log.of('batch.set_aside')}


def forged_answer(device, nonce, envelope, *words, keys_of=None):
    """An answer to this transmission sealed with a device's own key, as only its store could seal it."""
    digest = hashlib.sha256(envelope).hexdigest()
    line = wait_for('the device to say what it sealed',
                    lambda: [l for l in device.program.log.of('batch.sealed') if l['digest'] == digest])[0]
    return forge(keys_of or device, 'answer', '--nonce', nonce.hex(), '--for', envelope.hex(), '--seq', line['seq'],
                 *words)
