#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-SEC-008 and "one line of error for one mistake": file, line, what was expected; exit 2; nothing changed."""
import hashlib
import os
import re
import resource
import subprocess

from harness import BUILD, CLOUD, OXIMETER, Program, bench, check, main, role_pid, run, wait_for
from releases import Keys, Release
from service import key_of as service_key


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


def one_line(done, *needles, code=2):
    lines = [l for l in done.stderr.splitlines() if l.strip()]
    check(done.returncode == code, 'exit %d, expected %d: %s' % (done.returncode, code, done.stderr[-200:]))
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


def test_a_number_that_no_release_can_have_is_refused_and_store_goes_on():
    with bench() as b:
        cloud = b.cloud()
        pid = role_pid(cloud.program.process.pid, 'store')
        for number in ('-1', '0', ' 1', '+1', '', '1x', '9223372036854775808', '18446744073709551616'):
            one_line(cloud.verb('release', 'rollout', number, '--percent', '5', code=None), 'NUMBER: expected a number')
            one_line(cloud.verb('release', 'stop', number, code=None), 'NUMBER: expected a number')
        one_line(cloud.verb('release', 'stop', '9223372036854775807', code=None), 'no such release', code=1)
        check(role_pid(cloud.program.process.pid, 'store') == pid, 'store was ended by a number')


def test_a_second_cloud_on_one_root_is_refused_and_the_first_goes_on():
    with bench() as b:
        cloud = b.cloud()
        sockets = ['keys/admin', 'keys/enrol', 'keys/store', 'store/admin', 'store/gate', 'store/view', 'view/http']

        def seen():
            return [os.stat(os.path.join(cloud.root, 'run/holdfast', s)).st_ino for s in sockets]
        before = seen()
        second = run(CLOUD, 'serve', '--root', cloud.root, '--device-port', '0', '--enrol-port', '0', '--people-port', '0',
                     '--for', '5', code=None)
        one_line(second, 'another', code=3)
        check(second.stdout == '', 'it said that it is ready')
        check(seen() == before, 'it took sockets from the one that runs')
        b.device(cloud, 'after')  # keys, enrol and store hear each other still
        check(not cloud.program.ended(), 'the first one ended')
        cloud.stop()
        cloud.serve()  # nothing is left of the lock


