#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The units of packaging/systemd: judged as they stand, and held against what a real run does."""
import os
import re
import subprocess

from harness import TOP, Failed, bench, check, main, run

UNITS = os.path.join(TOP, 'packaging/systemd')
# What they are now; more is red. Why not less: docs/decisions/0016-image.md.
EXPOSURE_MAX = {'holdfast-oximeter.service': 23, 'holdfast-cloud.service': 24}


def lines(unit, key):
    text = open(os.path.join(UNITS, unit)).read()
    return re.findall(r'^%s=(.*)$' % key, text, re.M)


def calls_of(name):
    """A system call's name, or those of a set of systemd's."""
    if not name.startswith('@'):
        return {name}
    out = run('systemd-analyze', 'syscall-filter', name).stdout
    words = [l.strip() for l in out.splitlines()[1:] if l.strip() and not l.strip().startswith('#')]
    return set().union(*(calls_of(w) for w in words))


def allowed_calls(unit):
    yes, no = set(), set()
    for line in lines(unit, 'SystemCallFilter'):
        into = no if line.startswith('~') else yes
        for name in line.lstrip('~').split():
            into |= calls_of(name)
    return yes - no


def capabilities(unit):
    return [c[4:].lower() for c in lines(unit, 'CapabilityBoundingSet')[0].split()]


def bounded(unit):
    """What the unit leaves of root's rights, before a command."""
    return ['setpriv', '--no-new-privs', '--inh-caps=-all', '--bounding-set', ','.join(['-all'] + ['+' + c for c in capabilities(unit)])]


def test_no_unit_is_more_exposed_than_its_limit():
    names = sorted(n for n in os.listdir(UNITS) if n.endswith('.service'))
    check(names == sorted(EXPOSURE_MAX), 'units %s, judged are %s' % (names, sorted(EXPOSURE_MAX)))
    for name in names:
        judge = ['systemd-analyze', 'security', '--offline=yes', '--no-pager']
        done = subprocess.run(judge + ['--threshold=%d' % EXPOSURE_MAX[name], os.path.join(UNITS, name)], capture_output=True, text=True)
        check(done.returncode == 0, '%s: %s' % (name, done.stdout.strip().splitlines()[-1:] or done.stderr))
        # The judge takes an option that it does not know, or that is misspelt, for one that is not there.
        check('Unknown' not in done.stderr, '%s: %s' % (name, done.stderr))
        # The control: without its filters the same unit is over its limit.
        with bench() as b:
            weak = os.path.join(b.folder, name)
            text = open(os.path.join(UNITS, name)).read()
            open(weak, 'w').write(re.sub(r'(?m)^SystemCallFilter=.*\n', '', text))
            done = subprocess.run(judge + ['--threshold=%d' % EXPOSURE_MAX[name], weak], capture_output=True, text=True)
            check(done.returncode != 0, '%s without its filters was let through' % name)


def test_device_and_cloud_do_their_work_with_the_capabilities_of_their_units():
    if os.geteuid() != 0:
        return 'not root: there is nothing to give up'
    with bench() as b:
        cloud = b.cloud(inside=bounded('holdfast-cloud.service'))
        device = b.device(cloud, 'bounded')
        device.inside = bounded('holdfast-oximeter.service')
        for _ in range(2):  # the second start finds folders that are the roles' already
            code = device.start('--batches', '2', '--once').wait()
            check(code == 0, 'the device ended with %d: %s' % (code, device.program.log.tail()))
        check(cloud.counts()['batches'] >= 4, 'stored: %s' % cloud.counts())


def test_a_device_makes_no_system_call_that_its_unit_forbids():
    unit = 'holdfast-oximeter.service'
    may = allowed_calls(unit)
    check('seccomp' in may and 'mount' not in may, 'the filter was not understood: %d calls' % len(may))
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'traced')
        trace = os.path.join(b.folder, 'trace')
        device.inside = ['strace', '-f', '-qq', '-c', '-o', trace]
        code = device.start('--batches', '2', '--once').wait()
        if code != 0:
            raise Failed('the traced device ended with %d: %s' % (code, device.program.log.tail()))
        did = {l.split()[-1] for l in open(trace).read().splitlines()[2:] if l.strip() and l.split()[-1].isidentifier()} - {'total'}
        check(len(did) > 30, 'only %d calls were seen' % len(did))
        check(did <= may, 'it makes calls that its unit forbids: %s' % sorted(did - may))


main([test_no_unit_is_more_exposed_than_its_limit, test_device_and_cloud_do_their_work_with_the_capabilities_of_their_units,
      test_a_device_makes_no_system_call_that_its_unit_forbids])
