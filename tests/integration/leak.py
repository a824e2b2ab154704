#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What each credential opens, in the hands of somebody who has nothing else: measured, and held against the register.

A real cloud and real devices on loopback. The attacker knows every address, id and certificate, sits in the network between
them, holds sealed envelopes that he has captured and a copy of keys' records; then one credential leaks to him, and he tries
every target with it: as it is meant to be used, in every place where another credential belongs, and with whatever he can make
himself. `reaches` in assurance/credentials.yaml is what the register says; called by script/leak.
"""
import contextlib
import os
import re
import shutil
import ssl
import subprocess
import uuid

import yaml

from defence import forged_answer
import service
from harness import (BUILD, CLOUD, NAME, PATIENCE_S, TOP, Device, Raw, bench, check, client_context, courier_files, forge, pem,
                     quiet_port, request, run, wait_for)
from page import page, sign_in
from tpm import Tpm, configure
from releases import Keys, Release, Updated
from twins import Authority, Listener, openssl, read_request

PRY = os.path.join(BUILD, 'tests', 'integration', 'pry')
REVIEW = os.path.join(BUILD, 'holdfast-review')
REGISTER = os.path.join(TOP, 'assurance', 'credentials.yaml')
PASSWORD = 'correct horse battery staple'

TARGETS = {
    'carry': "the device's own endpoint takes an envelope from the attacker",
    'other-endpoint': "another device's endpoint takes an envelope from the attacker",
    'store-forged': 'readings that the attacker made up are stored as those of the device',
    'read-captured': 'a captured envelope is read',
    'pose-as-cloud': 'the device hands its envelopes to the attacker',
    'false-ack': 'the device believes a batch stored that no cloud has',
    'pose-as-page': "a browser takes the attacker for the cloud's page",
    'mint': 'gate talks to a device that nobody enrolled',
    'enrol-invited': 'the attacker is enrolled in the place of an invited device',
    'enrol-new': 'a device is enrolled that nobody invited',
    'read-page': 'the readings of all devices are seen',
    'change': 'a device or its settings are changed',
    'install': 'a release of the attacker is written to the device',
    'sign-pack': 'an evidence pack is signed in our name',
    'service-afar': 'a service ticket of the attacker comes into force, with nobody before the screen',
    'service-there': 'a service ticket of the attacker comes into force, who stands before the device at its command line',
}


class Loot:
    """One credential, in each form in which somebody can try it."""

    def __init__(self, files=(), clients=(), servers=(), client_issuer=None, server_issuers=(), keys_of=None, epoch=None,
                 bundle=None, person=None, token=None, ticket=None, release=None, second=None):
        self.files = list(files)  # paths: the bytes themselves
        self.clients, self.servers = list(clients), list(servers)  # (certificate, key) in PEM
        self.client_issuer, self.server_issuers = client_issuer, list(server_issuers)  # Authority
        self.keys_of, self.epoch = keys_of, epoch  # a device whose sealing keys leaked; a file of forge --keep-epoch
        self.bundle, self.person, self.token = bundle, person, token
        self.ticket = ticket  # a file
        self.release, self.second = release, second  # whose key signs, by its name in releases.Keys; None: his own
        self.posed = None  # what came of standing in the cloud's place


def der_to_pem(kind, path, folder):
    out = os.path.join(folder, '%s-%s.pem' % (uuid.uuid4().hex[:8], os.path.basename(path)))
    if kind == 'CERTIFICATE':
        with open(out, 'w') as f:
            f.write(pem(kind, open(path, 'rb').read()))
    else:
        openssl('pkey', '-inform', 'DER', '-in', path, '-out', out)
    return out


class FalseCloud(Listener):
    """A cloud with the attacker's certificate. It answers each envelope with a forged acknowledgement."""

    def __init__(self, site, loot, cert, port):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.load_cert_chain(*cert)
        self.context.set_alpn_protocols(['holdfast/1'])
        self.site, self.loot = site, loot
        self.tried, self.answered = 0, 0
        super().__init__(port)

    def serve(self, plain):
        try:
            plain.settimeout(PATIENCE_S)
            tls = self.context.wrap_socket(plain, server_side=True)
            got = read_request(tls)
            if got:
                _, fields, envelope = got
                self.bytes += envelope
                answer = forged_answer(self.site.victim, bytes.fromhex(fields['holdfast-nonce']), envelope,
                                       keys_of=self.loot.keys_of or self.site.stranger)
                tls.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/cose\r\nContent-Length: %d\r\n\r\n' % len(answer) + answer)
                self.answered += 1
                with contextlib.suppress(OSError):
                    tls.recv(1)  # until the device goes
        except (OSError, ssl.SSLError):
            pass
        finally:
            self.tried += 1


