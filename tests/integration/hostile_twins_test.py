#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-SEC-002, HF-SEC-005, HF-SEC-001: courier, keeper (towards measure: HF-SEC-013), enrol and view, each replaced by a
hostile twin (gate's: defence_in_depth).

A twin is a program of its own (twin_*.py) that runs as the role's user with the role's files and doors, lies by a table,
and is not believed here: what happened is told by the other roles, by the journal, by the database and by keys' folder.
"""
import contextlib
import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

from harness import (OXIMETER, SPEED, Device, Log, Raw, Twin, bench, check, forge, main, request, role_pid, run, stopped,
                     wait_for)
from defence import Stolen

ALGORITHM = b'ENG-FNG1'  # in the clear inside every batch: eight letters that chance does not write
B = contextlib.ExitStack()
SITES = {}


def site(kind):
    """One cloud, one twin for all claims about it, made when the first of them runs."""
    if kind not in SITES:
        try:
            SITES[kind] = kind(B.enter_context(bench()))
        except Exception as why:
            SITES[kind] = why
    if isinstance(SITES[kind], Exception):
        raise SITES[kind]  # at once for every claim about it, and not after another wait
    return SITES[kind]


def secrets_of_cloud(cloud):
    """[(what, bytes)]: what must never leave keys and store."""
    folder = os.path.join(cloud.root, 'var/lib/holdfast/keys')
    der = open(os.path.join(folder, 'device-ca.key'), 'rb').read()
    at = der.index(b'\x04\x20') + 2  # the private scalar of the certificate authority
    return [('the key that wraps all others', open(os.path.join(folder, 'kek.key'), 'rb').read()),
            ("the cloud's private key", open(os.path.join(folder, 's.key'), 'rb').read()),
            ("the certificate authority's key", der[at:at + 32])]


def secrets_of_device(device):
    keys = bytes.fromhex(forge(device, 'keys').decode().strip())
    return [('the key that batches are sealed under', keys[:32]), ('the key that answers are sealed under', keys[32:])]


def memory_holds_no(twin, secrets):
    memory = twin.memory()
    check(bytes.fromhex(twin.ask('known')) in memory, 'the search does not find what is known to be there')
    for what, secret in secrets:
        check(len(secret) >= 8 and secret not in memory, 'the memory of the twin holds ' + what)


def refused_everything(twin, log, files, doors, processes):
    """Nothing of another role opens; each door that was tried logged one reason code."""
    before = len(log.of('talk.peer'))
    got = twin.ask('trespass', files, doors, processes)
    check(not got, 'the twin %s' % '; '.join(got))
    wait_for('a reason code for each door', lambda: len(log.of('talk.peer')) >= before + len(doors))
    told = len(log.of('talk.peer')) - before
    check(told == len(doors), '%d refusals at doors made %d lines' % (len(doors), told))


def database(cloud):
    """A digest of every row of every table but the events, of a copy of the files: store lets nobody else in."""
    with tempfile.TemporaryDirectory() as where:
        for end in ('', '-wal'):
            shutil.copyfile(os.path.join(cloud.root, 'var/lib/holdfast/store/data.db' + end), where + '/data.db' + end)
        with contextlib.closing(sqlite3.connect(where + '/data.db')) as db:
            names = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {n: (db.execute('SELECT count(*) FROM "%s"' % n).fetchone()[0], hashlib.sha256(
                repr(sorted(map(repr, db.execute('SELECT * FROM "%s"' % n)))).encode()).hexdigest())
                for n in names if not n.startswith(('event', 'sqlite'))}


def keys_folder(cloud):
    """Every file that keys has, with its content: invitations, wrapped keys, answers given, tombstones."""
    top = os.path.join(cloud.root, 'var/lib/holdfast/keys')
    return {os.path.join(where, n): open(os.path.join(where, n), 'rb').read()
            for where, _, names in os.walk(top) for n in names}


def separated():
    return os.geteuid() == 0


SHARED = 'roles share a user: separation is reduced, as the start line says'


# ---- courier ----

class CourierSite:
    """A running device whose courier is stopped and has its place taken; another device's credential is stolen too."""

    def __init__(self, b):
        self.cloud = b.cloud()
        self.device = b.device(self.cloud, 'victim')
        self.other = Stolen(b, self.cloud, 'other', 2)
        raw = Raw(self.cloud.ports['device'], self.other.context)
        raw.send(self.other.request())
        status = raw.answer()[0]
        raw.close()
        check(status == 200, 'the other device is not served')
        self.program = self.device.start('--for', '600')
        self.log = self.program.log
        wait_for('an honest batch of the true courier', lambda: self.log.of('batch.acknowledged'))
        self.courier = role_pid(self.program.process.pid, 'courier')
        self.keeper = role_pid(self.program.process.pid, 'keeper')
        B.enter_context(stopped(self.courier))
        self.twin = Twin(b, 'courier', 'courier', self.device.root, str(self.cloud.ports['device']))
        self.twin.ask('owner', self.device.id, self.other.id, *self.other.cert,
                      os.path.join(self.other.folder, '0.envelope'))
        self.twin.ask('honest', 4)

    def marks(self):
        """{digest: mark} of the journal on the device's flash."""
        return {l['digest']: l['mark'] for l in self.device.journal()}

    def stored(self):
        return [r['digest'] for r in self.cloud.lines('batches') if r['device'] == self.device.id]

    @contextlib.contextmanager
    def nothing_moves(self, what, but=0):
        """No mark of the journal may move while the twin lies (but so many that it earned), and measuring goes on."""
        before, began = self.marks(), self.device.status()
        yield
        after, stored = self.marks(), set(self.stored())
        false = [d for d, mark in after.items()
                 if mark == 'acknowledged' and before.get(d) != mark and d not in stored]
        check(not false, '%s: %d batches are marked acknowledged that the store does not hold' % (what, len(false)))
        moved = [d for d, mark in after.items() if mark != 'held' and before.get(d, 'held') == 'held']
        check(len(moved) == but, '%s: keeper believed %d answers, %d were true' % (what, len(moved), but))
        state = wait_for('measuring to go on', lambda: (lambda s: s if s['readings'] > began['readings'] else None)(
            self.device.status()))
        counted = state['batches_acknowledged'] - began['batches_acknowledged']
        check(counted == but, '%s: keeper counts %d batches acknowledged, %d are' % (what, counted, but))
        check(state['readings_lost'] == 0 and state['batches_set_aside'] == began['batches_set_aside'],
              '%s: lost %d readings, set %d batches aside' % (what, state['readings_lost'], state['batches_set_aside']))

    @contextlib.contextmanager
    def refusals(self, code, what):
        """Yields a list for the number of refusals: the device's log must show as many lines of `code`, and no more."""
        before, expected = len(self.log.of(code)), []
        yield expected
        wait_for('%d lines %s' % (sum(expected), code), lambda: len(self.log.of(code)) - before >= sum(expected))
        told = len(self.log.of(code)) - before
        check(told == sum(expected), '%s: %d refusals made %d lines %s' % (what, sum(expected), told, code))


def test_taken_courier_makes_keeper_believe_no_answer_that_is_not_of_this_very_batch():
    s = site(CourierSite)
    for lie in s.twin.ask('lies'):
        with s.refusals('answer.refused', lie) as refused:
            with s.nothing_moves(lie):
                refused.append(s.twin.ask('lie', lie))
        s.twin.ask('honest', 1)  # a twin that cannot tell the truth any more lies no more either


def test_taken_courier_that_holds_a_true_answer_back_is_not_believed_later():
    s = site(CourierSite)
    with s.refusals('answer.refused', 'a late answer') as refused, s.nothing_moves('a late answer'):
        refused.append(s.twin.ask('late', SPEED))


def test_taken_courier_that_repeats_a_true_answer_is_believed_once():
    s = site(CourierSite)
    with s.refusals('answer.refused', 'a repeated answer'), s.nothing_moves('a repeated answer', but=1):
        s.twin.ask('twice')


def test_taken_courier_that_says_what_it_may_not_is_cut_off_and_moves_nothing():
    s = site(CourierSite)
    with s.refusals('talk.malformed', 'malformed messages') as refused, s.nothing_moves('malformed messages'):
        count, heard = s.twin.ask('malformed')
        check(not heard, '%d of %d malformed messages cost nothing, the first is %s' % (
            len(heard), count, (heard or [''])[0]))
        refused.append(count)


def test_flood_from_a_taken_courier_loses_no_reading_and_restarts_no_role():
    s = site(CourierSite)
    with s.nothing_moves('a flood'):
        sent = s.twin.ask('flood')
        check(sent > 1000, 'the flood was %d messages only' % sent)
        again = s.log.of('role.restarted', 'role.silent', 'role.stopped', 'measure.dropped')
        check(not again, 'a flood of %d messages did: %r' % (sent, again[:2]))


def test_device_whose_courier_is_taken_does_not_say_synchronised():
    s = site(CourierSite)
    s.twin.ask('lie', 'silence')  # which says that the line is open
    began = s.device.status()
    state = wait_for('100 s of the device to pass', lambda: (
        lambda x: x if x['readings'] > began['readings'] + 100 else None)(s.device.status()))
    check(not state['synchronised'] and state['readings_held'] > 0,
          'the device says SYNCHRONISED and holds %d readings' % state['readings_held'])


def test_taken_courier_sees_sealed_envelopes_and_no_key():
    s = site(CourierSite)
    memory_holds_no(s.twin, secrets_of_device(s.device) + secrets_of_cloud(s.cloud)
                    + [('a batch in the clear', ALGORITHM)])


def test_taken_courier_opens_nothing_of_another_role_on_the_device():
    if not separated():
        return SHARED
    s = site(CourierSite)
    files = ['var/lib/holdfast/keeper'] + ['var/lib/holdfast/keeper/' + f for f in ('journal', 'identity', 'wrap.key')] \
        + ['run/holdfast/tally', 'run/holdfast/settled', 'run/holdfast/keeper']
    check(all(os.path.exists(os.path.join(s.device.root, f)) for f in files), 'a file that is tried is not there')
    refused_everything(s.twin, s.log, files, [['keeper/measure', 0x0104, '00' * 8], ['keeper/status', 0x0601, ''],
                                              ['screen/view', 0x0501, '00' * 8]],
                       [s.keeper, role_pid(s.program.process.pid, 'measure'), s.program.process.pid])


def test_taken_courier_stores_nothing_that_keeper_did_not_seal():
    s = site(CourierSite)
    before, events = s.cloud.counts(), s.cloud.json('status')['events']
    devices = [(d['state'], d['clone_suspected']) for d in s.cloud.lines('devices')]
    got = s.twin.ask('to_cloud', s.other.id)
    for what, status in got:
        allowed = (200,) if what.endswith(', again') else (400, 401, 403)
        check(status in allowed, '%s: HTTP %d' % (what, status))
    after = s.cloud.counts()
    check(after == before, 'rows %r became %r' % (before, after))
    refused = sum(status != 200 for _, status in got)
    wait_for('an event for each refusal', lambda: s.cloud.json('status')['events'] >= events + refused)
    told = s.cloud.json('status')['events'] - events
    check(told == refused, '%d refusals made %d events' % (refused, told))
    check(devices == [(d['state'], d['clone_suspected']) for d in s.cloud.lines('devices')], 'a device state changed')


def test_batches_that_a_taken_courier_withheld_reversed_and_doubled_are_stored_once_each():
    """Last of courier's: the twin goes, the true courier goes on, and everything sealed is delivered."""
    s = site(CourierSite)
    with s.nothing_moves('batches that keeper heard nothing about'):
        check(s.twin.ask('withhold_then_reverse', 6) > 0, 'nothing was withheld')
    s.twin.stop()
    os.kill(s.courier, signal.SIGCONT)
    sealed = {l['digest'] for l in s.log.of('batch.sealed')}
    wait_for('everything sealed to be acknowledged',
             lambda: sealed <= {l['digest'] for l in s.log.of('batch.acknowledged')})
    stored = s.stored()
    wrong = [d for d in sealed if stored.count(d) != 1]
    check(not wrong, '%d of %d batches are not stored exactly once' % (len(wrong), len(sealed)))
    check([d['clone_suspected'] for d in s.cloud.lines('devices') if d['device'] == s.device.id] == [False],
          'the device counts as cloned')


# ---- keeper ----

class KeeperSite:
    """Measure alone, started as its supervisor starts it; at keeper's door sits a twin with keeper's user."""

    def __init__(self, b):
        self.device = b.device(b.cloud(), 'measured')
        self.device.start('--for', '1')  # makes the folders and tallies of a run
        self.device.program.wait()
        self.twin = Twin(b, 'keeper', 'keeper', self.device.root)
        self.twin.ask('lies')  # it listens
        ends = os.pipe()  # descriptor 3, where a role says that it is ready
        words = [OXIMETER, '--role', 'measure', '--root', self.device.root, '--log-json', '--sensor', 'sim:normal', '--speed',
                 '60', '--start-ms', str(time.monotonic_ns() // 1000000)]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, close_fds=False,
                                        preexec_fn=lambda: os.dup2(ends[1], 3))
        self.ready, self.log = ends, Log(self.process.stderr)
        b.things.append(self)

    def stop(self):
        self.process.kill()
        self.process.wait(10)
        for end in self.ready:
            os.close(end)


def test_taken_keeper_cannot_make_measure_stop_or_wait():
    s = site(KeeperSite)
    newest = s.twin.ask('hear', 0)['newest']
    for lie in s.twin.ask('lies'):
        told = len(s.log.of('talk.malformed'))
        s.twin.ask('lie', lie)
        heard = s.twin.ask('hear', newest + 20)
        newest = heard['newest']
        check('silent' not in heard, '%s: measure says no reading any more' % lie)
        check(heard['ends'] == 0, '%s: measure said that it has ended' % lie)
        check(heard['knocks'] == 1, '%s: believed, measure did not leave its door' % lie)
        wait_for('a line of measure', lambda: len(s.log.of('talk.malformed')) > told)
        check(len(s.log.of('talk.malformed')) == told + 1, '%s: %d lines in the log' % (
            lie, len(s.log.of('talk.malformed')) - told))
    check(s.process.poll() is None, 'measure has ended: ' + s.log.tail())


# ---- enrol ----

class EnrolSite:
    """A cloud whose enrolment port is the twin's; one device was enrolled through it and is in use."""

    def __init__(self, b):
        self.b, self.cloud = b, b.cloud()
        self.log = self.cloud.program.log
        self.twin = Twin(b, 'enrol', 'enrol', self.cloud.root)
        self.cloud.ports['enrol'] = self.twin.ask('port')
        self.old = Stolen(b, self.cloud, 'old', 1)
        self.twin.ask('learn')
        raw = Raw(self.cloud.ports['device'], self.old.context)
        raw.send(request(self.old.id, self.old.left[0]))
        check(raw.answer()[0] == 200, 'the device that the honest twin enrolled is not served')
        raw.close()
        wait_for('the first batch to close the invitation', lambda: not self.invitations())
        self.device = Device(os.path.join(b.folder, 'new'))
        os.makedirs(self.device.root)
        self.device.id, self.bundle = self.cloud.add_device('new', self.device.root)
        b.things.append(self.device)

    def invitations(self):
        return [d for d in self.cloud.lines('device', 'list') if d['state'] == 'invited']

    def enrol(self, code):
        return run(OXIMETER, 'enrol', self.bundle, '--root', self.device.root, code=code)

    def identity(self):
        """What a device has once it believes itself enrolled."""
        return [f for f in ('keeper/identity', 'courier/tls.crt', 'courier/cloud')
                if os.path.exists(os.path.join(self.device.root, 'var/lib/holdfast', f))]

    def refused(self):
        return len([l for l in self.log.of('enrol.refused') if l['role'] == 'store'])


def enrolled_once():
    """The device is enrolled through the twin, by the truth, when no claim needs it unenrolled any more."""
    s = site(EnrolSite)
    if not s.identity():
        s.twin.ask('lie', None)
        s.enrol(0)
    return s


def test_device_believes_no_enrolment_that_its_invitation_does_not_prove():
    s = site(EnrolSite)
    for lie in s.twin.ask('lies'):
        asked, certificates, refused = s.twin.ask('asked'), s.twin.ask('certificates'), s.refused()
        s.twin.ask('lie', lie)
        done = run(OXIMETER, 'enrol', s.bundle, '--root', s.device.root, code=None)
        got = s.identity()
        check(done.returncode == 1 and not got, '%s: the device believes that it is enrolled (exit %d): %s' % (
            lie, done.returncode, ', '.join(got)))
        check(len(done.stderr.splitlines()) == 1, '%s: %d lines of error' % (lie, len(done.stderr.splitlines())))
        if lie.startswith('M1'):
            check(s.twin.ask('certificates') == certificates, '%s: keys made a certificate' % lie)
            check(s.twin.ask('asked') == asked + 1, lie + ': keys was not asked')
            wait_for('the line of store', lambda: s.refused() > refused)
            check(s.refused() == refused + 1, '%s: %d lines enrol.refused' % (lie, s.refused() - refused))
    s = enrolled_once()
    check(len(s.identity()) == 3, 'after all lies the true enrolment does not succeed')
    program = s.device.start('--batches', '2', '--once')
    check(program.wait() == 0, 'the device that was lied to does not deliver: ' + program.log.tail())


def test_taken_enrol_takes_in_no_device_of_its_own_and_takes_over_no_invitation():
    s = site(EnrolSite)
    device, bundle = s.cloud.add_device('wanted', s.b.folder)
    before, devices = keys_folder(s.cloud), s.cloud.lines('device', 'list')
    refused = s.refused()
    tries = [('nobody invited', forge(bundle, 'm1', '--device', '00000000-0000-4000-8000-%012x' % 7)),
             ('the invitation without its secret', forge(bundle, 'm1')),
             ('the invitation with a guessed secret', forge(bundle, 'm1', '--secret', os.urandom(32).hex())),
             ('a device that is in use', forge(bundle, 'm1', '--device', s.old.id, '--invited', 'yes')),
             ('an enrolment that is over', bytes.fromhex(s.twin.ask('first')))]
    for what, m1 in tries:
        check(s.twin.ask('to_keys', m1.hex()) == 0, 'keys made a certificate for ' + what)
    wait_for('a line for each refusal', lambda: s.refused() >= refused + len(tries))
    check(s.refused() == refused + len(tries), '%d lines for %d refusals' % (s.refused() - refused, len(tries)))
    check(keys_folder(s.cloud) == before, "something in keys' folder changed")
    check(s.cloud.lines('device', 'list') == devices, 'a device or its state changed')
    # All of them differ from this one, which is taken, in the secret or the device alone.
    check(s.twin.ask('to_keys', forge(bundle, 'm1', '--invited', 'yes').hex()) > 0, 'the true M1 is not good either')


def test_taken_enrol_gets_nothing_else_from_keys():
    s = enrolled_once()
    device = s.old.id.replace('-', '')
    kid, absent = device + '00000001', '55' * 16 + '00000001'
    rows = [[0x0201, kid + '09' + '00' * 31], [0x0202, kid], [0x0204, device], [0x0205, kid],
            [0x0205, s.device.id.replace('-', '') + '00000001'], [0x0401, absent + '7f' + 'ff' * 7],
            [0x0203, '01' + '00' * 32], [0x0301, '01' * 133], [0x0301, '01' * 8193], [0x0207, kid], [0x0403, '00'], [0x0705, ''],
            [0x0302, '01'], [0x0501, '00'], [0x0999, '']]
    before, malformed = keys_folder(s.cloud), len(s.log.of('talk.malformed'))
    for (door, body), got in zip(rows, s.twin.ask('other_doors', rows)):
        check(got is None, 'keys answered enrol at door %04x with %s' % (door, got))
    wait_for('a reason code for each', lambda: len(s.log.of('talk.malformed')) >= malformed + len(rows))
    said = [l.get('at') for l in s.log.of('talk.malformed')[malformed:]]
    check(said == ['keys/enrol'] * len(rows), '%d refusals, and the lines say %r' % (len(rows), sorted(set(map(str, said)))))
    check(keys_folder(s.cloud) == before, "something in keys' folder changed")


def test_taken_enrol_opens_nothing_of_another_role():
    if not separated():
        return SHARED
    s = site(EnrolSite)
    files = ['var/lib/holdfast/' + f for f in ('keys', 'keys/kek.key', 'keys/s.key', 'keys/device-ca.key', 'store',
                                               'store/data.db', 'gate/tls.key', 'people/tls.key')]
    supervisor = s.cloud.program.process.pid
    refused_everything(s.twin, s.log, files, [
        ['keys/store', 0x0202, s.old.id.replace('-', '') + '00000001'], ['keys/admin', 0x0401, '55' * 20 + '7f' * 8],
        ['store/gate', 0x0104, '00' * 20], ['store/view', 0x0603, '00' * 32], ['store/admin', 0x0705, '']],
        [role_pid(supervisor, 'keys'), role_pid(supervisor, 'store'), supervisor])


def test_taken_enrol_sees_no_secret_of_an_invitation_and_no_key():
    s = enrolled_once()
    invitation = dict(l.split(' = ', 1) for l in open(s.bundle).read().splitlines() if ' = ' in l)['secret']
    secret = bytes.fromhex(invitation.strip('"'))
    memory_holds_no(s.twin, secrets_of_device(s.device) + secrets_of_cloud(s.cloud)
                    + [('the secret of the invitation', secret), ('the secret of the invitation as text', invitation.encode())])


# ---- view ----

class ViewSite:
    """A cloud with readings of one device, a person who signed in, and view's place at store taken."""

    def __init__(self, b):
        self.cloud = b.cloud()
        self.log = self.cloud.program.log
        self.device = b.device(self.cloud, 'seen')
        program = self.device.start('--batches', '3', '--once')
        check(program.wait() == 0, 'the device did not deliver: ' + program.log.tail())
        self.password = 'correct horse battery'
        self.cloud.verb('user', 'add', 'nurse', stdin=self.password + '\n')
        self.twin = Twin(b, 'view', 'view', self.cloud.root)
        self.hex = self.device.id.replace('-', '')
        self.sign_in()

    def sign_in(self):
        got = self.twin.ask('sign_in', 'nurse', self.password)
        check(got == [0, 0, True], 'a person cannot sign in: %r' % got)
        seen = self.twin.ask('look', self.hex)
        check(all(status == 0 for status, _ in seen) and seen[0][1] > 60 and seen[1][1] > 3,
              'who signed in sees nothing: %r' % seen)

    @contextlib.contextmanager
    def nothing_changes(self, events):
        told, before = self.cloud.json('status')['events'], database(self.cloud)
        check(before['batch'][0] > 0 and before['person'][0] == 1, 'the copy of the database is not what store holds')
        yield
        more = self.cloud.json('status')['events'] - told  # which also ends the transaction that is open
        after = database(self.cloud)
        changed = [n for n in before if before[n] != after.get(n)] + [n for n in after if n not in before]
        check(not changed, 'the twin changed the tables ' + ', '.join(changed))
        check(more == events, '%d refusals made %d events' % (events, more))


def test_taken_view_without_a_persons_session_gets_no_reading():
    s = site(ViewSite)
    with s.nothing_changes(events=18):
        got = s.twin.ask('look_without', s.hex)
        check(len(got) == 18, 'only %d of 18 questions were asked' % len(got))
        for status, length in got:
            check(status == 4 and length <= 12, 'without a session store answered with %d bytes' % length)


def test_taken_view_changes_nothing_and_reads_nothing_but_pages():
    """Every message of gate, keys and the command line, bare and behind the person's token, and view's own bent."""
    s = site(ViewSite)
    device, kid = s.hex, s.hex + '00000001'
    user = '06' + b'mallet'.hex() + '0a' + b'0123456789'.hex()
    rows = [[0x0101, '00000001' + device * 2 + '00' * 16 + 'd083'], [0x0103, '0000' + '00' * 17 + '00' * 8],
            [0x0104, '00000001' + device], [0x0106, device], [0x0201, kid + '09' * 32], [0x0202, kid],
            [0x0203, '01' + '00' * 32], [0x0204, device], [0x0205, kid], [0x0301, '01' * 134], [0x0401, kid + '7f' * 8],
            [0x0403, ''], [0x0701, '04' + b'mine'.hex()], [0x0703, device], [0x0704, user], [0x0705, ''],
            [0x0706, '00' * 8], [0x0707, '00' * 24], [0x0708, '00' * 8], [0x0709, device],
            [0x070a, device + '0a' + '01' + '41' + '03' + b'UTC'.hex()], [0x0724, '05' + b'nurse'.hex()], [0x0725, '00' * 8], [0x0728, device],
            [0x0209, '000001' + '01' + device], [0x0999, '']]
    rows += [[door, 'TOKEN' + body] for door, body in rows]
    rows += [[0x0601, '00' + '0161'], [0x0601, user + '00'], [0x0603, '00' * 31], [0x0603, 'TOKEN' + '00'],
             [0x0604, 'TOKEN'], [0x0604, 'TOKEN' + '00' * 5], [0x0606, 'TOKEN' + device + '00' * 16 + '0000'],
             [0x0606, 'TOKEN' + device + '00' * 16 + '0259'], [0x0606, 'TOKEN' + device + '01' * 8 + '00' * 8 + '0001'],
             [0x0608, 'TOKEN' + device + '01' * 8 + '00' * 8], [0x0608, 'TOKEN' + '00' * 31], [0x0605, '00' * 12]]
    refused = len(s.log.of('talk.malformed'))
    with s.nothing_changes(events=0):
        for (door, body), got in zip(rows, s.twin.ask('other_doors', rows)):
            check(got is None, 'store answered view at door %04x with %s' % (door, (got or '')[:80]))
    wait_for('a reason code for each', lambda: len(s.log.of('talk.malformed')) >= refused + len(rows))
    said = [l.get('at') for l in s.log.of('talk.malformed')[refused:]]
    check(said == ['store/view'] * len(rows), '%d refusals, and the lines say %r' % (len(rows), sorted(set(map(str, said)))))
    with s.nothing_changes(events=0):
        check(s.twin.ask('look', s.hex)[0][0] == 0, 'the person is shut out')


def test_token_that_a_taken_view_keeps_is_worth_nothing_after_sign_out():
    s = site(ViewSite)
    check(s.twin.ask('sign_out') == 0, 'signing out fails')
    with s.nothing_changes(events=3):
        got = s.twin.ask('look', s.hex)
        check(all(status == 4 and length <= 12 for status, length in got), 'after sign-out store answers: %r' % got)
    s.sign_in()


def test_taken_view_that_guesses_passwords_is_slowed_down_and_gets_no_session():
    s = site(ViewSite)
    guesses = ['password', '123456', s.password + ' ', s.password.upper(), 'a' * 64] + ['guess %d' % n for n in range(7)]
    names = ["' OR 1=1 --", 'nurse ', 'NURSE']
    with s.nothing_changes(events=len(guesses) + len(names)):
        got = [s.twin.ask('sign_in', 'nurse', g) for g in guesses] + [s.twin.ask('sign_in', n, s.password) for n in names]
        check(not any(g is None or g[0] == 0 or g[2] for g in got), 'a guess was let in: %r' % got)
        check(any(g[1] > 0 for g in got), 'nobody was slowed down in %d guesses' % len(guesses))


def test_taken_view_opens_nothing_of_another_role():
    if not separated():
        return SHARED
    s = site(ViewSite)
    files = ['var/lib/holdfast/' + f for f in ('keys', 'keys/kek.key', 'keys/s.key', 'keys/device-ca.key', 'store',
                                               'store/data.db', 'gate/tls.key', 'enrol/tls.key', 'people/tls.key')]
    supervisor = s.cloud.program.process.pid
    refused_everything(s.twin, s.log, files, [
        ['keys/store', 0x0202, s.hex + '00000001'], ['keys/enrol', 0x0403, ''], ['keys/admin', 0x0403, ''],
        ['store/gate', 0x0104, '00000001' + s.hex], ['store/admin', 0x0703, s.hex]],
        [role_pid(supervisor, 'keys'), role_pid(supervisor, 'store'), supervisor])


def test_taken_view_sees_no_password_hash_and_no_key():
    s = site(ViewSite)
    memory_holds_no(s.twin, secrets_of_device(s.device) + secrets_of_cloud(s.cloud)
                    + [('a password hash', b'$argon2id$v='), ('a batch as it is stored', ALGORITHM)])


with B:
    main([f for name, f in list(globals().items()) if name.startswith('test_')])
