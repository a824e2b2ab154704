#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-SVC-001 to HF-SVC-007: the field engineer's way in, from the signed ticket to the administrator's screen."""
import json
import os
import re

from harness import CLOUD, bench, check, main, role_pid, run, wait_for
from service import HOLDER, Person, clock_set, key_of, refused, screen, start, ticket

ROLES = ('measure', 'keeper', 'courier', 'screen')


def sockets(device):
    """What the roles of the device listen on, or have open besides TCP: from the kernel's own tables."""
    inodes = set()
    for role in ROLES:
        folder = '/proc/%d/fd' % role_pid(device.program.process.pid, role)
        for fd in os.listdir(folder):
            m = re.match(r'socket:\[(\d+)\]', os.readlink(os.path.join(folder, fd)))
            if m:
                inodes.add(m.group(1))
    found = []
    for table in ('tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6'):
        for line in open('/proc/net/' + table).read().splitlines()[1:]:
            words = line.split()
            if words[9] in inodes and (words[3] == '0A' or not table.startswith('tcp')):
                found.append('%s %s' % (table, words[1]))
    return found


def opened(b, cloud, device, name='ticket'):
    path, serial = ticket(b, device.id, key_of(cloud), name)
    person = Person(device, path)
    code, said = person.say(person.code())
    check(code == 0 and 'service.begun' in said, 'exit %d: %s' % (code, said))
    return path, serial


def logs(cloud):
    return cloud.lines('service', 'logs')


def test_a_ticket_is_shown_and_brings_logs_to_the_cloud_by_the_ordinary_way():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'served')
        start(device)
        clock_set(device)
        before = sockets(device)
        _, serial = opened(b, cloud, device)
        wait_for('the holder on the screen', lambda: screen(device, r'SERVICE %s until \d\d:\d\d UTC' % HOLDER))
        state = device.status()
        check(state['service']['state'] == 'open' and state['service']['holder'] == HOLDER, str(state['service']))
        got = wait_for('two logs at the cloud', lambda: len(logs(cloud)) >= 2 and logs(cloud))
        during = sockets(device)
        check(before == [] and during == [], 'sockets before %r, during %r' % (before, during))
        check(all(g['serial'] == serial and g['holder'] == HOLDER and g['device'] == device.id for g in got), str(got))
        check([g['part'] for g in got] == list(range(len(got))), 'parts: %r' % [g['part'] for g in got])
        check(got[0]['checks'].get('crypto') is True and got[0]['checks'].get('flash') is True, str(got[0]['checks']))
        tried = [l for g in got for l in g['lines'] if l['code'] == 'role.self_test']
        check(tried and tried[0]['number'] == 0, 'the roles tried forbidden acts: %r' % tried)
        # One of each side, and none twice.
        wait_for('the device\'s own event', lambda: [e for e in cloud.events() if e['code'] == 'service.begun'])
        rows = [(e['code'], e['n']) for e in cloud.events() if e['code'] in ('service.begun', 'service.logs')]
        check(sorted(rows) == [('service.begun', 1), ('service.logs', 1)], str(rows))
        own = [e for e in cloud.events() if e['code'] == 'service.logs'][0]
        check(own['request'] == serial and own['device'] == device.id, str(own))
        check(len(device.program.log.of('service.begun')) == 1, 'the device logged it %d times' % len(device.program.log.of('service.begun')))
        # Measuring, keeping and sending went on meanwhile.
        log = device.program.log
        device.stop()
        sealed = {(l['epoch'], l['seq']): l['digest'] for l in log.of('batch.sealed')}
        check(log.of('batch.lost', 'measure.dropped') == [], 'readings were lost')
        start(device)
        wait_for('every batch at the cloud', lambda: {(r['epoch'], r['seq']): r['digest'] for r in cloud.lines('batches')}.items() >= sealed.items())
        check(device.status()['service'] is None, 'a new start of the device goes on with the ticket')