class Site:
    """The cloud, a victim whose network the attacker holds, a bystander, a device of the attacker's own, a person."""

    def __init__(self, b):
        self.b, self.folder = b, b.folder
        self.cloud = b.cloud()
        self.cloud.verb('user', 'add', 'nurse', stdin=PASSWORD + '\n')
        true_port, self.port = self.cloud.ports['device'], quiet_port()
        check(self.port, 'no free port for the attacker')
        self.cloud.ports['device'] = self.port
        self.victim = b.device(self.cloud, 'victim')
        self.cloud.ports['device'] = true_port
        self.bystander, self.stranger = b.device(self.cloud, 'bystander'), b.device(self.cloud, 'stranger')
        self.epoch = os.path.join(self.folder, 'epoch')
        self.captured = forge(self.victim, 'batch', '--seq', 1, '--keep-epoch', self.epoch)
        self.captured_other = forge(self.bystander, 'batch', '--seq', 1)
        self.nobody = Authority(os.path.join(self.folder, 'nobody'))
        self.records = os.path.join(self.folder, 'records')
        shutil.copytree(os.path.join(self.cloud.root, 'var/lib/holdfast/keys'), self.records,
                        ignore=lambda _, names: [n for n in names if n.endswith('.key')])
        self.envelope = os.path.join(self.folder, 'captured.envelope')
        with open(self.envelope, 'wb') as f:
            f.write(self.captured)
        self.release_keys, self.taken = None, None
        self.pack, self.pack_key = self.signed_pack()
        self.serviced = b.device(self.cloud, 'serviced')
        self.seq = 10
        # Its batches have nowhere to go: what it sends, it sends to the attacker.
        self.victim.start('--for', '100000')
        wait_for('the victim to seal', lambda: self.victim.program.log.of('batch.sealed'))

    def releases(self):
        if not self.release_keys:
            self.release_keys = Keys(os.path.join(self.folder, 'release-keys'))
        return self.release_keys

    def updated(self):
        """A device that takes releases of our two keys."""
        if not self.taken:
            self.taken = Updated(self.b, self.cloud, self.releases(), 'updated-%s' % uuid.uuid4().hex[:6])
            self.taken.start()
        return self.taken

    def signed_pack(self):
        project, key = os.path.join(self.folder, 'project'), os.path.join(self.folder, 'pack.key')
        os.makedirs(project)
        with open(os.path.join(project, 'design.md'), 'w') as f:
            f.write('# Design\n\nThe gate holds no key of a device.\n')
        run(REVIEW, 'key', 'new', key)
        pack = os.path.join(self.folder, 'evidence.zip')
        run(REVIEW, 'pack', project, '--output', pack, '--fail-on', 'never')
        return pack, key

    def cloud_file(self, *parts):
        return os.path.join(self.cloud.root, 'var/lib/holdfast', *parts)


# ---- what leaks ----

def of_courier(s):
    cert, key = courier_files(s.victim)
    return Loot([key, os.path.join(s.victim.root, 'var/lib/holdfast/courier/tls.key')], clients=[(cert, key)])


def of_keeper(s):
    path = os.path.join(s.folder, 'long-term')
    with open(path, 'wb') as f:
        f.write(bytes.fromhex(forge(s.victim, 'keys').decode().strip()))
    return Loot([path], keys_of=s.victim)


def of_epoch(s):
    return Loot([s.epoch], epoch=s.epoch)


def of_invitation(s):
    _, bundle = s.cloud.add_device('invited', s.folder)
    return Loot([bundle], bundle=bundle)


def of_listeners(s):
    pairs = [(der_to_pem('CERTIFICATE', s.cloud_file(r, 'tls.crt'), s.folder), der_to_pem('KEY', s.cloud_file(r, 'tls.key'), s.folder))
             for r in ('gate', 'enrol', 'people')]
    return Loot([s.cloud_file(r, 'tls.key') for r in ('gate', 'enrol', 'people')], clients=pairs, servers=pairs)


