#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-UPD-013: with a TPM the security counter is that TPM's, and no file takes its place.
Req: HF-UPD-014: it rises no further than the version that runs, whoever asks.

A real device with slots (releases.py) and a simulated TPM (tpm.py), whose counter is read by tools that are not ours.
"""
import contextlib
import os

from harness import bench, check, main, wait_for
from releases import Keys, Release, Updated
from tpm import Tpm, knock

RAISE = 0x1002


@contextlib.contextmanager
def counting(label, value=5, **counter):
    with bench() as b:
        cloud, tpm = b.cloud(), Tpm(b)
        if value:
            tpm.count(value, **counter)
        keys = Keys(os.path.join(b.folder, 'keys'))
        yield keys, tpm, Updated(b, cloud, keys, label, tpm=tpm)


def stands(tpm, d):
    """The simulator has one line, and while the device runs that is agent's."""
    d.device.stop()
    return tpm.counter()


def test_the_counter_in_the_tpm_rises_on_confirmation_alone_and_closes_the_way_back():
    with counting('good') as (keys, tpm, d):
        d.start()
        d.put(Release(keys))
        d.restarts()
        check(tpm.counter() == 5, 'it stands at %d before anything was shown' % tpm.counter())
        check(d.start() == 'b', 'the old release starts')
        d.reaches('confirmed')
        d.put(Release(keys, '9.0.0', 5))
        d.refused('update.rollback')
        d.measures()
        check(stands(tpm, d) == 6 and d.counter() == 0, 'TPM %d, file %d' % (tpm.counter(), d.counter()))


def test_a_device_whose_tpm_has_no_counter_takes_no_release_and_measures():
    with counting('none', value=0) as (keys, tpm, d):
        d.start()
        d.put(Release(keys))
        d.refused('update.counter')
        d.measures()


def test_a_counter_that_its_owner_could_remove_is_no_counter():
    with counting('planted', value=5, attributes='authread|ownerread|ownerwrite|authwrite|nt=counter', by='o') as (keys, tpm, d):
        d.start()
        d.put(Release(keys))
        wait_for('an end', lambda: d.refusals() or d.device.program.ended() or d.told('update.state', state='checked') or d.told('update.state', state='writing'))
        check(d.refusals() == ['update.counter'], 'a release was held against it and taken: %s' % d.refusals())
        d.measures()
        check(stands(tpm, d) == 5, 'it was raised to %d' % tpm.counter())


def test_who_has_taken_updater_raises_the_counter_no_further_than_what_runs():
    if os.geteuid() != 0:
        return 'roles share a user'
    with counting('taken', value=3) as (keys, tpm, d):
        d.start()
        wait_for('the TPM', lambda: d.told('tpm.ready'))
        got = [knock(d.device, 'updater', 'updater', RAISE, b'') for _ in range(5)]
        d.measures()
        check(stands(tpm, d) == 5, 'version 5 runs, and the counter stands at %d' % tpm.counter())
        check(got == ['1101', '1101', '0b01', '0b01', '0b01'], 'answers: %s' % got)


main([test_the_counter_in_the_tpm_rises_on_confirmation_alone_and_closes_the_way_back,
      test_a_device_whose_tpm_has_no_counter_takes_no_release_and_measures,
      test_a_counter_that_its_owner_could_remove_is_no_counter,
      test_who_has_taken_updater_raises_the_counter_no_further_than_what_runs])
