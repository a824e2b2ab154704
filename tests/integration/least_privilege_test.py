#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-SEC-001, HF-SEC-006: a device's credential reaches that device's own endpoint and nothing else.

The attacker has taken courier of device A: its TLS key, a live connection, and captured envelopes of B.
"""
import contextlib
import os
import threading
import time
import uuid

from harness import PATIENCE_S, Raw, bench, check, client_context, courier_files, forge, main, request, wait_for
from defence import Stolen


def two_devices(b):
    cloud = b.cloud()
    a, other = b.device(cloud, 'alpha'), b.device(cloud, 'bravo')
    return cloud, a, other, client_context(courier_files(a))


def new_events(cloud, before):
    return [e for e in cloud.events() if e not in before]


def test_every_path_and_method_of_another_device_is_403_with_one_body():
    with bench() as b:
        cloud, a, other, context = two_devices(b)
        absent = str(uuid.uuid4())
        envelope = forge(a, 'batch')
        before, seen = cloud.counts(), set()
        events = cloud.json('status')['events']
        asked = 0
        for device_id in (other.id, absent):
            for tail in ('/batches', '/config', '/commands', '/time', '/fw', ''):
                for method in ('GET', 'POST', 'PUT', 'DELETE', 'PATCH'):
                    raw = Raw(cloud.ports['device'], context)
                    raw.send(request(device_id, envelope, method=method, path='/v1/d/' + device_id + tail))
                    status, headers, body = raw.answer()
                    raw.close()
                    asked += 1
                    seen.add((status, body))
                    check(status == 403, '%s %s of %s answered %d' % (
                        method, tail, 'an existing device' if device_id == other.id else 'no device', status))
        check(len(seen) == 1, 'bodies tell existing from absent: %r' % seen)
        after = cloud.counts()
        check(after == before, "device A's credential wrote: rows %r became %r" % (before, after))
        got = wait_for('one security event for each refusal',
                       lambda: cloud.json('status')['events'] >= events + asked and cloud.json('status')['events'])
        check(got == events + asked, '%d refusals made %d events' % (asked, got - events))


def test_path_of_another_device_is_refused_before_its_body():
    """gate judges by the path, with no byte of the body taken in and nothing asked of store."""
    with bench() as b:
        cloud, a, other, context = two_devices(b)
        raw = Raw(cloud.ports['device'], context)
        raw.send(request(other.id, b'x' * 900)[:-900])
        status = raw.answer()[0]  # 408 after a while from a gate that waits
        check(status == 403, "B's path was open to A: gate waits for the body (HTTP %d)" % status)
        codes = [e['code'] for e in cloud.events()]
        check(codes.count('authz.path') == 1, 'events say %r' % codes)


def test_own_envelope_on_another_devices_path_is_refused():
    with bench() as b:
        cloud, a, other, context = two_devices(b)
        before = cloud.counts()
        raw = Raw(cloud.ports['device'], context)
        raw.send(request(other.id, forge(a, 'batch')))
        status, _, _ = raw.answer()
        after = cloud.counts()
        check(after == before and status == 403,
              "A's credential was let in at B's path: HTTP %d, rows %r became %r" % (status, before, after))


def test_captured_envelope_of_another_device_is_refused_on_own_path():
    with bench() as b:
        cloud, a, other, context = two_devices(b)
        captured = forge(other, 'batch')
        before = cloud.counts()
        raw = Raw(cloud.ports['device'], context)
        raw.send(request(a.id, captured))
        status, _, _ = raw.answer()
        after = cloud.counts()
        check(after == before and status == 403,
              "B's batch came in by A's connection: HTTP %d, rows %r became %r" % (status, before, after))
        codes = [e['code'] for e in cloud.events()]
        check(codes.count('authz.peer') == 1, 'events say %r' % codes)


def test_envelope_that_names_another_device_under_own_key_does_not_open():
    with bench() as b:
        cloud, a, other, context = two_devices(b)
        lie = forge(a, 'batch', '--device', other.id)
        before = cloud.counts()
        for path_of in (a, other):
            raw = Raw(cloud.ports['device'], context)
            raw.send(request(path_of.id, lie))
            status, _, _ = raw.answer()
            check(status in (401, 403), "a batch in B's name under A's key: HTTP %d" % status)
        check(cloud.counts() == before, 'rows changed: %r' % cloud.counts())


def test_device_that_is_revoked_is_refused_at_once():
    with bench() as b:
        cloud, a, other, context = two_devices(b)
        raw = Raw(cloud.ports['device'], context)
        raw.send(request(a.id, forge(a, 'batch')))
        check(raw.answer()[0] == 200, 'the honest batch before was not stored')
        raw.close()
        cloud.verb('device', 'revoke', a.id)
        before = cloud.counts()
        status = 0
        try:
            late = Raw(cloud.ports['device'], context)
            late.send(request(a.id, forge(a, 'batch')))
            status, _, _ = late.answer()
        except OSError:
            pass
        check(cloud.counts() == before, 'a revoked device stored: HTTP %d, rows %r' % (status, cloud.counts()))
        check(status != 200, 'a revoked device was answered 200')


def test_open_connection_of_a_revoked_device_closes_within_a_second():
    with bench() as b:
        cloud, a, other, context = two_devices(b)
        raw = Raw(cloud.ports['device'], context)
        raw.send(request(a.id, forge(a, 'batch')))
        began = time.monotonic()
        check(raw.answer()[0] == 200, 'the honest batch before was not stored')
        calm = time.monotonic() - began
        cloud.verb('device', 'revoke', a.id)
        began, bound = time.monotonic(), 1.2 + 10 * calm
        raw.tls.settimeout(bound + 3)
        try:
            left = raw.tls.recv(1)
        except OSError:
            left = b'timeout'
        took = time.monotonic() - began
        check(left in (b'',) and took < bound, 'still open %.1f s after the revocation, a batch took %.2f s' % (took, calm))


def test_no_row_is_committed_after_the_revocation():
    with bench() as b:
        cloud = b.cloud()
        a = Stolen(b, cloud, 'alpha', 1600)
        got, cut = [], []  # the status of each batch; who was turned away

        def post():
            with contextlib.suppress(IndexError):  # none left
                try:
                    raw = Raw(cloud.ports['device'], a.context)
                    while True:
                        raw.send(a.request())
                        got.append(raw.answer()[0])
                        if got[-1] != 200:
                            break
                except OSError:
                    pass
                cut.append(True)
        threads = [threading.Thread(target=post, daemon=True) for _ in range(8)]
        for t in threads:
            t.start()
        wait_for('batches to be taken', lambda: got.count(200) > 16)
        cloud.verb('device', 'revoke', a.id)
        at_revoke = cloud.counts()['batches']
        for t in threads:
            t.join(PATIENCE_S)
        check(a.left and len(cut) == 8, 'all batches were gone before the revocation: it met none under way')
        after = cloud.counts()['batches']
        check(after == at_revoke, '%d batches were committed after the revocation' % (after - at_revoke))


main([
    test_every_path_and_method_of_another_device_is_403_with_one_body,
    test_path_of_another_device_is_refused_before_its_body,
    test_own_envelope_on_another_devices_path_is_refused,
    test_captured_envelope_of_another_device_is_refused_on_own_path,
    test_envelope_that_names_another_device_under_own_key_does_not_open,
    test_device_that_is_revoked_is_refused_at_once,
    test_open_connection_of_a_revoked_device_closes_within_a_second,
    test_no_row_is_committed_after_the_revocation,
])