def of_device_authority(s):
    a = Authority(os.path.join(s.folder, 'device-authority'), cert=der_to_pem('CERTIFICATE', s.cloud_file('keys', 'device-ca.crt'), s.folder),
                  key=der_to_pem('KEY', s.cloud_file('keys', 'device-ca.key'), s.folder))
    return Loot([s.cloud_file('keys', 'device-ca.key')], clients=[(a.cert, a.key)], servers=[(a.cert, a.key)], client_issuer=a, server_issuers=[a])


def of_server_authorities(s):
    both = [Authority(os.path.join(s.folder, 'server-' + w), cert=s.cloud_file('offline', 'server-ca-%s.pem' % w),
                      key=s.cloud_file('offline', 'server-ca-%s.key.pem' % w)) for w in ('active', 'backup')]
    return Loot([a.key for a in both], clients=[(a.cert, a.key) for a in both], client_issuer=both[0], server_issuers=both)


def of_keys(s):
    return Loot([s.cloud_file('keys', 's.key'), s.cloud_file('keys', 'kek.key')])


def of_person(s):
    path = os.path.join(s.folder, 'password')
    with open(path, 'w') as f:
        f.write(PASSWORD)
    return Loot([path], person=('nurse', PASSWORD))


def of_session(s):
    _, token = sign_in(s.cloud, 'nurse', PASSWORD)
    path = os.path.join(s.folder, 'token')
    with open(path, 'wb') as f:
        f.write(bytes.fromhex(token))
    return Loot([path], token=token)


def of_reviewer(s):
    return Loot([s.pack_key])


def of_agent(s):
    """What stands in agent's record: the TPM itself is not the attacker's."""
    root = os.path.join(s.folder, 'board')
    configure(root, Tpm(s.b))
    Device(root).enrol(s.cloud, 'board')
    path = os.path.join(s.folder, 'authorisation')
    with open(os.path.join(root, 'var/lib/holdfast/agent/tpm'), 'rb') as record, open(path, 'wb') as f:
        f.write(record.read()[2:34])
    return Loot([path])


def of_signer(s):
    return Loot([service.key_of(s.cloud)])


def of_engineer(s):
    path, _ = service.ticket(s.b, s.serviced.id, service.key_of(s.cloud), 'leaked-ticket-' + uuid.uuid4().hex[:6])
    return Loot([path], ticket=path)


def of_release_key(s):
    return Loot([s.releases().at('ours.key')], release='ours')


def of_second_key(s):
    return Loot([s.releases().at('ours.second')], second='ours')


def of_pins_key(s):
    return Loot([s.cloud_file('offline', 'pins.key')])


LEAKS = {'CR-01': of_courier, 'CR-02': of_keeper, 'CR-03': of_epoch, 'CR-04': of_invitation, 'CR-05': of_listeners,
         'CR-06': of_device_authority, 'CR-07': of_server_authorities, 'CR-08': of_keys, 'CR-09': of_person, 'CR-10': of_session,
         'CR-11': of_reviewer, 'CR-12': of_agent, 'CR-13': of_pins_key, 'CR-20': of_signer, 'CR-21': of_engineer,
         'CR-40': of_release_key, 'CR-41': of_second_key}


# ---- what is tried: each returns (reached, what stopped the closest try) ----

def client_certs(s, loot, device):
    """What can be shown to gate in the name of `device`, and how each came about."""
    san = 'URI:urn:uuid:' + device
    for pair in loot.clients:
        yield 'the certificate itself', pair
    if loot.client_issuer:
        yield 'a certificate that it signed', loot.client_issuer.server(usage='clientAuth', san=san)
    for n, (cert, key) in enumerate(loot.clients):
        as_issuer = Authority(os.path.join(s.folder, 'as-issuer-%s' % uuid.uuid4().hex[:8]), cert=cert, key=key)
        leaf = as_issuer.server(usage='clientAuth', san=san)
        chain = leaf[0] + '.chain'
        with open(chain, 'w') as f:
            f.write(open(leaf[0]).read() + open(cert).read())
        yield 'a certificate that it signed as if it could', (chain, leaf[1])
    yield 'a certificate of his own', s.nobody.server(usage='clientAuth', san=san)
    yield 'no certificate', None


