# SPDX-License-Identifier: Apache-2.0
"""Hostile peers: impostors of the cloud, and twins of gate and courier that speak the protocol properly.

An impostor has no key of ours. A twin is what is left when an attacker has taken the process: its keys,
its sockets, its user. A twin must carry one honest batch end to end before it may lie, else it proves nothing.
"""
import contextlib
import hashlib
import os
import pwd
import socket
import ssl
import struct
import subprocess
import threading

from harness import NAME, PATIENCE_S, Failed, check

DOOR_INGEST, DOOR_INGESTED = 0x0101, 0x0102


def openssl(*words, stdin=None):
    done = subprocess.run(['openssl', *words], input=stdin, capture_output=True)
    if done.returncode != 0:
        raise Failed('openssl %s: %s' % (words[0], done.stderr.decode()[-300:]))
    return done.stdout


class Authority:
    """A certificate authority for impostors; or the cloud's own, when its key is at hand."""

    def __init__(self, folder, cert=None, key=None):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        if cert is None:
            key, cert = os.path.join(folder, 'ca.key'), os.path.join(folder, 'ca.pem')
            openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key)
            openssl('req', '-x509', '-new', '-key', key, '-days', '30', '-subj', '/CN=someone', '-out', cert)
        self.cert, self.key = cert, key

    def server(self, name=NAME, usage='serverAuth', start=None, end=None, san=None):
        """-> (certificate, key) paths of a server under this authority."""
        stem = os.path.join(self.folder, 's%d' % len(os.listdir(self.folder)))
        key, csr, cert = stem + '.key', stem + '.csr', stem + '.pem'
        openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key)
        openssl('req', '-new', '-key', key, '-subj', '/CN=server', '-out', csr)
        ext = stem + '.ext'
        with open(ext, 'w') as f:
            f.write('[x]\nsubjectAltName=%s\nextendedKeyUsage=%s\nbasicConstraints=CA:FALSE\n'
                    % (san or 'DNS:' + name, usage))
        if start is None:
            openssl('x509', '-req', '-in', csr, '-CA', self.cert, '-CAkey', self.key, '-set_serial', '77',
                    '-days', '30', '-extfile', ext, '-extensions', 'x', '-out', cert)
        else:  # dates in the past need `openssl ca`
            db = stem + '.db'
            open(db, 'w').close()
            open(db + '.serial', 'w').write('4D\n')
            conf = stem + '.cnf'
            with open(conf, 'w') as f:
                f.write('[ca]\ndefault_ca=d\n[d]\ndatabase=%s\nserial=%s.serial\nnew_certs_dir=%s\ndefault_md=sha256\n'
                        'policy=p\ncopy_extensions=none\nunique_subject=no\n[p]\ncommonName=supplied\n'
                        % (db, db, self.folder))
                f.write(open(ext).read())
            openssl('ca', '-batch', '-config', conf, '-cert', self.cert, '-keyfile', self.key, '-in', csr,
                    '-out', cert, '-notext', '-startdate', start, '-enddate', end, '-extensions', 'x')
        return cert, key


class Listener:
    """Accepts on a port until closed; each connection in a thread; counts what reached it."""

    def __init__(self, port=0):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(('127.0.0.1', port))
        self.socket.listen(16)
        self.port = self.socket.getsockname()[1]
        self.connections, self.finished, self.bytes, self.closed = 0, 0, b'', False
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        while not self.closed:
            try:
                plain, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            plain.settimeout(PATIENCE_S)
            threading.Thread(target=self._one, args=(plain,), daemon=True).start()

    def _one(self, plain):
        with contextlib.suppress(OSError, ssl.SSLError, Failed):
            self.serve(plain)
        self.finished += 1
        with contextlib.suppress(OSError):
            plain.close()

    def stop(self):
        self.closed = True
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def outside_tls(data, kinds=(0x14, 0x15, 0x16, 0x17)):
    """What is left when whole records of these kinds are taken away from the front: anything said in the clear."""
    while len(data) >= 5 and data[0] in kinds and data[1] == 3:
        data = data[5 + int.from_bytes(data[3:5], 'big'):]
    return b'' if data[:1] and data[0] in kinds and data[1:2] in (b'', b'\3') else data