def test_a_ticket_that_came_by_the_cloud_waits_for_a_person_and_is_judged_as_any_other():
    with bench() as b:
        cloud = b.cloud()
        device, other = b.device(cloud, 'sent'), b.device(cloud, 'not-sent')
        start(device)
        start(other)
        clock_set(device)
        clock_set(other)
        got = refused(device)
        check(got == 'service.none', 'with no ticket anywhere: ' + got)
        # One that is signed by a stranger travels too: the cloud is not asked to judge, the device is.
        strange = os.path.join(b.folder, 'strange.key')
        run(CLOUD, 'service', 'key', '--key', strange)
        path, _ = ticket(b, device.id, strange, 'strange')
        run(CLOUD, 'service', 'send', path, '--root', cloud.root)
        wait_for('the stranger\'s ticket to be refused', lambda: refused(device) == 'service.signature')
        path, serial = ticket(b, device.id, key_of(cloud), 'good')
        run(CLOUD, 'service', 'send', path, '--root', cloud.root)
        sent = [e for e in cloud.events() if e['code'] == 'service.sent']
        check([e['request'] for e in sent][-1:] == [serial], 'the administrator is told %r' % sent)
        def there():
            person = Person(device)
            code = person.asked()
            if code is None:
                person.say()
            return code and (person, code)
        person, code = wait_for('the ticket to arrive', there)
        check(logs(cloud) == [], 'something was given before the code was said')
        exit_code, said = person.say(code)
        check(exit_code == 0 and 'service.begun' in said, 'exit %d: %s' % (exit_code, said))
        wait_for('a log under it', lambda: [g for g in logs(cloud) if g['serial'] == serial])
        got = refused(other)
        check(got == 'service.none', 'another device has it: ' + got)
        # It has been used: it is carried no more, and what was carried before is gone.
        device.stop()
        start(device)
        clock_set(device)
        got = refused(device)
        check(got == 'service.none', 'after its use it still travels: ' + got)


def test_what_cannot_be_sent_is_said_in_one_line():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'ended')
        path, _ = ticket(b, device.id, key_of(cloud), 'good')
        stranger, _ = ticket(b, '00000000-0000-4000-8000-000000000000', key_of(cloud), 'stranger')
        cut = os.path.join(b.folder, 'cut')
        open(cut, 'wb').write(open(path, 'rb').read()[:-1])
        long = os.path.join(b.folder, 'long')
        open(long, 'wb').write(open(path, 'rb').read() + b'x')
        run(CLOUD, 'device', 'revoke', device.id, '--root', cloud.root)
        for file, code in ((path, 1), (stranger, 1), (cut, 2), (long, 2), ('/dev/null', 2), (os.path.join(b.folder, 'none'), 2)):
            ran = run(CLOUD, 'service', 'send', file, '--root', cloud.root, code=None)
            check(ran.returncode == code and len(ran.stderr.splitlines()) == 1, '%s: exit %d, %r' % (file, ran.returncode, ran.stderr))
        check(not [e for e in cloud.events() if e['code'] == 'service.sent'], 'the cloud says that one was sent')


def test_a_log_holds_nothing_of_the_patient_and_no_key():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'private')
        cloud.verb('device', 'config', device.id, '--ward', 'jane-doe-ward')
        start(device)
        clock_set(device)
        wait_for('the configuration', lambda: device.program.log.of('config.taken'))
        opened(b, cloud, device)
        got = wait_for('two logs at the cloud', lambda: len(logs(cloud)) >= 2 and logs(cloud))
        text = json.dumps([{k: v for k, v in g.items() if k in ('lines', 'checks', 'figures')} for g in got])
        known = {'level', 'code', 'detail', 'number', 'n', 'first_ms', 'last_ms'}
        check(all(set(l) <= known for g in got for l in g['lines']), 'fields: %r' % [set(l) for g in got for l in g['lines']])
        check('jane' not in text, 'the ward: ' + text)
        check(re.search(r'[0-9a-f]{32}', text) is None, 'a digest, key or epoch: ' + text)
        check(device.id not in text, 'the id of the device, which the seal says already')
        for word in ('spo2', 'pulse', 'quality', 'patient', 'assignment'):
            check(word not in text, '%s: %s' % (word, text))