def to_gate(s, cert, device, envelope):
    """-> HTTP status, 0: not answered."""
    try:
        raw = Raw(s.cloud.ports['device'], client_context(cert))
        try:
            raw.send(request(device, envelope))
            return raw.answer()[0]
        finally:
            raw.close()
    except (OSError, ssl.SSLError):
        return 0


def deliver(s, loot, device, envelopes):
    stopped = 'TLS: no certificate of the device authority'
    for how, cert in client_certs(s, loot, device):
        for what, envelope in envelopes:
            status = to_gate(s, cert, device, envelope)
            if status == 200:
                return True, '%s, %s' % (how, what)
            if status:
                stopped = 'HTTP %d to %s' % (status, how)
    return False, stopped


def carry(s, loot):
    return deliver(s, loot, s.victim.id, [('a captured envelope', s.captured)])


def other_endpoint(s, loot):
    return deliver(s, loot, s.bystander.id, [('a captured envelope', s.captured_other), ("the victim's envelope", s.captured)])


def store_forged(s, loot):
    def of_victim():
        return len([r for r in s.cloud.lines('batches') if r['device'] == s.victim.id])
    s.seq += 1
    made = []
    if loot.epoch:
        made.append(('sealed under the epoch', forge(s.victim, 'batch', '--seq', s.seq, '--epoch', loot.epoch, '--set', 'spo2=640')))
    if loot.keys_of:
        made.append(('sealed in a new epoch', forge(loot.keys_of, 'batch', '--seq', s.seq, '--set', 'spo2=640')))
    made.append(('sealed under keys of his own', forge(s.stranger, 'batch', '--seq', s.seq, '--device', s.victim.id, '--set', 'spo2=640')))
    before = of_victim()
    got, how = deliver(s, loot, s.victim.id, made)
    return got and of_victim() > before, how


def read_captured(s, loot):
    folder = os.path.join(s.folder, 'loot-' + uuid.uuid4().hex[:8])
    os.makedirs(folder)
    for n, path in enumerate(loot.files):
        shutil.copyfile(path, os.path.join(folder, '%d-%s' % (n, os.path.basename(path))))
    done = subprocess.run([PRY, s.envelope, folder, s.records], capture_output=True)
    check(done.returncode in (0, 1), 'pry: ' + done.stderr.decode())
    return done.returncode == 0 and b'FORGED' in done.stdout, 'AES-256-GCM under the key of the epoch'


def server_certs(s, loot):
    yield from loot.servers
    for a in loot.server_issuers:
        yield a.server()
    for pair in loot.clients:
        if pair not in loot.servers:
            yield pair
    yield s.nobody.server()


def false_cloud(s, loot):
    """-> (handed over, believed), each (reached, why); tried once for both."""
    if loot.posed:
        return loot.posed
    handed, believed, stopped = False, False, ''
    log = s.victim.program.log
    for cert in server_certs(s, loot):
        acknowledged, refused = len(log.of('batch.acknowledged')), len(log.of('answer.refused'))
        try:
            false = FalseCloud(s, loot, cert, s.port)
        except ssl.SSLError:
            continue  # a certificate that no server can show
        try:
            wait_for('the victim to dial', lambda: false.tried or false.answered)
            handed = handed or bool(false.bytes)
            if false.answered:
                wait_for('the victim to judge the answer',
                         lambda: len(log.of('batch.acknowledged')) > acknowledged or len(log.of('answer.refused')) > refused)
                stopped = 'an answer that does not open'
            if len(log.of('batch.acknowledged')) > acknowledged:
                believed, stopped = True, 'a certificate of a pinned authority, and an answer that opens'
        finally:
            false.stop()
        if handed:
            break
    seen = 'a certificate of a pinned authority' if handed else 'TLS: not of a pinned authority'
    loot.posed = (handed, seen), (believed, stopped or seen)
    return loot.posed


def pose_as_page(s, loot):
    for cert in server_certs(s, loot):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(*cert)
        except ssl.SSLError:
            continue
        browser = ssl.create_default_context(cafile=s.cloud_file('offline', 'server-ca-active.pem'))
        with open(s.cloud_file('offline', 'server-ca-backup.pem')) as f:
            browser.load_verify_locations(cadata=f.read())
        if handshake(context, browser):
            return True, 'a certificate that the browser trusts'
    return False, 'TLS: not of an authority that the browser knows'