class Impostor(Listener):
    """A TLS server with somebody's certificate; keeps every byte that it is given, under TLS or, if that failed, in the clear."""

    def __init__(self, cert, port, least=ssl.TLSVersion.TLSv1_3, most=ssl.TLSVersion.TLSv1_3,
                 reply=b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version, self.context.maximum_version = least, most
        self.context.load_cert_chain(*cert)
        self.context.set_alpn_protocols(['holdfast/1', 'http/1.1'])
        self.reply = reply
        super().__init__(port)

    def serve(self, plain):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self.context.wrap_bio(incoming, outgoing, server_side=True)
        stream, good = b'', True
        while good:
            data = plain.recv(65536)
            if not data:
                return
            stream += data
            incoming.write(data)
            good = self.under_tls(tls)
            plain.sendall(outgoing.read())
        self.in_the_clear(plain, stream)

    def under_tls(self, tls):
        """-> False: the handshake failed, or TLS has ended."""
        try:
            tls.do_handshake()
            while True:
                data = tls.read(65536)
                self.bytes += data
                if not data:
                    return False
                if self.reply:
                    tls.write(self.reply)
        except ssl.SSLWantReadError:
            return True
        except ssl.SSLError:
            return False

    def in_the_clear(self, plain, stream):
        """The peer may go on without TLS, as a device that falls back would: that is what it must never do."""
        told = 0
        while True:
            said = outside_tls(stream)
            if len(said) > told:
                self.bytes += said[told:]
                told = len(said)
                if self.reply:
                    plain.sendall(self.reply)
            data = plain.recv(65536)
            if not data:
                return
            stream += data


class Portal(Listener):
    """Plain HTTP that answers everything with 200 and a page, as a captive portal does."""

    page = b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 25\r\n\r\n<html>Please log in</html'

    def serve(self, plain):
        while True:
            data = plain.recv(65536)
            if not data:
                return
            self.bytes += outside_tls(data, (0x14, 0x15, 0x16))
            plain.sendall(self.page)


def read_request(tls):
    data = b''
    while b'\r\n\r\n' not in data:
        more = tls.recv(65536)
        if not more:
            return None
        data += more
    head, body = data.split(b'\r\n\r\n', 1)
    lines = head.decode('latin-1').split('\r\n')
    fields = {l.split(':', 1)[0].lower(): l.split(':', 1)[1].strip() for l in lines[1:]}
    while len(body) < int(fields.get('content-length', 0)):
        more = tls.recv(65536)
        if not more:
            return None
        body += more
    return lines[0], fields, body


class Store:
    """Speaks to store through gate's door, as gate's user: what who has taken gate can do."""

    def __init__(self, cloud):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.lock, self.ticket = threading.Lock(), 0
        me = os.geteuid()
        if me == 0:
            with contextlib.suppress(KeyError):
                os.seteuid(pwd.getpwnam('holdfast-gate').pw_uid)
        try:
            self.socket.connect(os.path.join(cloud.root, 'run/holdfast/store/gate'))
        finally:
            os.seteuid(me)
        self.socket.settimeout(PATIENCE_S)

    def ingest(self, peer, path, nonce, envelope):
        """-> (HTTP status, sealed answer)"""
        with self.lock:
            self.ticket += 1
            body = struct.pack('>I', self.ticket) + peer + path + nonce + bytes(8) + envelope  # 8: of no connection
            self.socket.send(struct.pack('>HHI', 1, DOOR_INGEST, len(body)) + body)
            while True:
                got = self.socket.recv(65536)
                check(got, 'store closed the door')
                version, door, length = struct.unpack('>HHI', got[:8])
                if door != DOOR_INGESTED:
                    continue
                ticket, status, _ = struct.unpack('>IHH', got[8:16])
                if ticket == self.ticket:
                    return status, got[16:]


class HostileGate(Listener):
    """gate, taken: its key and its door to store. `lie(n, status, answer, nonce, envelope)` -> (status, body) or None."""

    def __init__(self, cloud, cert, port=0):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.load_cert_chain(*cert)
        self.context.set_alpn_protocols(['holdfast/1'])
        self.context.num_tickets = 0
        self.store, self.lie = Store(cloud), None
        self.envelopes, self.answers, self.honest, self.lies = [], [], 0, 0
        self.told = set()  # digests of the envelopes that got their own, true answer
        super().__init__(port)

    def serve(self, plain):
        tls = self.context.wrap_socket(plain, server_side=True)
        while True:
            got = read_request(tls)
            if got is None:
                return
            line, fields, envelope = got
            self.bytes += envelope
            device = bytes.fromhex(line.split('/')[3].replace('-', ''))
            nonce = bytes.fromhex(fields['holdfast-nonce'])
            self.envelopes.append(envelope)
            if self.lie is None:
                status, answer = self.store.ingest(device, device, nonce, envelope)
                self.honest += status == 200
                self.told.add(hashlib.sha256(envelope).hexdigest())
            else:
                told = self.lie(self, device, nonce, envelope)
                self.lies += 1
                if told is None:
                    return
                status, answer = told
            self.answers.append(answer)
            self.bytes += answer
            tls.sendall(b'HTTP/1.1 %d X\r\nContent-Type: application/cose\r\nContent-Length: %d\r\n\r\n'
                        % (status, len(answer)) + answer)
