#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-SEC-002, HF-SEC-005: two layers, each shown to be needed; hostile twins run the table of lies.

First half: each control of the outer layer, attacked alone. Second half: the network side is taken (gate's key,
gate's door to store), and still no reading is lost, believed stored when it is not, read, or forged.
"""
import os
import ssl

from harness import Raw, bench, check, client_context, courier_files, forge, main, request, wait_for
from defence import acknowledged, cloud_authority, forged_answer, honest_first, set_aside, twin
from twins import Authority, Impostor


def device_meets(b, make_listener, label='victim'):
    """A fresh device whose cloud's place is taken by a listener; -> (listener, device) after some tries."""
    cloud = b.cloud()
    device = b.device(cloud, label)
    port = cloud.ports['device']
    authority = cloud_authority(b, cloud)
    cloud.stop()
    listener = make_listener(authority, port)
    b.things.append(listener)
    device.start('--for', '600')
    wait_for('two tries', lambda: listener.finished >= 2 or listener.bytes)
    return listener, device


def test_server_of_another_authority_is_given_no_byte():
    with bench() as b:
        other = Authority(os.path.join(b.folder, 'other')).server()
        impostor, _ = device_meets(b, lambda authority, port: Impostor(other, port))
        check(not impostor.bytes, 'an impostor was given %d bytes: %r' % (len(impostor.bytes), impostor.bytes[:50]))


def test_server_with_another_name_is_given_no_byte():
    with bench() as b:
        impostor, _ = device_meets(b, lambda authority, port: Impostor(
            authority.server(name='other.holdfast.test'), port))
        check(not impostor.bytes, 'a server of another name was given %d bytes' % len(impostor.bytes))


def test_device_certificate_cannot_pose_as_server():
    with bench() as b:
        impostor, _ = device_meets(b, lambda authority, port: Impostor(
            authority.server(usage='clientAuth'), port))
        check(not impostor.bytes, 'a clientAuth certificate was taken for a server: %d bytes' % len(impostor.bytes))


def test_server_that_speaks_only_tls_1_2_is_given_no_byte():
    with bench() as b:
        impostor, _ = device_meets(b, lambda authority, port: Impostor(
            authority.server(), port, least=ssl.TLSVersion.TLSv1_2, most=ssl.TLSVersion.TLSv1_2))
        check(not impostor.bytes, 'TLS 1.2 carried %d bytes' % len(impostor.bytes))


def answered(port, context, data):
    """HTTP status that a client gets, 0 if none."""
    try:
        raw = Raw(port, context)
        raw.send(data)
        return raw.answer()[0]
    except (OSError, ssl.SSLError):
        return 0


def test_client_without_certificate_is_not_answered():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'nocert')
        status = answered(cloud.ports['device'], client_context(), request(device.id, forge(device, 'batch')))
        check(status == 0, 'a client without a certificate was answered HTTP %d' % status)


def test_client_of_another_authority_is_not_answered():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'otherca')
        forged = Authority(os.path.join(b.folder, 'rogue')).server(usage='clientAuth', san='URI:urn:uuid:' + device.id)
        status = answered(cloud.ports['device'], client_context(forged), request(device.id, forge(device, 'batch')))
        check(status == 0, 'a certificate of a rogue authority was answered HTTP %d' % status)


def test_client_that_offers_only_tls_1_2_is_not_answered():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'old')
        context = client_context(courier_files(device), least=ssl.TLSVersion.TLSv1_2, most=ssl.TLSVersion.TLSv1_2)
        status = answered(cloud.ports['device'], context, request(device.id, forge(device, 'batch')))
        check(status == 0, 'TLS 1.2 was answered HTTP %d' % status)


