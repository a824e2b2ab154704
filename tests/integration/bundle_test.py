#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Bundles that travel by the cloud: piece by piece, behind the readings, and believed by nobody until both signatures are verified."""
import contextlib
import glob
import hashlib
import json
import os
import signal
import ssl
import struct
import subprocess

from harness import CLOUD, NAME, Raw, bench, check, client_context, courier_files, main, pem, role_pid, run, stopped, wait_for
from releases import QUIET, Keys, Release, Updated
from twins import HostileGate, read_request
from update_test import children, in_cloud, offers

PIECE = 16384
ROOM = 8 << 20
ROOT = 5 << 20  # of the release that travels
DOOR_PIECE, DOOR_PIECE_GIVEN = 0x0111, 0x0112


@contextlib.contextmanager
def carried(label, size=ROOT, percent=100, sensor=QUIET, start=True, hostile=False):
    """-> bench, cloud, device, release, hostile gate or None: a release whose bundle the cloud carries."""
    with bench() as b:
        cloud = b.cloud()
        gate = taken_gate(b, cloud) if hostile else None
        keys = Keys(os.path.join(b.folder, 'keys'))
        d = Updated(b, cloud, keys, label, room=ROOM)
        release = Release(keys, size=size)
        cloud.verb('release', 'add', release.statement, '--bundle', release.bundle)
        cloud.verb('release', 'rollout', '1', '--percent', str(percent))
        if start:
            d.start(sensor)
        yield b, cloud, d, release, gate


def part(d):
    """Bytes of the bundle that the device has so far; None: no fetch is under way."""
    found = glob.glob(os.path.join(d.root, 'var/lib/holdfast/updater/part-*'))
    with contextlib.suppress(OSError):
        return os.path.getsize(found[0]) if found else None


def untouched(d):
    check(d.content('b') == bytes(ROOM), 'bytes of the inactive slot were written')
    check(os.listdir(d.images) == ['holdfast-a.efi'], 'boot images: %s' % os.listdir(d.images))


def fetched(d, **fields):
    return d.told('update.fetch', **fields)


def test_a_bundle_of_5_MB_travels_by_the_cloud_and_comes_into_force():
    with carried('far') as (b, cloud, d, release, _):
        d.restarts()
        check(d.start() == 'b', 'the old release starts')
        check(d.content('b')[:ROOT] == release.root, 'what was written is not what was released')
        d.reaches('confirmed')
        wait_for('the cloud to know: %s' % in_cloud(cloud, d), lambda: offers(cloud, d) == {'1.1.0': 'update-confirmed'}, 8)
        check(part(d) is None, 'a part is left')
        check(not [l for l in fetched(d) if l['level'] == 'refuse'], 'refused: %s' % fetched(d))


def test_readings_go_on_being_sent_while_a_bundle_comes():
    with carried('behind', sensor='sim:normal') as (b, cloud, d, release, _):
        wait_for('the fetch', lambda: part(d))
        before = d.device.status()
        most = 0
        while part(d) is not None:
            now = d.device.status()
            most = max(most, now['batches_held'])
        d.reaches('written')
        sent = d.device.status()['batches_acknowledged'] - before['batches_acknowledged']
        check(sent > 10 and most < 10, '%d batches were sent meanwhile, %d waited' % (sent, most))
        print('# %d batches acknowledged while %d bytes came; %d waited at most' % (sent, os.path.getsize(release.bundle), most))


