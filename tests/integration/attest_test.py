#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-TPM-010: only a device whose TPM, of an allowed maker, opened the cloud's secret is taken in.
Req: HF-TPM-011: a connection is attested by a quote for its own nonce and channel, of a released version, once.
Req: HF-TPM-005: nothing that came by another connection is stored.
Req: HF-TPM-012: a version that is too old may only update; its readings are not stored and not acknowledged.
Req: HF-TPM-016: what is refused at an enrolment is shown, under the name of who was invited and of nobody else.
Req: HF-TPM-013: a cloud that asks for a TPM does not start without knowing whom to believe.

The cloud is the real one; the device is tests/integration/attestant.c with a simulated TPM, so that each lie can be told. Every
refusal is looked up by its name, and stands beside a control that differs in one thing and passes.
"""
import os
import shutil

from endorsed import RELEASE, SECURITY, Attestant, Endorsed, believe, policy
from harness import CLOUD, Cloud, bench, check, main, run, wait_for

STORED, NOT_NOW = '0', '4'


def cloud_that_believes(b, tpm, least=0, makers=None, releases=None):
    """One that allows the maker of this TPM, and what it has measured by now."""
    cloud = Cloud(os.path.join(b.folder, 'cloud'))
    b.things.append(cloud)
    believe(cloud.root, makers or [tpm.root()], releases or [(RELEASE, SECURITY, tpm.register_11())])
    with open(os.path.join(cloud.root, 'etc/holdfast/cloud.conf'), 'a') as conf:
        conf.write(policy(least))
    return cloud.serve()


def booted(b, name='tpm', what='image', maker=None):
    tpm = Endorsed(b, name, maker)
    tpm.measure(what)
    return tpm


def refused_in(cloud, code, device):
    """So many events of this code and device."""
    return len([e for e in cloud.events() if e['code'] == code and e['device'] == device])


def row(cloud, device):
    return next(d for d in cloud.lines('device', 'list') if d['device'] == device)


def enrolled(b, cloud, tpm, label='board'):
    device = Attestant(b, cloud, tpm, label)
    answer = device.ask('enrol')
    check(answer == ['200', '200', 'yes'], 'a device that proves all was answered %r' % answer)
    return device


def asked(device, n):
    check(device.ask('connect', n) == ['connected'], 'no connection')
    answer = device.ask('ask', n)
    check(answer in (['200'], ['503']), 'instead of a question it was answered %r' % answer)
    return answer == ['200']  # 503: gate has no store yet, after a start


def attest(device, n=0):
    wait_for('a question', lambda: asked(device, n))
    answer = device.ask('quote', n)
    check(answer == ['204'], 'the right quote was answered %r' % answer)


def test_a_device_that_proves_its_tpm_and_its_boot_is_stored():
    with bench() as b:
        tpm = booted(b)
        cloud = cloud_that_believes(b, tpm)
        device = enrolled(b, cloud, tpm)
        attest(device)
        check(device.ask('send', 0) == ['200', STORED], 'a batch by an attested connection was not stored')
        check(len(cloud.lines('batches', '--device', device.id)) == 1, 'it is not in the store')
        shown = row(cloud, device.id)
        check((shown['attest'], shown['attest_security_version']) == ('accepted', SECURITY), 'the administrator is shown %r' % shown)
        check(shown['attest_utc_ms'] > 0 and refused_in(cloud, 'attest.accepted', device.id) == 1, 'nobody can see when')
        text = cloud.verb('device', 'list').stdout
        check('attest=accepted' in text, 'people are shown: ' + text)


def test_who_proves_nothing_or_the_wrong_thing_is_not_enrolled():
    rows = [  # what it says, what it is answered, by which word the log has it
        ('m1', ['403', 'no'], 'attest.unknown'),
        ('noproof', ['200', 'no'], None),
        ('wrong', ['200', '403', 'no'], 'attest.activation'),
        ('changed', ['403', 'no'], 'attest.signature'),
        ('elsewhere', ['403', 'no'], 'attest.other'),
    ]
    with bench() as b:
        tpm, strange = booted(b), Endorsed(b, 'strange')
        other = Endorsed(b, 'other', maker=tpm)
        cloud = cloud_that_believes(b, tpm)
        device = Attestant(b, cloud, tpm, 'board')
        rows.append((strange.certificate(), ['403', 'no'], 'attest.maker'))
        rows.append((other.certificate(), ['200', 'unopened'], None))
        for what, expected, code in rows:
            before = len(cloud.program.log.of(code)) if code else 0
            answer = device.ask('enrol', what)
            check(answer == expected, '%s was answered %r' % (what, answer))
            if code:
                wait_for('%s in the log of keys' % code, lambda: len(cloud.program.log.of(code)) > before)
        check(not cloud.program.log.of('device.enrolled'), 'somebody was enrolled')
        answer = device.ask('enrol')  # the control: the same device, TPM and invitation
        check(answer == ['200', '200', 'yes'], 'who proves all was answered %r' % answer)
        wait_for('the enrolment in the log', lambda: cloud.program.log.of('device.enrolled'))


def test_a_refused_enrolment_is_shown_to_the_administrator_by_its_name():
    with bench() as b:
        tpm, strange = booted(b), Endorsed(b, 'strange')
        cloud = cloud_that_believes(b, tpm)
        device = Attestant(b, cloud, tpm, 'board')
        for what, word in (('m1', 'unknown'), (strange.certificate(), 'maker')):
            answer = device.ask('enrol', what)
            check(answer == ['403', 'no'], '%s was answered %r' % (word, answer))
            wait_for('attest.%s' % word, lambda: refused_in(cloud, 'attest.' + word, device.id) == 1)
            shown = row(cloud, device.id)
            check(shown['attest'] == word and shown['attest_utc_ms'] > 0 and shown['state'] == 'invited', 'device list shows %r' % shown)
            check('attest=' + word in cloud.verb('device', 'list').stdout, 'people are not shown it')
            check('attest.' + word in cloud.verb('events').stdout, 'people are not shown the event')
            lines = cloud.program.log.of('attest.' + word)
            check(len(lines) == 1 and lines[0]['role'] == 'store', '%d lines: %r' % (len(lines), lines))
        check(device.ask('enrol') == ['200', '200', 'yes'], 'who proves all is refused')
        wait_for('device.enrolled', lambda: refused_in(cloud, 'device.enrolled', device.id) == 1)
        attest(device)
        check(row(cloud, device.id)['attest'] == 'accepted', 'it is still shown as refused')
        claimed = Attestant(b, cloud, tpm, 'claimed')
        answer = claimed.ask('enrol', 'uninvited')
        check(answer == ['403', 'no'], 'who only claims to be a device was answered %r' % answer)
        wait_for('enrol.refused of nobody', lambda: refused_in(cloud, 'enrol.refused', None) == 1)
        told = [e['code'] for e in cloud.events() if e['device'] == claimed.id]
        check(told == ['device.added'] and row(cloud, claimed.id)['attest'] is None, 'a mere claim is shown as a fact: %r' % told)


def test_each_wrong_quote_is_refused_by_its_name_and_the_right_one_is_taken():
    rows = [  # what differs from the right one, by which word it is refused
        (['nonce', 1], 'nonce'),
        (['channel', 1], 'channel'),
        (['bit'], 'signature'),
        (['register', 7], 'selection'),
    ]
    with bench() as b:
        tpm = booted(b)
        cloud = cloud_that_believes(b, tpm)
        device = enrolled(b, cloud, tpm)
        check(device.ask('connect', 1) == ['connected'] and device.ask('ask', 1) == ['200'], 'no second connection')
        for lie, word in rows:
            check(device.ask('connect', 0) == ['connected'] and device.ask('ask', 0) == ['200'], 'no question')
            answer = device.ask('quote', 0, *lie)
            check(answer == ['403'], 'a quote with another %s was answered %r' % (lie[0], answer))
            check(device.ask('send', 0) == ['401', '-'], 'a batch behind it was not refused')
            wait_for('attest.%s' % word, lambda: refused_in(cloud, 'attest.' + word, device.id) == 1)
            check(row(cloud, device.id)['attest'] == word, 'the administrator is shown %r' % row(cloud, device.id))
            check(device.ask('ask', 0) == ['200'], 'no question')
            check(device.ask('quote', 0) == ['204'], 'the right quote on the same connection was refused')
        check(not cloud.lines('batches'), 'a reading was stored')
        answer = device.ask('quote', 0, 'again')
        check(answer == ['403'], 'a quote that was used before was answered %r' % answer)
        wait_for('attest.nonce', lambda: refused_in(cloud, 'attest.nonce', device.id) == 2)
        attest(device)
        check(device.ask('send', 0) == ['200', STORED], 'the control was not stored')


def test_a_quote_of_another_tpm_counts_for_nothing():
    """The same maker, the same boot, the same cloud: only, the certificate of the connection is another device's."""
    with bench() as b:
        tpm = booted(b)
        other = booted(b, 'other', maker=tpm)
        cloud = cloud_that_believes(b, tpm)
        device = enrolled(b, cloud, tpm)
        twin = enrolled(b, cloud, other, 'twin')
        attest(twin)  # the control: the other TPM is as good as this one
        check(device.ask('connect', 0) == ['connected'] and device.ask('ask', 0) == ['200'], 'no question')
        device.ask('make')  # keys of its own choice, after its enrolment
        answer = device.ask('quote', 0)
        check(answer == ['403'], 'a quote by another attestation key was answered %r' % answer)
        wait_for('attest.signature', lambda: refused_in(cloud, 'attest.signature', device.id) == 1)