def test_batch_changed_in_flight_is_refused():
    """courier is taken: its TLS key is the attacker's, the seal key is not."""
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'flip')
        context = client_context(courier_files(device))
        envelope = forge(device, 'batch')
        for at in list(range(len(envelope) - 60, len(envelope), 3)) + [len(envelope) // 2]:
            changed = bytearray(envelope)
            changed[at] ^= 1
            raw = Raw(cloud.ports['device'], context)
            raw.send(request(device.id, bytes(changed)))
            status = raw.answer()[0]
            raw.close()
            check(status == 401, 'byte %d changed in flight: HTTP %d, stored %d batches' % (
                at, status, cloud.counts()['batches']))
        check(cloud.counts()['batches'] == 0, 'a changed batch was stored')


def lie_and_settle(cloud, device, gate, lie, count=6):
    """Run one lie for some exchanges; nothing may move; then the truth again, of which the next batch is the proof."""
    device_state = cloud.lines('devices')
    gate.lies, before = 0, acknowledged(device)
    aside = set_aside(device)
    gate.lie = lie
    wait_for('the lie to be told', lambda: gate.lies > count)  # by the next, the device has judged the last
    stored = {(r['epoch'], r['seq']) for r in cloud.lines('batches')}
    moved = acknowledged(device) - before - stored
    check(not moved, 'batches that the store never had are marked acknowledged: %r' % sorted(moved))
    check(set_aside(device) == aside, 'the lie set batches aside: %r' % (set_aside(device) - aside))
    check([d['state'] for d in cloud.lines('devices')] == [d['state'] for d in device_state],
          'the lie changed a device state')
    before, gate.lie = acknowledged(device), None
    wait_for('the truth to be believed again', lambda: acknowledged(device) - before)


def everything_arrives(cloud, device, gate):
    sealed = {(l['epoch'], l['seq']): l['digest'] for l in device.program.log.of('batch.sealed')}
    wait_for('everything sealed to be acknowledged', lambda: set(sealed) <= acknowledged(device))
    stored = {(r['epoch'], r['seq']): r['digest'] for r in cloud.lines('batches')}
    lost = [k for k, d in sealed.items() if stored.get(k) != d]
    check(not lost, 'readings lost: batches %r' % lost)


def test_no_http_status_moves_the_journal():
    """Every status with every kind of body, none of them a sealed answer to this transmission."""
    with bench() as b:
        cloud, device, gate = twin(b)
        honest_first(device, gate)
        bodies = [b'', b'<html>ok</html>', b'{"ok":true}', os.urandom(120)]
        for status in (200, 201, 204, 400, 401, 403, 409, 413, 422, 429, 500, 503):
            n = [0]

            def lie(g, d, nonce, envelope):
                n[0] += 1
                return status, bodies[n[0] % len(bodies)]
            lie_and_settle(cloud, device, gate, lie, count=2)
        everything_arrives(cloud, device, gate)


def test_old_answer_replayed_is_not_believed():
    with bench() as b:
        cloud, device, gate = twin(b)
        honest_first(device, gate)
        old = gate.answers[0]
        lie_and_settle(cloud, device, gate, lambda g, d, nonce, envelope: (200, old))
        everything_arrives(cloud, device, gate)


def test_answer_held_back_longer_than_a_nonce_lives_does_not_count():
    """gate takes the answer, stores nothing for the device, and gives it to a later transmission of the same batch."""
    with bench() as b:
        cloud, device, gate = twin(b)
        honest_first(device, gate)
        held = {}

        def lie(g, d, nonce, envelope):
            if envelope not in held:
                held[envelope] = g.store.ingest(d, d, nonce, envelope)
                return None  # the device hears nothing and offers the same bytes again
            return held[envelope]
        gate.lies, gate.lie = 0, lie
        wait_for('the lie to be told', lambda: gate.lies > 8)
        moved = [l for l in device.program.log.of('batch.acknowledged') if l['digest'] not in gate.told]
        check(not moved, 'an answer to another transmission was believed for %d batches' % len(moved))
        gate.lie = None
        everything_arrives(cloud, device, gate)


def test_answer_with_another_digest_moves_nothing():
    """Sealed with the right key, for the right nonce, naming another digest: what a faulty store could say."""
    with bench() as b:
        cloud, device, gate = twin(b)
        honest_first(device, gate)

        def lie(g, d, nonce, envelope):
            return 200, forged_answer(device, nonce, envelope, '--digest', '00' * 32)
        lie_and_settle(cloud, device, gate, lie)
        everything_arrives(cloud, device, gate)


def test_answer_of_another_device_moves_nothing():
    with bench() as b:
        cloud, device, gate = twin(b)
        other = b.device(cloud, 'other')
        honest_first(device, gate)

        def lie(g, d, nonce, envelope):
            return 200, forged_answer(device, nonce, envelope, keys_of=other)
        lie_and_settle(cloud, device, gate, lie)
        everything_arrives(cloud, device, gate)


def test_taken_gate_sees_no_plaintext_and_no_key():
    with bench() as b:
        cloud, device, gate = twin(b)
        honest_first(device, gate)
        wait_for('some batches', lambda: len(gate.envelopes) >= 4)
        keys = bytes.fromhex(forge(device, 'keys').decode().strip())
        for secret in (keys[:32], keys[32:]):
            check(secret not in gate.bytes, 'a device key passed the gate')
        # Every batch names its algorithm in the clear inside: eight letters that chance does not write.
        check(b'ENG-FNG1' not in gate.bytes, 'plaintext of a batch passed the gate')


def test_taken_gate_cannot_store_a_batch_of_its_own():
    with bench() as b:
        cloud, device, gate = twin(b)
        honest_first(device, gate)
        before = cloud.counts()['batches']
        d = bytes.fromhex(device.id.replace('-', ''))
        real = gate.envelopes[0]
        for lie in (os.urandom(200), real[:-1], real + b'\0', real[:60] + os.urandom(len(real) - 60)):
            status, _ = gate.store.ingest(d, d, os.urandom(16), lie)
            check(status not in (200, 409), 'store took bytes that gate made: HTTP %d' % status)
        device.stop()
        after = cloud.counts()
        check(after['quarantined'] == 0, 'a taken gate filled the quarantine')
        check(after['batches'] >= before, 'rows vanished')
        check([r['clone_suspected'] for r in cloud.lines('devices')] == [False], 'a taken gate raised a clone alarm')


main([
    test_server_of_another_authority_is_given_no_byte,
    test_server_with_another_name_is_given_no_byte,
    test_device_certificate_cannot_pose_as_server,
    test_server_that_speaks_only_tls_1_2_is_given_no_byte,
    test_client_without_certificate_is_not_answered,
    test_client_of_another_authority_is_not_answered,
    test_client_that_offers_only_tls_1_2_is_not_answered,
    test_batch_changed_in_flight_is_refused,
    test_no_http_status_moves_the_journal,
    test_old_answer_replayed_is_not_believed,
    test_answer_held_back_longer_than_a_nonce_lives_does_not_count,
    test_answer_with_another_digest_moves_nothing,
    test_answer_of_another_device_moves_nothing,
    test_taken_gate_sees_no_plaintext_and_no_key,
    test_taken_gate_cannot_store_a_batch_of_its_own,
])