def no_room():
    """For a verb: nothing that it writes into a file is taken."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_a_device_whose_bundle_nobody_has_is_not_left_behind():
    with bench() as b:
        cloud = b.cloud()
        bundle, socket = os.path.join(b.folder, 'bundle'), os.path.join(cloud.root, 'run/holdfast/keys/admin')
        os.rename(socket, socket + '.away')
        one_line(cloud.verb('device', 'add', 'no-keys', '--bundle', bundle, code=None), 'keys does not answer', code=3)
        check(cloud.lines('device', 'list') == [] and cloud.events() == [], 'a device without keys')
        os.rename(socket + '.away', socket)
        # SIGXFSZ is ignored by Python and, this way, by the verb too: what it writes fails.
        full = subprocess.run([CLOUD, 'device', 'add', 'no-room', '--bundle', bundle, '--root', cloud.root], capture_output=True,
                              text=True, preexec_fn=no_room, restore_signals=False, timeout=60)
        one_line(full, 'cannot be written', code=3)
        check(cloud.lines('device', 'list') == [] and not os.path.exists(bundle), 'a device whose bundle was not written')
        check([e['code'] for e in cloud.events()] == ['device.added', 'device.dropped'], 'events: %s' % cloud.events())
        cloud.add_device('whole', b.folder)
        check([d['label'] for d in cloud.lines('device', 'list')] == ['whole'], 'the next one is not added')


def test_text_that_no_page_can_show_is_refused_on_the_command_line():
    with bench() as b:
        cloud = b.cloud()
        device, _ = cloud.add_device('good', b.folder)
        before = cloud.lines('device', 'list')
        for text in ('', ' ', '\u3000', 'a\nb', 'a\x1b[31m', 'a\u202eb', b'a\xff', 'x' * 65):
            for words in (('device', 'add', text, '--bundle', os.path.join(b.folder, 'new')), ('user', 'add', text),
                          ('user', 'remove', text)):
                one_line(cloud.verb(*words, code=None, stdin='correct horse battery\n'))
            if text:
                for option in ('--ward', '--zone'):
                    one_line(cloud.verb('device', 'config', device, option, text, code=None), option)
                one_line(run(CLOUD, 'service', 'ticket', '--device', device, '--holder', text, '--key', service_key(cloud), '--ticket',
                             os.path.join(b.folder, 'ticket'), code=None), '--holder')
        one_line(cloud.verb('user', 'add', 'nurse', code=None, stdin='correct\x01horse battery\n'), 'password')
        check(cloud.lines('device', 'list') == before and cloud.lines('user', 'list') == [] and not os.path.exists(os.path.join(b.folder, 'new')), 'something was taken')


def test_a_verb_that_is_refused_says_why():
    with bench() as b:
        cloud = b.cloud()
        device, _ = cloud.add_device('good', b.folder)
        one_line(cloud.verb('device', 'receipt', device, code=None), 'never told', code=1)
        one_line(cloud.verb('device', 'receipt', '0' * 8 + '-0000-4000-8000-' + '0' * 12, code=None), 'no such device', code=1)
        cloud.verb('device', 'config', device, '--ward', 'w')
        cloud.verb('device', 'revoke', device)
        one_line(cloud.verb('device', 'config', device, '--ward', 'w', code=None), 'revoked', code=1)
        keys = Keys(os.path.join(b.folder, 'keys'))
        release = Release(keys)
        for product in ('a' * 33, 'holdfast-oximeter' * 9, 'Holdfast'):
            one_line(run(CLOUD, 'release', 'sign', release.bundle, os.path.join(b.folder, 'statement'), '--key', keys.at('ours.second'), '--product',
                         product, '--release', '1.2.3', '--security', '1', '--build', '0' * 32, '--root-bytes', '9', code=None), '--product')
        check(not os.path.exists(os.path.join(b.folder, 'statement')), 'another class was signed')


def test_a_fifo_in_the_place_of_a_file_is_refused_and_not_waited_for():
    with bench() as b:
        cloud = b.cloud()
        fifo, file, new = (os.path.join(b.folder, n) for n in ('fifo', 'file', 'new'))
        os.mkfifo(fifo)
        open(file, 'w').write('x')
        root = os.path.join(b.folder, 'device')
        os.makedirs(root)
        for words in (('release', 'add', fifo), ('release', 'add', fifo, '--bundle', file), ('release', 'add', file, '--bundle', fifo),
                      ('service', 'send', fifo)):
            one_line(run(CLOUD, *words, '--root', cloud.root, code=None), 'fifo')
        one_line(run(CLOUD, 'pins', 'publish', fifo, '--root', cloud.root, code=None), 'fifo', code=1)
        one_line(run(CLOUD, 'pins', 'make', new, '--set-version', '2', '--key', file, '--active', fifo, '--backup', fifo, code=None), 'fifo')
        for name in ('makers.pem', 'measurements.conf'):
            os.mkfifo(os.path.join(cloud.root, 'etc/holdfast', name))
            one_line(run(CLOUD, 'attest', 'check', '--root', cloud.root, code=None), '', code=3)
        one_line(run(OXIMETER, 'enrol', fifo, '--root', root, code=None), 'fifo')
        one_line(run(OXIMETER, 'service', '--ticket', fifo, '--root', root, code=None), 'fifo')


def test_a_least_version_that_nothing_enforces_is_refused():
    with bench() as b:
        cloud = b.cloud()
        cloud.stop()
        open(os.path.join(cloud.root, 'etc/holdfast/cloud.conf'), 'a').write('\nleast_security_version = 3\n')
        one_line(run(CLOUD, 'serve', '--root', cloud.root, '--for', '1', code=None), 'least_security_version', 'require_trust')


def test_registers_are_written_in_one_way():
    hex_ = '0' * 64
    run(CLOUD, 'attest', 'measured', '0=%s,11=%s' % (hex_, hex_), '--release', '1.0.0', '--security', '1')
    for text in ('+1', ' 1', '01', '-0', '-1', '24', '1 ', '', '0x1', '111'):
        one_line(run(CLOUD, 'attest', 'measured', '--release', '1.0.0', '--security', '1', '--', '%s=%s' % (text, hex_), code=None), 'REGISTERS')


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
    test_a_number_that_no_release_can_have_is_refused_and_store_goes_on,
    test_a_second_cloud_on_one_root_is_refused_and_the_first_goes_on,
    test_a_device_whose_bundle_nobody_has_is_not_left_behind,
    test_text_that_no_page_can_show_is_refused_on_the_command_line,
    test_a_verb_that_is_refused_says_why,
    test_a_fifo_in_the_place_of_a_file_is_refused_and_not_waited_for,
    test_a_least_version_that_nothing_enforces_is_refused,
    test_registers_are_written_in_one_way,
    test_every_verb_says_how_it_is_used,
    test_key_file_that_others_can_read_stops_the_start,
    test_device_with_a_readable_key_measures_and_sends_nothing,
    test_device_with_a_malformed_configuration_measures_and_sends_nothing,
])