def test_every_ticket_that_is_not_for_here_and_now_is_refused_by_its_name():
    with bench() as b:
        cloud = b.cloud()
        device, other = b.device(cloud, 'here'), b.device(cloud, 'there')
        start(device)
        good, _ = ticket(b, device.id, key_of(cloud), 'good')
        cloud_key = os.path.join(b.folder, 'other.key')
        run(CLOUD, 'service', 'key', '--key', cloud_key)
        edited = os.path.join(b.folder, 'edited')
        bytes_ = bytearray(open(good, 'rb').read())
        bytes_[-1] ^= 1
        open(edited, 'wb').write(bytes_)
        cut = os.path.join(b.folder, 'cut')
        open(cut, 'wb').write(open(good, 'rb').read()[:-1])
        clock_set(device)
        rows = [
            (ticket(b, other.id, key_of(cloud), 'others')[0], 'service.device'),
            (ticket(b, device.id, key_of(cloud), 'tomorrow', '--after', '1440')[0], 'service.early'),
            (ticket(b, device.id, cloud_key, 'stranger')[0], 'service.signature'),
            (edited, 'service.signature'),
            (cut, 'service.malformed'),
        ]
        for path, want in rows:
            got = refused(device, path, '000000')
            check(got == want, '%s: %s' % (os.path.basename(path), got))
            check(device.program.log.of(want), 'no line of the device\'s log says ' + want)
        wait_for('the refusals as events of the cloud', lambda: [e for e in cloud.events() if e['code'] == 'service.refused'])
        check(logs(cloud) == [], 'logs were given: %r' % logs(cloud))


def test_without_the_code_of_the_screen_nobody_is_there():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'alone')
        start(device)
        clock_set(device)
        path, _ = ticket(b, device.id, key_of(cloud), 'ticket')
        person = Person(device, path)
        code = person.code()
        check(code not in json.dumps(device.status()), 'status tells the code')
        wrong = ['%06d' % ((int(code) + i) % 1000000) for i in (1, 2, 3)]
        done, said = person.say(*wrong)
        check(done == 1 and 'service.presence' in said, 'exit %d: %s' % (done, said))
        check(logs(cloud) == [] and device.status()['service'] is None, 'something was given')
        opened(b, cloud, device, 'another')


def test_a_used_ticket_is_refused_also_after_a_kill_and_a_second_while_one_runs():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'again')
        start(device)
        clock_set(device)
        path, _ = opened(b, cloud, device)
        second, _ = ticket(b, device.id, key_of(cloud), 'second')
        check(refused(device, second) == 'service.busy', 'a second ticket while one is in force')
        os.kill(role_pid(device.program.process.pid, 'keeper'), 9)
        device.stop()
        start(device)
        clock_set(device)
        check(refused(device, path) == 'service.replayed', 'a used ticket')


def test_while_the_clock_is_unset_no_ticket_is_good():
    with bench() as b:
        cloud = b.cloud()
        device = b.device(cloud, 'early')
        path, _ = ticket(b, device.id, key_of(cloud), 'ticket')
        cloud.stop()
        start(device)
        wait_for('keeper to answer', lambda: device.status().get('running'))
        check(refused(device, path) == 'service.clock', 'a ticket without a clock')


def test_the_tool_signs_for_eight_hours_at_most_and_needs_no_cloud():
    with bench() as b:
        key = os.path.join(b.folder, 'service.key')
        run(CLOUD, 'service', 'key', '--key', key)
        check(os.stat(key).st_mode & 0o777 == 0o400, 'mode %o' % os.stat(key).st_mode)
        ticket(b, '3f2504e0-4f89-41d3-9a0c-0305e82c3301', key, 'eight', hours=8)
        done = run(CLOUD, 'service', 'ticket', '--device', '3f2504e0-4f89-41d3-9a0c-0305e82c3301', '--hours', '9', '--holder',
                   HOLDER, '--key', key, '--ticket', os.path.join(b.folder, 'nine'), code=2)
        check('8 at most' in done.stderr and not os.path.exists(os.path.join(b.folder, 'nine')), done.stderr)
        os.chmod(key, 0o440)
        done = run(CLOUD, 'service', 'ticket', '--device', '3f2504e0-4f89-41d3-9a0c-0305e82c3301', '--hours', '1', '--holder',
                   HOLDER, '--key', key, '--ticket', os.path.join(b.folder, 'open'), code=3)
        check(not os.path.exists(os.path.join(b.folder, 'open')), 'signed with a key that others can read')


main([
    test_a_ticket_that_came_by_the_cloud_waits_for_a_person_and_is_judged_as_any_other,
    test_what_cannot_be_sent_is_said_in_one_line,
    test_a_ticket_is_shown_and_brings_logs_to_the_cloud_by_the_ordinary_way,
    test_a_log_holds_nothing_of_the_patient_and_no_key,
    test_every_ticket_that_is_not_for_here_and_now_is_refused_by_its_name,
    test_without_the_code_of_the_screen_nobody_is_there,
    test_a_used_ticket_is_refused_also_after_a_kill_and_a_second_while_one_runs,
    test_while_the_clock_is_unset_no_ticket_is_good,
    test_the_tool_signs_for_eight_hours_at_most_and_needs_no_cloud,
])
