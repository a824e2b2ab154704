#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-SEC-008 and "one line of error for one mistake": file, line, what was expected; exit 2; nothing changed."""
import hashlib
import os
import re
import subprocess

from harness import BUILD, CLOUD, OXIMETER, Program, bench, check, main, run, wait_for


def digest_of(folder):
    """Every file below a folder with its content and mode."""
    h = hashlib.sha256()
    for where, folders, files in sorted(os.walk(folder)):
        folders.sort()
        for f in sorted(files):
            path = os.path.join(where, f)
            if os.path.isfile(path):
                h.update(path.encode() + b'\0' + open(path, 'rb').read() + str(os.stat(path).st_mode).encode())
    return h.hexdigest()


def one_line(done, *needles):
    lines = [l for l in done.stderr.splitlines() if l.strip()]
    check(done.returncode == 2, 'exit %d, expected 2: %s' % (done.returncode, done.stderr[-200:]))
    check(len(lines) == 1 and lines[0].startswith('error: '), 'not one clear line: %r' % lines)
    check('expected' in lines[0], 'does not say what was expected: ' + lines[0])
    for n in needles:
        check(n in lines[0], '%r is not in: %s' % (n, lines[0]))


def test_malformed_recording_is_refused_with_its_line_before_anything_starts():
    good = '# fs=100 bits=18 rec=x\nred,ir\n' + '100000,120000\n' * 200
    cases = [
        ('empty', '', 0), ('no header', 'red,ir\n1,2\n', 1), ('no fs', '# rec=x\nred,ir\n1,2\n', 1),
        ('fs of zero', '# fs=0\nred,ir\n1,2\n', 1), ('no columns', '# fs=100\n', 2),
        ('no known column', '# fs=100\na,b\n1,2\n', 2), ('a word', good + 'x,y\n', 203),
        ('too few', good + '1\n', 203), ('too many', good + '1,2,3\n', 203), ('negative', good + '-1,5\n', 203),
        ('not a number', good + 'nan,5\n', 203), ('over the bits', good + '262144,5\n', 203),
        ('a long line', good + '1' * 300 + ',5\n', 203), ('a NUL', good + '1\0,5\n', 203),
        ('rubbish', '\xff\xfe\x00', 1),
    ]
    with bench() as b:
        root = os.path.join(b.folder, 'device')
        os.makedirs(root)
        before = digest_of(root)
        for what, text, line in cases:
            path = os.path.join(b.folder, 'bad.csv')
            open(path, 'wb').write(text.encode('latin-1'))
            done = run(OXIMETER, 'run', '--root', root, '--sensor', 'replay:' + path, '--once', code=None)
            try:
                one_line(done, 'bad.csv:%d:' % line if line else 'bad.csv:')
            except Exception as e:
                raise type(e)('%s: %s' % (what, e))
            check(digest_of(root) == before, '%s changed something below the root' % what)
        for path in (os.path.join(b.folder, 'absent.csv'), b.folder, '/dev/zero'):
            one_line(run(OXIMETER, 'run', '--root', root, '--sensor', 'replay:' + path, '--once', code=None))


def test_malformed_bundle_is_refused_with_its_line_and_nothing_is_enrolled():
    with bench() as b:
        cloud = b.cloud()
        _, bundle = cloud.add_device('bundle', b.folder)
        good = open(bundle).read().splitlines()
        root = os.path.join(b.folder, 'device')
        os.makedirs(root)
        at = [i for i, l in enumerate(good) if '=' in l and not l.startswith('#')]
        for what, i, line in [('unknown key', at[0], 'adress = "x"')] + [
                ('broken value', n, good[n].split('=')[0] + '= ~') for n in at[:6]]:
            bad = list(good)
            bad[i] = line
            path = os.path.join(b.folder, 'bad.bundle')
            open(path, 'w').write('\n'.join(bad) + '\n')
            os.chmod(path, 0o600)
            one_line(run(OXIMETER, 'enrol', path, '--root', root, code=None), 'bad.bundle:%d:' % (i + 1))
            check(not os.path.exists(os.path.join(root, 'var/lib/holdfast/courier/tls.crt')), what + ' enrolled')