def handshake(server_context, client_context_):
    a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context.wrap_bio(a, b, server_side=True)
    client = client_context_.wrap_bio(b, a, server_hostname=NAME)
    for _ in range(8):
        done = 0
        for side in (client, server):
            try:
                side.do_handshake()
                done += 1
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError:
                return False
        if done == 2:
            return True
    return False


def mint(s, loot):
    fresh, stopped = str(uuid.uuid4()), 'TLS: no certificate of the device authority'
    for how, cert in client_certs(s, loot, fresh):
        if how == 'the certificate itself':
            continue  # it names its own device
        status = to_gate(s, cert, fresh, s.captured)
        if status:
            return True, 'HTTP %d to %s' % (status, how)
    return False, stopped


def enrolled(s, m1):
    context = client_context()
    try:
        raw = Raw(s.cloud.ports['enrol'], context)
        try:
            raw.send(b'POST /v1/enrol HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n' % (NAME.encode(), len(m1)) + m1)
            return raw.answer()[0]
        finally:
            raw.close()
    except (OSError, ssl.SSLError):
        return 0


def secrets_of(loot):
    return [open(p, 'rb').read() for p in loot.files if os.path.getsize(p) == 32]


def enrol(s, bundle, loot, *words):
    stopped = 'nothing tried'
    tries = [('the invitation', ['--invited', 'yes'])] if loot.bundle == bundle else []
    tries += [('another secret', ['--secret', k.hex()]) for k in secrets_of(loot)] + [('no secret', [])]
    for what, how in tries:
        status = enrolled(s, forge(bundle, 'm1', *how, *words))
        if status == 200:
            return True, what
        stopped = 'HTTP %d: M1 is not proved' % status
    return False, stopped


def enrol_invited(s, loot):
    bundle = loot.bundle
    if not bundle:
        _, bundle = s.cloud.add_device('invited-%s' % uuid.uuid4().hex[:6], s.folder)
    return enrol(s, bundle, loot)


def enrol_new(s, loot):
    _, open_one = s.cloud.add_device('open-%s' % uuid.uuid4().hex[:6], s.folder)  # so that the listener answers at all
    got, how = enrol(s, open_one, Loot(loot.files), '--device', str(uuid.uuid4()))
    if not got and loot.bundle:
        status = enrolled(s, forge(loot.bundle, 'm1', '--invited', 'yes', '--device', str(uuid.uuid4())))
        got, how = status == 200, 'HTTP %d: M1 is not proved' % status
    return got, how


def sessions(s, loot):
    """Tokens that the attacker can come by."""
    if loot.token:
        yield loot.token
    if loot.person:
        _, token = sign_in(s.cloud, *loot.person)
        if token:
            yield token
    for key in secrets_of(loot):
        yield key.hex()
    yield None
    yield os.urandom(32).hex()


def read_page(s, loot):
    stopped = ''
    for token in sessions(s, loot):
        for cert in [None] + loot.clients[:1]:
            status, _, body = page(s.cloud, 'GET', '/api/devices', cookie=token, cert=cert)
            if status == 200 and s.victim.id.encode() in body:
                return True, 'a session'
            stopped = 'HTTP %d without a session' % status
    return False, stopped


