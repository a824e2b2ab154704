#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Updates of a running device: every attack is refused before a byte is written, or given up after; it measures all the while.

Slots and boot loader: releases.py.
"""
import contextlib
import os
import re
import shutil
import subprocess
import time

from harness import bench, check, main, run, wait_for
from releases import QUIET, ROOT_ROOM, Keys, Release, Updated


def untouched(d):
    check(d.content('b') == bytes(ROOT_ROOM), 'bytes of the inactive slot were written')
    check(os.listdir(d.images) == ['holdfast-a.efi'], 'boot images: %s' % os.listdir(d.images))


@contextlib.contextmanager
def updating(label, **first):
    with bench() as b:
        cloud = b.cloud()
        keys = Keys(os.path.join(b.folder, 'keys'))
        yield b, cloud, keys, Updated(b, cloud, keys, label, **first)


def test_a_good_release_is_written_tried_confirmed_and_told_to_the_cloud():
    with updating('good') as (b, cloud, keys, d):
        d.start()
        d.put(Release(keys))
        d.restarts()
        check(d.counter() == 0, 'the counter was raised before anything was shown: %d' % d.counter())
        check(d.start() == 'b', 'the old release starts')
        d.reaches('confirmed')
        check(sorted(os.listdir(d.images)) == ['holdfast-a.efi', 'holdfast-b.efi'], 'images %s' % os.listdir(d.images))
        check(d.counter() == 6, 'the counter stands at %d' % d.counter())
        d.measures()
        wait_for('the cloud to be told', lambda: {'update.trial', 'update.confirmed'} <= in_cloud(cloud, d))


def in_cloud(cloud, d):
    """Codes of the events that the cloud has of this device."""
    return {e['code'] for e in cloud.events() if e.get('device') == d.device.id}


REFUSED = [
    # what, event, release, change
    ('no statement of the second key', 'update.statement', dict(second='stranger'), None),
    ('signed by another release authority', 'update.signature', dict(release='stranger'), None),
    ("a certificate that is not for code", 'update.signature', dict(release='mail'), None),
    ('another product class', 'update.class', dict(product='holdfast-monitor'), None),
    ('an older security version', 'update.rollback', dict(version='9.0.0', security=4), None),
    ('the same security version, older', 'update.older', dict(version='0.9.0', security=5), None),
    ('the same release again', 'update.older', dict(version='1.0.0', security=5), None),
    ('one bit of the bundle', 'update.digest', {}, lambda r: r.rewrite(lambda d: d.__setitem__(1000, d[1000] ^ 1))),
    ('a shorter bundle', 'update.length', {}, lambda r: r.rewrite(lambda d: d.__delitem__(slice(5000, 5001)))),
    ('a longer bundle', 'update.length', {}, lambda r: r.rewrite(lambda d: d.append(0))),
    ('a bundle without a signature, truly stated', 'update.signature', {}, lambda r: unsigned(r)),
    ('a root that does not fit', 'update.room', dict(size=ROOT_ROOM + 1), None),
    ('no statement at all', 'update.malformed', {}, lambda r: open(r.statement, 'wb').write(b'\xd2\x84garbage')),
]


def unsigned(r):
    """One of two signatures: the second key states a bundle whose CMS is rubbish."""
    r.rewrite(lambda d: d.__setitem__(slice(len(d) - 208, len(d) - 8), bytes(200)))
    r.state()


def test_what_may_not_be_taken_is_refused_before_a_byte_is_written():
    with updating('refusing') as (b, cloud, keys, d):
        d.start()
        for what, event, words, change in REFUSED:
            release = Release(keys, **words)
            if change:
                change(release)
            seen = len(d.refusals())
            d.put(release)
            wait_for('%s to be refused: %s' % (what, d.device.program.log.tail()),
                     lambda: len(d.refusals()) > seen)
            got = d.refusals()[-1]
            check(got == event, '%s: %s and not %s' % (what, got, event))
            untouched(d)
        d.measures()
        check(not d.device.program.ended() and d.counter() == 0, 'the device ended, or its counter is %d' % d.counter())
        wait_for('every refusal to be told to the cloud: %s' % in_cloud(cloud, d),
                 lambda: {row[1] for row in REFUSED} <= in_cloud(cloud, d))


def test_a_statement_played_again_beside_another_bundle_is_refused():
    with updating('replay') as (b, cloud, keys, d):
        d.start()
        one, two = Release(keys, '1.1.0'), Release(keys, '1.2.0')
        shutil.copyfile(one.statement, two.statement)
        d.put(two)
        # an ECDSA signature is not always of one length: then that is what differs first
        wait_for('a refusal', lambda: {'update.digest', 'update.length'} & set(d.refusals()))
        untouched(d)


def test_a_release_that_hangs_falls_back_and_is_offered_three_times_at_most():
    with updating('hangs') as (b, cloud, keys, d):
        bad = Release(keys, '1.1.0')
        d.hangs.add('b')
        d.start()
        for turn in (1, 2, 3):
            d.put(bad)
            d.restarts()
            check(d.start() == 'a', 'what hangs is in force')
            d.refused('update.reverted', turn)
            d.measures()
        d.put(bad)
        d.refused('update.tried')
        check(d.starts.count('b') == 9 and d.counter() == 0, 'started %d times, counter %d' % (d.starts.count('b'), d.counter()))


def test_a_release_that_the_cloud_never_answers_returns_by_itself():
    with updating('mute') as (b, cloud, keys, d):
        d.start()
        d.put(Release(keys))
        d.restarts()
        cloud.stop()
        while d.start() == 'b':
            d.measures()
            d.restarts()  # ten minutes of its time without an answer
        d.refused('update.reverted')
        check(d.starts == ['a', 'b', 'b', 'b', 'a'] and d.counter() == 0, '%s, counter %d' % (d.starts, d.counter()))
        d.measures()


def test_what_starts_must_be_what_was_stated():
    with updating('other') as (b, cloud, keys, d):
        d.start()
        d.put(Release(keys, '1.1.0', runs_as='1.0.9'))
        d.restarts()
        check(d.start() == 'b', 'the trial does not start')
        d.restarts()
        check(d.start() == 'a', 'another release than the stated one is in force')
        d.refused('update.other')
        check(d.counter() == 0, 'the counter stands at %d' % d.counter())


def test_nothing_restarts_while_somebody_is_measured():
    with updating('patient') as (b, cloud, keys, d):
        d.start('sim:normal')
        d.put(Release(keys))
        d.reaches('written')
        d.measures()
        began = d.device.status()['readings']
        wait_for('ten minutes of its time', lambda: d.device.status()['readings'] > began + 600)
        check(not d.device.program.ended(), 'it restarted while somebody was measured')


def test_power_that_fails_while_a_slot_is_written_leaves_the_old_release_and_then_the_new_one():
    with updating('cut') as (b, cloud, keys, d):
        release = Release(keys, size=ROOT_ROOM)
        for cut in range(6):
            d.start()
            if cut == 0 or d.told('update.state', state='idle'):
                d.put(release)
            time.sleep(0.02 * cut)
            for pid in children(d.device.program.process.pid):
                with contextlib.suppress(OSError):
                    os.kill(pid, 9)
            d.device.program.wait()
            check(d.pick() in 'ab', 'nothing starts')
            if any('+' in n for n in os.listdir(d.images)):
                break
        for _ in range(6):
            d.start()
            if d.runs() == 'b':
                break
            d.put(release)
            d.restarts()
        d.reaches('confirmed')
        check(d.runs() == 'b' and d.content('b')[:len(release.root)] == release.root, 'a slot in force is not whole')


def children(pid):
    out = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(pid)], capture_output=True, text=True).stdout.split()
    return [pid] + [int(p) for p in out]


def test_a_device_that_lacks_what_an_update_needs_measures_and_says_so():
    with updating('lacking') as (b, cloud, keys, d):
        os.unlink(d.etc('second.pub'))
        d.start()
        wait_for('what is missing to be said', lambda: d.told('update.off', what='keys'))
        d.measures()
        d.put(Release(keys))
        d.measures()
        untouched(d)


def offers(cloud, d):
    """State of each release on this device, as the cloud has it."""
    return {o['version']: o['state'] for o in cloud.lines('release', 'devices') if o['device'] == d.device.id}


def test_a_release_that_the_cloud_offers_is_taken_by_the_share_it_names():
    with updating('rolled') as (b, cloud, keys, d):
        release = Release(keys)
        cloud.verb('release', 'add', release.statement)
        cloud.verb('release', 'add', release.statement, code=1)
        d.start()
        d.measures()
        wait_for('answers', lambda: d.device.status()['batches_acknowledged'] > 3)
        check(not d.told('update.state') and not offers(cloud, d), 'a release of no share is offered')
        cloud.verb('release', 'rollout', '1', '--percent', '100')
        d.reaches('offered')  # the statement came in a sealed answer; its bundle is not there yet
        untouched(d)
        d.bring(release)
        d.restarts()
        check(d.start() == 'b', 'the old release starts')
        d.reaches('confirmed')
        wait_for('the cloud to know', lambda: offers(cloud, d) == {'1.1.0': 'update-confirmed'})
        line = cloud.lines('release', 'status')[0]
        check((line['offered'], line['confirmed'], line['refused']) == (1, 1, 0), 'the cloud counts %s' % line)


def test_a_stop_reaches_a_device_that_has_not_started_and_none_that_has():
    with updating('stopped') as (b, cloud, keys, d):
        release = Release(keys)
        cloud.verb('release', 'add', release.statement)
        cloud.verb('release', 'rollout', '1', '--percent', '100')
        d.start('sim:normal')  # somebody is measured: it is written, and waits
        d.reaches('offered')
        d.bring(release)
        d.reaches('written')
        cloud.verb('release', 'stop', '1')
        d.reaches('idle')
        check(sorted(os.listdir(d.images)) == ['holdfast-a.efi', 'holdfast-b.shut'], 'images %s' % os.listdir(d.images))
        d.measures()
        check(not d.device.program.ended(), 'a stopped release was started')


def test_a_forged_offer_in_a_true_answer_is_refused_and_told():
    with updating('forged') as (b, cloud, keys, d):
        release = Release(keys, second='stranger')
        cloud.verb('release', 'add', release.statement)
        cloud.verb('release', 'rollout', '1', '--percent', '100')
        d.start()
        d.refused('update.statement')
        wait_for('the cloud to know', lambda: offers(cloud, d) == {'1.1.0': 'update-statement'})
        untouched(d)
        check(d.refusals() == ['update.statement'], 'told again with each answer: %s' % d.refusals())


# Req: HF-UPD-020 "who stopped it and when"
def test_a_roll_out_that_was_refused_and_stopped_says_why_on_its_line():
    with updating('why') as (b, cloud, keys, d):
        other = Updated(b, cloud, keys, 'other')
        cloud.verb('release', 'add', Release(keys, second='stranger').statement)
        cloud.verb('release', 'rollout', '1', '--percent', '100')
        for device in (d, other):
            device.start()
            device.refused('update.statement')
            wait_for('the cloud to know', lambda: offers(cloud, device) == {'1.1.0': 'update-statement'})
        check(len(cloud.verb('release', 'list').stdout.splitlines()) == 4, 'the list:\n%s' % cloud.verb('release', 'list').stdout)
        cloud.verb('release', 'stop', '1')
        told = cloud.verb('release', 'list').stdout
        lines = told.splitlines()
        check(re.fullmatch(r' {5}stopped \d{4}-\d\d-\d\d \d\d:\d\d UTC by uid %d' % os.getuid(), lines[2]), 'the stop:\n%s' % told)
        check(re.fullmatch(r' {5}2 of 2: update\.statement, last \d{4}-\d\d-\d\d \d\d:\d\d UTC', lines[3]), 'the cause:\n%s' % told)
        check(lines[4] == '       by device %s' % other.device.id and len(lines) == 5, 'the device:\n%s' % told)
        check(max(map(len, lines)) <= 80, 'a line of %d' % max(map(len, lines)))
        line = cloud.lines('release', 'list')[0]
        cause, = line['causes']
        check(line['set_uid'] == os.getuid() and line['set_utc_ms'] >= cause['last_utc_ms'] > 0, 'for programs: %s' % line)
        check((cause['reason'], cause['devices'], cause['device']) == ('update.statement', 2, other.device.id), 'for programs: %s' % cause)
        print('\n'.join('# ' + l for l in lines))


def test_what_a_person_puts_in_vain_does_not_close_the_offer_of_the_cloud():
    with updating('put') as (b, cloud, keys, d):
        release = Release(keys)
        cloud.verb('release', 'add', release.statement)
        cloud.verb('release', 'rollout', '1', '--percent', '100')
        d.start()
        d.reaches('offered')
        d.put(Release(keys, '1.3.0', product='holdfast-monitor'))
        wait_for('its end', lambda: {'update.class', 'update.length', 'update.digest'} & in_cloud(cloud, d))
        wait_for('the offer again', lambda: len(d.told('update.state', state='offered')) == 2)
        check(offers(cloud, d)['1.1.0'] != 'update-class', 'the refusal of another release is kept with the offer')
        d.bring(release)
        d.restarts()
        check(d.start() == 'b', 'the old release starts')
        d.reaches('confirmed')
        wait_for('the cloud to know', lambda: offers(cloud, d) == {'1.1.0': 'update-confirmed'})


@contextlib.contextmanager
def full(d):
    """The updater's folder is a file system of its own, which is full; yields what makes room. The record is there, and the
    sector that is written next has no space yet: its writes fail, as those of a worn or broken disk do."""
    folder = os.path.join(d.root, 'var/lib/holdfast/updater')
    os.makedirs(folder, exist_ok=True)
    run('mount', '-t', 'tmpfs', '-o', 'size=8m', 'none', folder)
    filler = os.path.join(folder, 'filler')
    try:
        with open(os.path.join(folder, 'record'), 'wb') as f:
            os.chmod(f.fileno(), 0o600)
            f.write(b'\xff' * 4096)
            f.seek(8192)
            f.write(b'\xff' * 8192)
        with contextlib.suppress(OSError), open(filler, 'wb', buffering=0) as f:
            while f.write(bytes(4096)):
                pass
        yield lambda: os.unlink(filler)
    finally:
        run('umount', '-l', folder)


def once(d, code):
    got = d.told(code)
    check(len(got) == 1 and got[0]['level'] == 'fault', 'told %d times: %s' % (len(got), got))


def test_a_record_that_cannot_be_written_is_told_once_and_the_release_is_taken_when_it_can():
    if os.geteuid() != 0:
        return 'a file system of its own needs root'
    with updating('full') as (b, cloud, keys, d), full(d) as make_room:
        release = Release(keys)
        cloud.verb('release', 'add', release.statement)
        cloud.verb('release', 'rollout', '1', '--percent', '100')
        d.start()
        wait_for('the fault to be told: %s' % d.device.program.log.tail(), lambda: d.told('update.record'))
        wait_for('the cloud to know', lambda: 'update.record' in in_cloud(cloud, d))
        wait_for('the cloud to know of which release', lambda: offers(cloud, d) == {'1.1.0': 'update-record'})
        d.measures()
        acknowledged = d.device.status()['batches_acknowledged']
        wait_for('two more answers', lambda: d.device.status()['batches_acknowledged'] > acknowledged + 1)
        once(d, 'update.record')
        check(not d.told('update.state') and not d.device.program.ended(), 'it went on, or ended')
        untouched(d)
        make_room()
        d.reaches('offered')
        d.bring(release)
        d.restarts()
        check(d.start() == 'b', 'the old release starts')
        d.reaches('confirmed')
        once(d, 'update.record')
        check(d.counter() == 6, 'the counter stands at %d' % d.counter())
        wait_for('the cloud to know the end', lambda: offers(cloud, d) == {'1.1.0': 'update-confirmed'})


def test_a_record_that_cannot_be_opened_is_told_and_opened_later_without_a_restart_of_the_device():
    with updating('closed') as (b, cloud, keys, d):
        d.start()
        d.measures()
        d.device.stop()
        record = os.path.join(d.root, 'var/lib/holdfast/updater/record')
        os.chmod(record, 0o644)  # of others: not believed
        d.start()
        wait_for('what is missing to be said', lambda: d.told('update.off', what='record'))
        wait_for('the cloud to know', lambda: 'update.record' in in_cloud(cloud, d))
        once(d, 'update.record')
        d.measures()
        os.chmod(record, 0o600)
        wait_for('updater to come again', lambda: d.told('role.restarted', name='updater'))
        check(not d.device.program.ended(), 'the device was ended by it')
        d.put(Release(keys))
        d.restarts()
        check(d.start() == 'b', 'the old release starts')
        d.reaches('confirmed')
        once(d, 'update.record')


def test_the_updater_can_do_no_forbidden_thing():
    with updating('caged') as (b, cloud, keys, d):
        d.start(QUIET, '--role-self-test')
        tried = wait_for('updater to have tried', lambda: [l for l in d.told('role.self_test') if l['role'] == 'updater'])
        check(tried[0]['acts'] == 10 and tried[0]['succeeded'] == 0, 'updater succeeded in %d acts' % tried[0]['succeeded'])


if __name__ == '__main__':
    main([
        test_a_good_release_is_written_tried_confirmed_and_told_to_the_cloud,
        test_what_may_not_be_taken_is_refused_before_a_byte_is_written,
        test_a_statement_played_again_beside_another_bundle_is_refused,
        test_a_release_that_hangs_falls_back_and_is_offered_three_times_at_most,
        test_a_release_that_the_cloud_never_answers_returns_by_itself,
        test_what_starts_must_be_what_was_stated,
        test_nothing_restarts_while_somebody_is_measured,
        test_power_that_fails_while_a_slot_is_written_leaves_the_old_release_and_then_the_new_one,
        test_a_device_that_lacks_what_an_update_needs_measures_and_says_so,
        test_a_release_that_the_cloud_offers_is_taken_by_the_share_it_names,
        test_a_roll_out_that_was_refused_and_stopped_says_why_on_its_line,
        test_what_a_person_puts_in_vain_does_not_close_the_offer_of_the_cloud,
        test_a_stop_reaches_a_device_that_has_not_started_and_none_that_has,
        test_a_forged_offer_in_a_true_answer_is_refused_and_told,
        test_a_record_that_cannot_be_written_is_told_once_and_the_release_is_taken_when_it_can,
        test_a_record_that_cannot_be_opened_is_told_and_opened_later_without_a_restart_of_the_device,
        test_the_updater_can_do_no_forbidden_thing,
    ])