def test_power_that_fails_in_mid_transfer_costs_no_more_than_a_piece():
    with carried('cut') as (b, cloud, d, release, _):
        wait_for('a part of it', lambda: (part(d) or 0) > 20 * PIECE)
        for pid in children(d.device.program.process.pid):
            with contextlib.suppress(OSError):
                os.kill(pid, 9)
        d.device.program.wait()
        had = part(d)
        with open(glob.glob(os.path.join(d.root, 'var/lib/holdfast/updater/part-*'))[0], 'ab') as f:
            f.write(b'half a piece')
        check(d.start() == 'a', 'what is not whole starts')
        begun = wait_for('it to go on', lambda: [l for l in d.device.program.log.of('update.fetch') if l.get('what') == 'fetch'])
        check(begun[0]['piece'] == had // PIECE, 'it goes on at piece %s, %d bytes were there' % (begun[0]['piece'], had))
        d.restarts()
        check(d.start() == 'b' and d.content('b')[:ROOT] == release.root, 'it is not whole')


def test_a_stop_in_the_cloud_ends_the_fetch():
    with carried('stopped') as (b, cloud, d, release, _):
        wait_for('a part of it', lambda: (part(d) or 0) > 10 * PIECE)
        cloud.verb('release', 'stop', '1')
        wait_for('the part to go', lambda: part(d) is None)
        d.reaches('idle')
        check(not d.told('update.state', state='checked'), 'it was taken all the same')
        untouched(d)
        d.measures()


# ---- who may have it ----

def get(cloud, d, bundle, number, method='GET', cert=True):
    """-> (status, body), as who has taken courier asks for it; status 0: closed without a word."""
    context = client_context(courier_files(d.device) if cert else None)
    try:
        raw = Raw(cloud.ports['device'], context)
        raw.send(('%s /v1/u/%s/%s HTTP/1.1\r\nHost: %s\r\n\r\n' % (method, bundle, number, NAME)).encode())
        status, _, body = raw.answer()
        raw.close()
        return status, body
    except (OSError, ssl.SSLError):
        return 0, b''


def test_only_a_live_device_that_it_is_offered_to_has_a_piece():
    with carried('share', percent=0, size=300000, start=False) as (b, cloud, d, release, _):
        data = open(release.bundle, 'rb').read()
        digest = hashlib.sha256(data).hexdigest()
        last = len(data) // PIECE
        no = get(cloud, d, digest, 0)
        check(no[0] == 404, 'out of the share: %s' % no[0])
        cloud.verb('release', 'rollout', '1', '--percent', '100')
        for n in (0, last):
            status, body = get(cloud, d, digest, n)
            check(status == 200 and body == data[n * PIECE:(n + 1) * PIECE], 'piece %d: %d, %d bytes' % (n, status, len(body)))
        for what, path in (('past the end', (digest, last + 1)), ('another bundle', ('0' * 64, 0))):
            got = get(cloud, d, *path)
            check(got == no, '%s: %s, %r' % (what, got[0], got[1]))
        for path in ((digest, 16384), (digest, '00'), (digest.upper(), 0), (digest, '0/'), (digest[:63], 0)):
            check(get(cloud, d, *path)[0] in (400, 403), 'a second spelling is served: %s' % (path,))
        check(get(cloud, d, digest, 0, method='POST')[0] in (405, 411), 'POST is served')
        check(get(cloud, d, digest, 0, cert=False)[0] == 0, 'a stranger is answered')
        cloud.verb('release', 'stop', '1')
        check(get(cloud, d, digest, 0) == no, 'a stopped release is handed out')
        cloud.verb('release', 'rollout', '1', '--percent', '100')
        cloud.verb('device', 'revoke', d.device.id)
        check(get(cloud, d, digest, 0)[0] in (0, 403), 'a revoked device has a piece')
        check('update.fetch' in in_cloud(cloud, d), 'no event of what was refused')


def test_a_device_has_so_many_pieces_in_a_second():
    with carried('rate', size=300000, start=False) as (b, cloud, d, release, _):
        digest = hashlib.sha256(open(release.bundle, 'rb').read()).hexdigest()
        raw = Raw(cloud.ports['device'], client_context(courier_files(d.device)))
        answers = []
        for _ in range(400):
            raw.send(('GET /v1/u/%s/0 HTTP/1.1\r\nHost: %s\r\n\r\n' % (digest, NAME)).encode())
            status, headers, _ = raw.answer()
            answers.append(status)
            if status == 429:
                check(headers.get('retry-after') == '1', 'it is not told when to come again')
                break
        raw.close()
        check(answers[-1] == 429 and set(answers[:-1]) == {200}, 'answers %s' % answers)
        check(len(answers) > 50, '%d pieces' % len(answers))


def test_a_bundle_of_another_statement_is_not_kept():
    with bench() as b:
        cloud = b.cloud()
        keys = Keys(os.path.join(b.folder, 'keys'))
        one, two = Release(keys, '1.1.0'), Release(keys, '1.2.0')
        for change in (None, lambda x: x.__setitem__(100, x[100] ^ 1), lambda x: x.append(0), lambda x: x.__delitem__(slice(-1, None))):
            if change:
                one.rewrite(change)
            cloud.verb('release', 'add', one.statement, '--bundle', two.bundle if not change else one.bundle, code=1)
        check(not cloud.lines('release', 'status'), 'a release is known whose bundle was refused')
        cloud.verb('release', 'add', two.statement)
        cloud.verb('release', 'add', two.statement, '--bundle', two.bundle)  # it may come later
        left = os.listdir(os.path.join(cloud.root, 'var/lib/holdfast/store'))
        check(len([n for n in left if n.startswith('bundle')]) == 1, 'left: %s' % left)


# ---- two classes of devices ----

# Req: HF-UPD-008 "the newest release of the device's class"
# Req: HF-UPD-021 "A device shall say of which class of releases it is in the first batch of each run"
def test_a_release_for_another_class_ends_no_roll_out_and_each_device_takes_its_own():
    with bench() as b:
        cloud = b.cloud()
        keys = Keys(os.path.join(b.folder, 'keys'))
        oximeter = Updated(b, cloud, keys, 'oximeter')
        monitor = Updated(b, cloud, keys, 'monitor', product='holdfast-monitor')
        ours, theirs = Release(keys, '1.1.0'), Release(keys, '2.0.0', product='holdfast-monitor')
        for number, release in ((1, ours), (2, theirs)):
            cloud.verb('release', 'add', release.statement, '--bundle', release.bundle)
            cloud.verb('release', 'rollout', str(number), '--percent', '100')
        check(len(parts(cloud)) == 2, 'bundles of two classes: %s' % parts(cloud))
        for d, version, release in ((oximeter, '1.1.0', ours), (monitor, '2.0.0', theirs)):
            d.start()
            d.restarts()
            check(d.start() == 'b', 'the old release starts')
            check(d.content('b')[:len(release.root)] == release.root, 'what was written is not what was released')
            d.reaches('confirmed')
            wait_for('the cloud to know: %s' % offers(cloud, d), lambda: offers(cloud, d).get(version) == 'update-confirmed')
        check(set(offers(cloud, oximeter)) == {'1.1.0'}, 'an oximeter was offered %s' % offers(cloud, oximeter))
        check(set(offers(cloud, monitor)) == {'2.0.0'}, 'a monitor was offered %s' % offers(cloud, monitor))
        said = {l['device']: l['product'] for l in cloud.lines('device', 'list')}
        check(said == {oximeter.device.id: 'holdfast-oximeter', monitor.device.id: 'holdfast-monitor'}, 'the devices are %s' % said)
        check(not monitor.refusals() and not oximeter.refusals(), 'refused: %s, %s' % (monitor.refusals(), oximeter.refusals()))


# Req: HF-UPD-019 "A class of devices shall be ended on request, and its place be free"
def test_of_17_classes_the_last_is_taken_when_one_was_ended():
    with bench() as b:
        cloud = b.cloud()
        keys = Keys(os.path.join(b.folder, 'keys'))
        first = Release(keys, '1.0.0', product='class-0')
        cloud.verb('release', 'add', first.statement, '--bundle', first.bundle)
        for n in range(1, 16):
            cloud.verb('release', 'add', Release(keys, '1.0.0', product='class-%d' % n).statement)
        more = Release(keys, '1.0.0', product='class-16')
        said = cloud.verb('release', 'add', more.statement, code=1).stderr
        check(said.count('\n') == 1 and 'holdfast-cloud release end CLASS' in said, 'the 17th is told %r' % said)
        cloud.verb('release', 'rollout', '1', '--percent', '100')
        said = cloud.verb('release', 'end', 'class-0', code=1).stderr
        check(said.count('\n') == 1 and 'holdfast-cloud release stop 1' in said, 'of a roll-out it says %r' % said)
        cloud.verb('release', 'stop', '1')
        said = cloud.verb('release', 'end', 'class-0').stdout
        check(said == 'class class-0 is ended (releases: 1); 15 of 16 places are taken\n', 'said: %r' % said)
        check(not parts(cloud), 'its bundle is left: %s' % parts(cloud))
        line = cloud.verb('release', 'list').stdout.splitlines()[1]
        check(line.split()[:5] == ['1', 'class-0', '1.0.0', '6', 'ended'], 'the list says %r' % line)
        cloud.verb('release', 'add', more.statement)
        said = cloud.verb('release', 'end', 'class-1', '--json').stdout
        check(json.loads(said) == {'product': 'class-1', 'releases': 1, 'classes': 15}, 'said: %r' % said)
        for word, code in (('class-1', 1), ('no-class', 1), ('No', 2), ('x' * 33, 2)):
            said = cloud.verb('release', 'end', word, code=code).stderr
            check(said.count('\n') == 1, '%s: %r' % (word, said))
        cloud.verb('release', 'add', first.statement, '--bundle', first.bundle)  # as it was, into the free place
        check(cloud.lines('release', 'list')[0]['ended_utc_ms'] is None and len(parts(cloud)) == 1, 'it is not here again')
        ended = [e['request'] for e in cloud.events() if e['code'] == 'release.ended']
        check(ended == ['class class-%d uid %d' % (n, os.getuid()) for n in (0, 1)], 'the events are %s' % ended)


# Req: HF-UPD-019 "every device that was offered it has answered, and none is of it"
def test_a_class_that_a_device_is_of_is_ended_only_after_it():
    with bench() as b:
        cloud = b.cloud()
        keys = Keys(os.path.join(b.folder, 'keys'))
        release = Release(keys, '1.1.0')
        cloud.verb('release', 'add', release.statement, '--bundle', release.bundle)
        cloud.verb('release', 'rollout', '1', '--percent', '100')
        d = Updated(b, cloud, keys, 'one')
        d.start('sim:normal')  # somebody is measured: it is written, and waits
        d.reaches('written')
        cloud.verb('release', 'stop', '1')
        said = cloud.verb('release', 'end', 'holdfast-oximeter', code=1).stderr
        check(said.count('\n') == 1 and d.device.id in said, 'of a device that has not answered it says %r' % said)
        d.reaches('idle')
        cloud.verb('release', 'end', 'holdfast-oximeter', code=1)
        cloud.verb('release', 'rollout', '1', '--percent', '100')
        d.device.stop()
        d.start()
        d.restarts()
        check(d.start() == 'b', 'the old release starts')
        wait_for('the cloud to know', lambda: offers(cloud, d) == {'1.1.0': 'update-confirmed'})
        cloud.verb('release', 'stop', '1')
        said = cloud.verb('release', 'end', 'holdfast-oximeter', code=1).stderr
        check(said.count('\n') == 1 and 'device %s is of it' % d.device.id in said, 'of a device of it it says %r' % said)
        cloud.verb('device', 'revoke', d.device.id)
        cloud.verb('release', 'end', 'holdfast-oximeter')


def test_lists_of_releases_for_people_fit_80_columns_and_say_what_is_next():
    with bench() as b:
        cloud = b.cloud()
        keys = Keys(os.path.join(b.folder, 'keys'))
        said = [cloud.verb('release', 'add', r.statement).stdout for r in
                (Release(keys, '1.1.0'), Release(keys, '1.2.0'), Release(keys, '10.20.30', product='holdfast-monitor'))]
        check('release rollout 3 --percent N' in said[2] and 'holdfast-monitor 10.20.30' in said[2], 'said: %s' % said[2])
        cloud.verb('release', 'rollout', '2', '--percent', '100')
        cloud.verb('release', 'stop', '3')
        lines = cloud.verb('release', 'list').stdout.splitlines()
        shares = [' '.join(l.split()[4:-5]) for l in lines[1:] if l[:4].strip()]
        check(shares == ['replaced', '100 %', 'stopped'], 'shares %s' % shares)
        check(max(len(l) for l in lines) <= 80, 'a line of %d' % max(len(l) for l in lines))
        check([l['newest'] for l in cloud.lines('release', 'list')] == [False, True, True], 'newest: %s' % cloud.lines('release', 'list'))
        d = Updated(b, cloud, keys, 'listed')
        d.start()
        d.reaches('offered')
        lines = cloud.verb('release', 'devices').stdout.splitlines()
        check(lines[1].startswith('%s       2 1.2.0    offered' % d.device.id) and max(len(l) for l in lines) <= 80, 'devices: %s' % lines)


# ---- two administrators ----

def parts(cloud):
    return [n for n in os.listdir(os.path.join(cloud.root, 'var/lib/holdfast/store')) if n.startswith('bundle')]


def waits(pid):
    """Asleep in the poll for its answer, with the program running (not still python's child)."""
    with contextlib.suppress(OSError):
        return os.readlink('/proc/%d/exe' % pid) == os.path.realpath(CLOUD) and \
            open('/proc/%d/stat' % pid).read().rsplit(')', 1)[1].split()[0] == 'S'


@contextlib.contextmanager
def adding(b, cloud, release):
    """`release add --bundle` as a process that stands still in the middle of its bundle."""
    store = role_pid(cloud.program.process.pid, 'store')
    with stopped(store):  # so that no piece is answered before this process stands still
        process = subprocess.Popen([CLOUD, 'release', 'add', release.statement, '--bundle', release.bundle, '--root', cloud.root],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        wait_for('its first piece to wait', lambda: waits(process.pid))
        os.kill(process.pid, signal.SIGSTOP)
    wait_for('the piece to be on the disk', lambda: parts(cloud) == ['bundle.part'])
    try:
        yield process
    finally:
        with contextlib.suppress(OSError):
            process.kill()
        process.wait()


# Req: HF-UPD-017 "goes on undisturbed, and another that begins meanwhile shall be told to come again"
def test_of_two_adds_at_one_time_the_first_goes_on_and_the_second_is_told_to_come_again():
    with bench() as b:
        cloud = b.cloud()
        keys = Keys(os.path.join(b.folder, 'keys'))
        one, two = Release(keys, '1.1.0'), Release(keys, '1.2.0')
        with adding(b, cloud, one) as first:
            said = cloud.verb('release', 'add', two.statement, '--bundle', two.bundle, code=3).stderr
            check(said.count('\n') == 1 and 'another `release add --bundle` is under way' in said, 'the second is told %r' % said)
            os.kill(first.pid, signal.SIGCONT)
            said = first.communicate(timeout=60)[1]
            check(first.returncode == 0 and not said, 'the first ended with %d: %s' % (first.returncode, said))
        check([l['version'] for l in cloud.lines('release', 'status')] == ['1.1.0'], 'releases %s' % cloud.lines('release', 'status'))
        cloud.verb('release', 'add', two.statement, '--bundle', two.bundle)
        check(len(parts(cloud)) == 1, 'left: %s' % parts(cloud))


# Req: HF-UPD-017 "what an add that has ended had put shall go with it"
def test_an_add_that_dies_leaves_nothing_and_hinders_nobody():
    with bench() as b:
        cloud = b.cloud()
        keys = Keys(os.path.join(b.folder, 'keys'))
        release = Release(keys, '1.1.0')
        with adding(b, cloud, release) as process:
            os.kill(process.pid, signal.SIGKILL)
            wait_for('what it left to go: %s' % parts(cloud), lambda: not parts(cloud), 10)
        with adding(b, cloud, release):
            os.kill(role_pid(cloud.program.process.pid, 'store'), signal.SIGKILL)
            wait_for('the store to come back without it: %s' % parts(cloud), lambda: not parts(cloud), 20)
        wait_for('the store to serve', lambda: cloud.verb('release', 'list', code=None).returncode == 0)
        check(not cloud.lines('release', 'list'), 'releases %s' % cloud.lines('release', 'list'))
        cloud.verb('release', 'add', release.statement, '--bundle', release.bundle)
        check(len(parts(cloud)) == 1 and parts(cloud) != ['bundle.part'], 'left: %s' % parts(cloud))


# Req: HF-UPD-018 "Each act of an administrator on a release"
def test_what_an_administrator_does_to_a_release_stands_in_the_events_with_who_and_what():
    with bench() as b:
        cloud = b.cloud()
        keys = Keys(os.path.join(b.folder, 'keys'))
        one, two = Release(keys, '1.1.0'), Release(keys, '1.2.0')
        cloud.verb('release', 'add', two.statement, '--bundle', two.bundle)
        cloud.verb('release', 'rollout', '1', '--percent', '40')
        cloud.verb('release', 'stop', '1')
        cloud.verb('release', 'add', one.statement, '--bundle', one.bundle, code=1)
        cloud.verb('release', 'rollout', '2', '--percent', '1', code=1)
        name = [hashlib.sha256(open(r.bundle, 'rb').read()).hexdigest()[:16] for r in (one, two)]
        who = ' uid %d' % os.getuid()
        known = 'release 1 bundle %s' % name[1]
        wanted = [('release.added', known + who), ('release.carried', known + who), ('release.rolled_out', known + ' percent 40' + who),
                  ('release.stopped', known + who), ('release.older', 'bundle %s' % name[0] + who),
                  ('release.unknown', 'release 2 percent 1' + who)]
        got = [(e['code'], e['request']) for e in cloud.events() if e['code'].startswith('release.')]
        check(got == wanted, 'the events are %s' % got)
        lines = [l['code'] for l in cloud.program.log.of(*[code for code, _ in wanted])]
        check(lines == [code for code, _ in wanted], 'logged: %s' % lines)


# ---- a gate that was taken ----

class Spoiling(HostileGate):
    """Carries batches truly. spoil(number, piece) -> what it hands out for a piece; None: no answer at all."""

    def __init__(self, *words):
        self.spoil, self.pieces, self.device = (lambda n, piece: piece), 0, None
        super().__init__(*words)

    def piece(self, digest, number):
        s = self.store
        with s.lock:
            s.ticket += 1
            body = struct.pack('>I', s.ticket) + self.device + digest + struct.pack('>I', number)
            s.socket.send(struct.pack('>HHI', 1, DOOR_PIECE, len(body)) + body)
            while True:
                got = s.socket.recv(65536)
                _, door, _ = struct.unpack('>HHI', got[:8])
                ticket, status, _ = struct.unpack('>IHH', got[8:16])
                if door == DOOR_PIECE_GIVEN and ticket == s.ticket:
                    return status, got[16:]

    def serve(self, plain):
        tls = self.context.wrap_socket(plain, server_side=True)
        while True:
            got = read_request(tls)
            if got is None:
                return
            line, fields, envelope = got
            if line.startswith('GET'):
                _, _, _, digest, number = line.split()[1].split('/')
                status, answer = self.piece(bytes.fromhex(digest), int(number))
                self.pieces += 1
                answer = self.spoil(int(number), answer)
                if answer is None:
                    continue
            else:
                self.device = bytes.fromhex(line.split('/')[3].replace('-', ''))
                nonce = bytes.fromhex(fields['holdfast-nonce'])
                status, answer = self.store.ingest(self.device, self.device, nonce, envelope)
                self.honest += status == 200
            tls.sendall(b'HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n' % (status, len(answer)) + answer)


def taken_gate(b, cloud):
    folder = os.path.join(cloud.root, 'var/lib/holdfast/gate')
    cert, key = os.path.join(b.folder, 'gate.pem'), os.path.join(b.folder, 'gate.key.pem')
    open(cert, 'w').write(pem('CERTIFICATE', open(os.path.join(folder, 'tls.crt'), 'rb').read()))
    run('openssl', 'pkey', '-inform', 'DER', '-in', os.path.join(folder, 'tls.key'), '-out', key)
    gate = Spoiling(cloud, (cert, key))
    b.things.append(gate)
    cloud.ports['device'] = gate.port
    return gate


def test_a_byte_that_gate_changed_is_refused_three_times_and_no_byte_of_the_slot_is_written():
    with carried('spoilt', size=300000, start=False, hostile=True) as (b, cloud, d, release, gate):
        gate.spoil = lambda n, piece: bytes([piece[0] ^ 1]) + piece[1:] if n == 3 else piece
        d.start()
        d.refused('update.digest')
        untouched(d)
        wrong = [l['time'] for l in fetched(d, what='digest')]
        check(wrong == [1, 2, 3], 'it began anew %s' % wrong)
        pieces = -(-os.path.getsize(release.bundle) // PIECE)
        check(gate.pieces == 3 * pieces, '%d pieces asked for, the bundle has %d' % (gate.pieces, pieces))
        d.measures()
        wait_for('the cloud to know', lambda: offers(cloud, d) == {'1.1.0': 'update-digest'})
        check(gate.pieces == 3 * pieces and part(d) is None, 'it goes on asking')


def test_a_piece_that_is_too_long_too_short_or_empty_is_not_appended():
    with carried('odd', size=300000, start=False, hostile=True) as (b, cloud, d, release, gate):
        for what, spoil in (('short', lambda n, piece: piece[:-1]), ('empty', lambda n, piece: b'')):
            gate.spoil, before = spoil, gate.pieces
            d.start()
            wait_for('a piece to be asked for', lambda: gate.pieces > before)
            d.measures()
            wait_for('batches to be answered', lambda: d.device.status()['batches_acknowledged'] > 5)
            check((part(d) or 0) == 0, '%s: %s bytes were taken' % (what, part(d)))
            untouched(d)
            d.device.stop()


def test_a_gate_that_never_answers_for_a_piece_holds_up_no_reading():
    with carried('mute', size=300000, start=False, sensor='sim:normal', hostile=True) as (b, cloud, d, release, gate):
        gate.spoil = lambda n, piece: None
        d.start('sim:normal')
        wait_for('a piece to be asked for', lambda: gate.pieces > 0)
        asked, before = gate.pieces, d.device.status()['batches_acknowledged']
        wait_for('courier to give the line up', lambda: fetched(d, what='stalled'), seconds=8)
        wait_for('batches to go on', lambda: d.device.status()['batches_acknowledged'] > before + 20)
        check(gate.pieces == asked, 'it asked again at once')
        untouched(d)


if __name__ == '__main__':
    main([
        test_a_bundle_of_5_MB_travels_by_the_cloud_and_comes_into_force,
        test_readings_go_on_being_sent_while_a_bundle_comes,
        test_power_that_fails_in_mid_transfer_costs_no_more_than_a_piece,
        test_a_stop_in_the_cloud_ends_the_fetch,
        test_only_a_live_device_that_it_is_offered_to_has_a_piece,
        test_a_device_has_so_many_pieces_in_a_second,
        test_a_bundle_of_another_statement_is_not_kept,
        test_a_release_for_another_class_ends_no_roll_out_and_each_device_takes_its_own,
        test_of_17_classes_the_last_is_taken_when_one_was_ended,
        test_a_class_that_a_device_is_of_is_ended_only_after_it,
        test_lists_of_releases_for_people_fit_80_columns_and_say_what_is_next,
        test_of_two_adds_at_one_time_the_first_goes_on_and_the_second_is_told_to_come_again,
        test_an_add_that_dies_leaves_nothing_and_hinders_nobody,
        test_what_an_administrator_does_to_a_release_stands_in_the_events_with_who_and_what,
        test_a_byte_that_gate_changed_is_refused_three_times_and_no_byte_of_the_slot_is_written,
        test_a_piece_that_is_too_long_too_short_or_empty_is_not_appended,
        test_a_gate_that_never_answers_for_a_piece_holds_up_no_reading,
    ])