def change(s, loot):
    def state():
        return [d for d in s.cloud.lines('device', 'list') if d['device'] in (s.victim.id, s.bystander.id)]
    before, best = state(), 0
    routes = [l.split() for l in s.cloud.verb('routes').stdout.splitlines()]
    for token in sessions(s, loot):
        for method in ('POST', 'PUT', 'PATCH', 'DELETE'):
            for path in sorted({r[1] for r in routes if '{' not in r[1]} | {'/api/device/' + s.victim.id, '/admin'}):
                if path in ('/api/sign-in', '/api/sign-out'):
                    continue  # they open and end a session, which is tried by read-page
                best = max(best, page(s.cloud, method, path, 'device=' + s.victim.id, cookie=token)[0] // 100)
    return state() != before, 'HTTP %d00 to every method and path' % best


def sign_pack(s, loot):
    stopped = 'no key that the program takes'
    for path in loot.files:
        out = os.path.join(s.folder, uuid.uuid4().hex + '.zip')
        if subprocess.run([REVIEW, 'sign', s.pack, '--key', path, '--output', out], capture_output=True).returncode == 0:
            if subprocess.run([REVIEW, 'verify', out, '--key', s.pack_key + '.pub'], capture_output=True).returncode == 0:
                return True, 'our key'
            stopped = 'not our key'
    return False, stopped


def tickets(s, loot):
    """What can be shown to the device, and how each came about."""
    if loot.ticket:
        yield 'the ticket itself', loot.ticket
    own = os.path.join(s.folder, uuid.uuid4().hex + '.service')
    run(CLOUD, 'service', 'key', '--key', own)
    for n, key in enumerate(loot.files + [own]):
        path = os.path.join(s.folder, '%s-%d.ticket' % (uuid.uuid4().hex[:8], n))
        done = run(CLOUD, 'service', 'ticket', '--device', s.serviced.id, '--hours', '1', '--holder', service.HOLDER, '--key', key,
                   '--ticket', path, code=None)
        if done.returncode == 0:
            yield 'signed with a key of his own' if key == own else 'signed with it', path


def serviced(s, loot, there):
    """A run of the device for each try: a ticket that is in force would keep out the next."""
    stopped = ''
    for how, path in tickets(s, loot):
        service.start(s.serviced)
        try:
            service.clock_set(s.serviced)
            person = service.Person(s.serviced, path)
            asked = person.asked() if there else None
            code, said = person.say(*([asked] if asked else ['000000'] * 3))
            if code == 0:
                return True, how
            stopped = '%s: %s' % (re.search(r'service\.\w+', said).group(0), how)
        finally:
            s.serviced.stop()
    return False, stopped


def install(s, loot):
    d = s.updated()
    seen = len(d.refusals())
    d.put(Release(s.releases(), '1.%d.0' % (seen + 1), release=loot.release or 'stranger', second=loot.second or 'stranger'))
    wait_for('the device to judge the release', lambda: len(d.refusals()) > seen or d.told('update.state', state='writing'))
    if d.told('update.state', state='writing'):
        s.taken = None  # it starts the attacker's release next
        return True, 'both signatures are good'
    return False, d.refusals()[-1]


TRIES = {
    'carry': carry, 'other-endpoint': other_endpoint, 'store-forged': store_forged, 'read-captured': read_captured,
    'pose-as-cloud': lambda s, l: false_cloud(s, l)[0], 'false-ack': lambda s, l: false_cloud(s, l)[1],
    'pose-as-page': pose_as_page, 'mint': mint, 'enrol-invited': enrol_invited, 'enrol-new': enrol_new, 'read-page': read_page,
    'change': change, 'install': install, 'sign-pack': sign_pack, 'service-afar': lambda s, l: serviced(s, l, False),
    'service-there': lambda s, l: serviced(s, l, True),
}


def register():
    with open(REGISTER, encoding='utf-8') as f:
        return {c['id']: c for c in yaml.safe_load(f)}


def union(loots):
    out = Loot()
    for l in loots:
        for k in ('files', 'clients', 'servers', 'server_issuers'):
            getattr(out, k).extend(getattr(l, k))
        for k in ('client_issuer', 'keys_of', 'epoch', 'bundle', 'person', 'token', 'ticket', 'release', 'second'):
            setattr(out, k, getattr(out, k) or getattr(l, k))
    return out


def measure(ids, told=lambda *_: None):
    """ids: of the register, or several joined by '+'. Yields (id, {target: (reached, why)})."""
    with bench() as b:
        s = Site(b)
        # Enough: a site where nothing can be reached would agree with every register.
        both = union([LEAKS[i](s) for i in ('CR-01', 'CR-02', 'CR-05')])
        check(store_forged(s, both)[0] and false_cloud(s, both)[1][0] and install(s, union([of_release_key(s), of_second_key(s)]))[0], 'with both layers in hand nothing is stored, believed or installed: this harness proves nothing')
        for one in ids:
            loot = union([LEAKS[i](s) for i in one.split('+')])
            got = {}
            for target, how in TRIES.items():
                told(one, target)
                got[target] = how(s, loot)
            yield one, got