def test_what_ran_at_boot_must_be_a_released_version():
    with bench() as b:
        tpm = booted(b)
        cloud = cloud_that_believes(b, tpm)
        device = enrolled(b, cloud, tpm)
        attest(device)  # the control
        tpm.measure('something more')
        check(device.ask('connect', 0) == ['connected'] and device.ask('ask', 0) == ['200'], 'no question')
        answer = device.ask('quote', 0)
        check(answer == ['403'], 'another boot was answered %r' % answer)
        wait_for('attest.measurements', lambda: refused_in(cloud, 'attest.measurements', device.id) == 1)
        check(device.ask('send', 0) == ['401', '-'], 'and its batch was taken')
        check(row(cloud, device.id)['attest'] == 'measurements', 'the administrator is not shown why')


def test_what_is_sent_before_or_beside_an_attested_connection_is_not_stored():
    with bench() as b:
        tpm = booted(b)
        cloud = cloud_that_believes(b, tpm)
        device = enrolled(b, cloud, tpm)
        check(device.ask('connect', 0) == ['connected'], 'no connection')
        check(device.ask('send', 0) == ['401', '-'], 'its own word was enough')
        wait_for('attest.needed', lambda: refused_in(cloud, 'attest.needed', device.id) == 1)
        attest(device, 1)
        check(device.ask('send', 0) == ['401', '-'], 'an attested connection beside it was enough')
        check(not cloud.lines('batches'), 'a reading is stored')
        check(device.ask('send', 1) == ['200', STORED], 'the control was not stored')


