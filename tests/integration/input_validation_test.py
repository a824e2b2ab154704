#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-SEC-004: what does not satisfy holdfast.cddl is refused, logged with a reason code, and changes nothing.

The attacker has everything but the rules: a forked firmware with valid keys seals the impossible; a faulty store
seals answers and configurations that the schema forbids.
"""
import os

from harness import Raw, bench, check, client_context, courier_files, forge, main, request, wait_for
from defence import acknowledged, forged_answer, honest_first, twin


def post(cloud, device, context, envelope):
    raw = Raw(cloud.ports['device'], context)
    raw.send(request(device.id, envelope))
    status = raw.answer()[0]
    raw.close()
    return status


def test_sealed_batch_with_an_impossible_value_is_refused_whole():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'values')
        context = client_context(courier_files(device))
        check(post(cloud, device, context, forge(device, 'batch')) == 200, 'the honest batch was refused')
        before = cloud.counts()
        for field, value in (('spo2', 1001), ('spo2', 65530), ('pulse', 3001), ('pi', 2001), ('quality', 101),
                             ('clock', 4), ('first-dt', 1), ('merged', 1), ('merged', 61), ('records', 0),
                             ('records', 601), ('lost', 4294967296)):
            status = post(cloud, device, context, forge(device, 'batch', '--set', '%s=%d' % (field, value)))
            check(status == 422, '%s = %d was answered HTTP %d' % (field, value, status))
            check(cloud.counts() == before, '%s = %d left rows: %r' % (field, value, cloud.counts()))
        events = [e for e in cloud.events() if e['code'] == 'schema.batch']
        check(sum(e.get('n', 1) for e in events) == 12, 'schema events: %r' % events)


def test_mutated_batches_under_the_right_key_are_refused():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'mutants')
        context = client_context(courier_files(device))
        before = cloud.counts()
        taken = 0
        for seed in range(60):
            status = post(cloud, device, context, forge(device, 'batch', '--mutate', seed))
            check(status in (200, 422), 'mutant %d: HTTP %d' % (seed, status))
            taken += status == 200
        after = cloud.counts()
        check(after['batches'] - before['batches'] == taken, 'refused mutants left rows')
        check(taken < 30, '%d of 60 mutants were taken' % taken)


def told(device, gate, lie):
    """When this returns, the device has judged this answer and believed a true one after it: all it says of either is said."""
    gate.lies, gate.lie = 0, lie
    wait_for('the lie to be heard', lambda: gate.lies >= 1)
    before, gate.lie = acknowledged(device), None
    wait_for('the truth to be believed again', lambda: acknowledged(device) - before)


def test_answer_outside_its_schema_changes_nothing():
    with bench() as b:
        cloud, device, gate = twin(b)
        honest_first(device, gate)
        before_state = device.status()
        for seed in range(12):
            def lie(g, d, nonce, envelope, seed=seed):
                return 200, forged_answer(device, nonce, envelope, '--mutate', seed)
            told(device, gate, lie)
        wait_for('a mutant to be refused and logged', lambda: device.program.log.of('answer.schema', 'answer.refused'))
        check(device.status()['config_version'] == before_state['config_version'], 'a mutant changed the configuration')


def test_configuration_outside_its_ranges_is_refused_and_logged():
    with bench() as b:
        cloud, device, gate = twin(b)
        honest_first(device, gate)
        before = device.status()['config_version']
        for words in (('--batch-s', 9), ('--batch-s', 61), ('--ward', ''), ('--ward', 'w' * 65), ('--zone', 'a\nb')):
            def lie(g, d, nonce, envelope, words=words):
                return 200, forged_answer(device, nonce, envelope, '--config-version', 7, *words)
            refused = lambda: len(device.program.log.of('config.refused', 'answer.schema'))
            seen = refused()
            told(device, gate, lie)
            got = device.status()['config_version']
            check(got == before, 'configuration %r is in force: version %d' % (words, got))
            wait_for('configuration %r to be refused in the log' % (words,), lambda: refused() > seen)


main([
    test_sealed_batch_with_an_impossible_value_is_refused_whole,
    test_mutated_batches_under_the_right_key_are_refused,
    test_answer_outside_its_schema_changes_nothing,
    test_configuration_outside_its_ranges_is_refused_and_logged,
])