def test_malformed_configuration_is_refused_with_its_line():
    with bench() as b:
        cloud = b.cloud()
        cloud.stop()
        conf = os.path.join(cloud.root, 'etc/holdfast/cloud.conf')
        good = open(conf).read()
        open(conf, 'a').write('\nno_such_key = 1\n')
        line = len(good.splitlines()) + 2
        one_line(run(CLOUD, 'serve', '--root', cloud.root, code=None), 'cloud.conf:%d:' % line, 'no_such_key')
        open(conf, 'w').write(good)


def test_command_line_mistakes_are_one_line_each():
    for program in (CLOUD, OXIMETER):
        for words in (('nonsense',), ('--nonsense',), ('status', '--nonsense'), ('status', 'too', 'many', 'words')):
            one_line(run(program, *words, code=None))
    one_line(run(OXIMETER, 'run', '--speed', 'fast', code=None), 'speed')
    one_line(run(OXIMETER, 'run', '--speed', '0', code=None), 'speed')
    one_line(run(OXIMETER, 'run', '--sensor', 'magic:1', code=None), 'sensor')
    one_line(run(CLOUD, 'serve', '--device-port', '65536', code=None), 'device-port')
    one_line(run(CLOUD, 'device', 'revoke', 'not-an-id', code=None))


def test_every_verb_says_how_it_is_used():
    for program in (CLOUD, OXIMETER, os.path.join(BUILD, 'holdfast-review')):
        top = run(program, '--help').stdout
        verbs = re.findall(r'^  (?:holdfast-\w+ )?([a-z]+(?: [a-z]+)?)', top, re.M)
        check(len(verbs) >= 4, '%s --help lists %r' % (program, verbs))
        check(max(len(l) for l in top.splitlines()) <= 80, 'help is wider than 80 columns')
        check(run(program, '--version').stdout.strip() != '', 'no version')


def test_key_file_that_others_can_read_stops_the_start():
    with bench() as b:
        cloud = b.cloud()
        cloud.stop()
        for role, name in (('gate', 'tls.key'), ('keys', 'kek.key')):
            path = os.path.join(cloud.root, 'var/lib/holdfast', role, name)
            os.chmod(path, 0o444)
            program = Program([CLOUD, 'serve', '--root', cloud.root, '--log-json', '--device-port', '0', '--enrol-port',
                               '0', '--people-port', '0', '--for', '5'])
            b.things.append(type('P', (), {'stop': lambda self, p=program: p.end()})())
            code = program.wait()
            check(code in (2, 3), 'the cloud served with %s readable by everyone (exit %d)' % (name, code))
            os.chmod(path, 0o400)
        cloud.serve()


def test_device_with_a_readable_key_measures_and_sends_nothing():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'open')
        os.chmod(os.path.join(device.root, 'var/lib/holdfast/courier/tls.key'), 0o444)
        device.start('--for', '600', speed=20)
        state = wait_for('measuring', lambda: (lambda s: s if s['readings'] >= 100 else None)(device.status()))
        check(not state['synchronised'], 'synchronised with a key that everyone can read')
        check(cloud.counts()['batches'] == 0, 'sent with a key that everyone can read')
        wait_for('the refusal to be logged', lambda: device.program.log.of('key.file'))


def test_device_with_a_malformed_configuration_measures_and_sends_nothing():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'misset')
        os.makedirs(os.path.join(device.root, 'etc/holdfast'))
        open(os.path.join(device.root, 'etc/holdfast/oximeter.conf'), 'w').write('journal_mib = 16\nno_such_key = 1\n')
        device.start('--for', '600', speed=20)
        state = wait_for('measuring', lambda: (lambda s: s if s['readings'] >= 100 else None)(device.status()))
        check('config' in state['notes'] and not state['synchronised'], 'a bad configuration is not said: %r' % state)
        check(cloud.counts()['batches'] == 0, 'sent with a configuration that was refused')
        wait_for('the refusal to be logged', lambda: device.program.log.of('config.refused'))


main([
    test_malformed_recording_is_refused_with_its_line_before_anything_starts,
    test_malformed_bundle_is_refused_with_its_line_and_nothing_is_enrolled,
    test_malformed_configuration_is_refused_with_its_line,
    test_command_line_mistakes_are_one_line_each,
    test_every_verb_says_how_it_is_used,
    test_key_file_that_others_can_read_stops_the_start,
    test_device_with_a_readable_key_measures_and_sends_nothing,
    test_device_with_a_malformed_configuration_measures_and_sends_nothing,
])