def test_a_version_that_is_too_old_may_only_update_and_its_readings_come_later():
    with bench() as b:
        tpm = booted(b, what='old')
        old = tpm.register_11()
        tpm.measure('new')
        new = tpm.register_11()
        tpm.pull()
        tpm.start()  # power: the registers are as at first
        tpm.measure('old')
        cloud = cloud_that_believes(b, tpm, least=8, releases=[('1.0', 7, old), ('1.1', 8, new)])
        device = enrolled(b, cloud, tpm)
        attest(device)
        cloud.verb('device', 'config', device.id, '--batch-s', '20')
        check(device.ask('send', 0) == ['200', NOT_NOW], 'a reading of an old version was acknowledged')
        check(not cloud.lines('batches', '--device', device.id), 'it is stored')
        shown = row(cloud, device.id)
        check((shown['attest'], shown['attest_security_version']) == ('version', 7), 'the administrator is shown %r' % shown)
        check(refused_in(cloud, 'attest.version', device.id) == 1, 'that it is too old is no event')
        tpm.measure('new')  # what an update comes to
        attest(device)
        check(device.ask('send', 0) == ['200', STORED], 'after its update the reading was not stored')
        check(len(cloud.lines('batches', '--device', device.id)) == 1, 'the reading did not arrive')
        check(row(cloud, device.id)['attest'] == 'accepted', 'it is still shown as old')


def test_attestation_outlives_a_restart_of_the_cloud():
    with bench() as b:
        tpm = booted(b)
        cloud = cloud_that_believes(b, tpm)
        device = enrolled(b, cloud, tpm)
        attest(device)
        port = cloud.ports['device']
        cloud.stop()
        cloud.serve(device_port=port)
        attest(device)
        check(device.ask('send', 0) == ['200', STORED], 'the key of the TPM was forgotten')


def test_a_cloud_that_asks_for_a_tpm_does_not_start_without_good_files():
    with bench() as b:
        tpm = booted(b)
        cloud = Cloud(os.path.join(b.folder, 'cloud'))
        folder = os.path.join(cloud.root, 'etc/holdfast')
        good = os.path.join(b.folder, 'good')
        believe(good, [tpm.root()], [(RELEASE, SECURITY, tpm.register_11())])
        open(os.path.join(folder, 'cloud.conf'), 'a').write(policy())
        rows = [('makers.pem', None), ('measurements.conf', None), ('makers.pem', 'no certificate\n'),
                ('measurements.conf', 'registers 11\n'), ('measurements.conf', 'registers 11\nrelease x 1 00\n')]
        for name, text in rows:
            for file in ('makers.pem', 'measurements.conf'):
                shutil.copy(os.path.join(good, 'etc/holdfast', file), folder)
            os.unlink(os.path.join(folder, name))
            if text is not None:
                open(os.path.join(folder, name), 'w').write(text)
            done = run(CLOUD, 'serve', '--root', cloud.root, '--for', '1', code=None)
            lines = done.stderr.strip().splitlines()
            check(done.returncode == 3 and len(lines) == 1 and name in lines[0] and 'expected' in lines[0],
                  '%s %r: exit %d, %s' % (name, text, done.returncode, done.stderr))
            run(CLOUD, 'attest', 'check', '--root', cloud.root, code=3)
        for file in ('makers.pem', 'measurements.conf'):
            shutil.copy(os.path.join(good, 'etc/holdfast', file), folder)
        for words in (['11=00'], ['11=' + 'g' * 64], ['24=' + '0' * 64], ['11=%064d,4=%064d' % (0, 0)], ['11=%064d,' % 0], ['11=%064dx' % 0]):
            done = run(CLOUD, 'attest', 'measured', *words, '--release', 'x', '--security', '1', code=2)
            check(not done.stdout and 'REGISTERS' in done.stderr, '%r: %s' % (words, done.stdout + done.stderr))
        run(CLOUD, 'attest', 'measured', '11=%064d' % 0, '--release', 'a b', '--security', '1', code=2)
        says = run(CLOUD, 'attest', 'check', '--root', cloud.root).stdout
        check('1 authorities of makers; registers 11' in says and 'release %s: security version %d' % (RELEASE, SECURITY) in says, says)
        b.things.append(cloud)
        cloud.serve()  # the control: it starts


def test_a_cloud_that_does_not_ask_takes_the_same_device_as_before():
    with bench() as b:
        tpm = booted(b)
        cloud = b.cloud()
        device = Attestant(b, cloud, tpm, 'board')
        check(device.ask('enrol', 'm1') == ['200', 'yes'], 'an enrolment of before is refused')
        second = Attestant(b, cloud, booted(b, 'other'), 'second')
        check(second.ask('enrol') == ['200', 'yes'], 'with nobody to believe the evidence is not passed over')
        check(device.ask('connect', 0) == ['connected'] and device.ask('ask', 0) == ['204'], 'it is asked')
        check(device.ask('send', 0) == ['200', STORED], 'a batch was not stored')
        check(row(cloud, device.id)['attest'] is None, 'something is shown as proved')


main([
    test_a_device_that_proves_its_tpm_and_its_boot_is_stored,
    test_who_proves_nothing_or_the_wrong_thing_is_not_enrolled,
    test_a_refused_enrolment_is_shown_to_the_administrator_by_its_name,
    test_each_wrong_quote_is_refused_by_its_name_and_the_right_one_is_taken,
    test_a_quote_of_another_tpm_counts_for_nothing,
    test_what_ran_at_boot_must_be_a_released_version,
    test_what_is_sent_before_or_beside_an_attested_connection_is_not_stored,
    test_a_version_that_is_too_old_may_only_update_and_its_readings_come_later,
    test_attestation_outlives_a_restart_of_the_cloud,
    test_a_cloud_that_asks_for_a_tpm_does_not_start_without_good_files,
    test_a_cloud_that_does_not_ask_takes_the_same_device_as_before,
])
