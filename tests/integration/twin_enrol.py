# SPDX-License-Identifier: Apache-2.0
"""Hostile twin of enrol: the enrolment listener, with enrol's user, TLS key and door to keys.

  twin_enrol.py ROOT

Told nothing, it is honest: what the device sends goes to keys, and what keys says goes back.
"""
import hashlib
import hmac
import os
import socket
import ssl
import sys
import threading

from twin import Door, ask_once, credential, keep, serve, trespass

ROOT = sys.argv[1]
DOOR_ENROL, DOOR_ENROLLED = 0x0301, 0x0302
KID, E, T, TAG = slice(1, 21), slice(21, 53), slice(53, 118), slice(118, 134)
# The curve's generator: a TLS key whose private half everybody knows.
KNOWN_KEY = bytes.fromhex('046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296'
                          '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5')


class Enrol:
    def __init__(self):
        self.keys, self.lock = Door(ROOT, 'keys/enrol'), threading.Lock()
        self.lie, self.seen = None, []  # (M1 of the device, what keys said) of every request
        self.old = None  # an M2 that keys made for another device
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(*credential(ROOT, 'enrol'))
        context.set_alpn_protocols(['holdfast/1'])
        self.context, self.listener = context, socket.create_server(('127.0.0.1', 0))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            plain, _ = self.listener.accept()
            threading.Thread(target=self.one, args=(plain,), daemon=True).start()

    def one(self, plain):
        try:
            with self.context.wrap_socket(plain, server_side=True) as tls:
                data = b''
                while b'\r\n\r\n' not in data or len(data.split(b'\r\n\r\n', 1)[1]) < 134:
                    more = tls.recv(4096)
                    if not more:
                        return
                    data += more
                m1 = keep(data.split(b'\r\n\r\n', 1)[1])
                status, body = LIES[self.lie](self, m1) if self.lie else self.honest(m1)
                tls.sendall(b'HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n' % (status, len(body)) + body)
        except OSError:
            pass

    def ask(self, m1):
        """-> M2, or b'' when keys refuses"""
        with self.lock:
            self.keys.say(DOOR_ENROL, m1)
            got = self.keys.hear()
            if got is None or got[0] != DOOR_ENROLLED:
                raise ConnectionError('keys does not answer')
        m2 = got[1][1:]
        self.seen.append((m1, m2))
        return m2

    def honest(self, m1):
        m2 = self.ask(m1)
        return (200, m2) if m2 else (403, b'')

    # ---- lies to keys: the device's M1 with one field changed; what keys makes of it goes to the device ----

    def changed(self, m1, field, value):
        return self.honest(m1[:field.start] + value + m1[field.stop:])


def flipped(b, at):
    return b[:at] + bytes([b[at] ^ 1]) + b[at + 1:]


def its_own_mac(e, m1, cert):
    """HMAC as keys would make it, only that the key is a guess: the true one needs the invitation's secret."""
    return hmac.digest(bytes(32), hashlib.sha256(m1).digest() + cert, 'sha256') + cert


LIES = {
    'M1 for another version': lambda e, m1: e.changed(m1, slice(0, 1), b'\2'),
    'M1 in the name of no device': lambda e, m1: e.changed(m1, KID, os.urandom(16) + m1[17:21]),
    'M1 in the name of another device': lambda e, m1: e.changed(m1, KID, e.seen[0][0][KID]),
    'M1 for another generation': lambda e, m1: e.changed(m1, KID, m1[1:17] + b'\0\0\0\2'),
    'M1 with a key share of its own': lambda e, m1: e.changed(m1, E, b'\x09' + bytes(31)),
    'M1 with a key share of low order': lambda e, m1: e.changed(m1, E, bytes(32)),
    'M1 with a TLS key of its own': lambda e, m1: e.changed(m1, T, KNOWN_KEY),
    'M1 with the tag of another': lambda e, m1: e.changed(m1, TAG, e.seen[0][0][TAG]),
    'M1 of an old enrolment': lambda e, m1: e.honest(e.seen[0][0]),
    'nothing': lambda e, m1: (200, b''),
    'a page': lambda e, m1: (200, b'<html>enrolled</html>' * 20),
    'noise': lambda e, m1: (200, os.urandom(500)),
    'M2 of an old enrolment': lambda e, m1: (200, e.old),
    'the true certificate under a guess': lambda e, m1: (200, its_own_mac(e, m1, e.ask(m1)[32:])),
    'another certificate under the true proof': lambda e, m1: (200, e.ask(m1)[:32] + e.old[32:]),
    'the true certificate under an old proof': lambda e, m1: (200, e.old[:32] + e.ask(m1)[32:]),
    'M2 with a bit of the proof changed': lambda e, m1: (200, flipped(e.ask(m1), 31)),
    'M2 with a bit of the certificate changed': lambda e, m1: (200, flipped(e.ask(m1), 200)),
    'M2 cut': lambda e, m1: (200, e.ask(m1)[:-1]),
    'M2 with a byte more': lambda e, m1: (200, e.ask(m1) + b'\0'),
    'a refusal of a true M1': lambda e, m1: (403, e.ask(m1)),
}

X = Enrol()


def lie(name):
    """From now on. None: the truth."""
    X.lie = name
    return True


def learn():
    """What passed last is what an old enrolment leaves in the attacker's hands."""
    X.old = X.seen[-1][1]
    return len(X.old)


def to_keys(m1):
    return len(X.ask(bytes.fromhex(m1)))


def other_doors(rows):
    """[door, body in hex]: messages that enrol may not say; -> what was answered, in hex, or None."""
    return [None if (got := ask_once(ROOT, 'keys/enrol', door, bytes.fromhex(body))) is None else got[1].hex()
            for door, body in rows]


serve({'port': lambda: X.listener.getsockname()[1], 'lies': lambda: list(LIES), 'lie': lie, 'learn': learn,
       'to_keys': to_keys, 'first': lambda: X.seen[0][0].hex(), 'asked': lambda: len(X.seen),
       'certificates': lambda: sum(len(m2) > 0 for _, m2 in X.seen),
       'known': lambda: X.seen[-1][0].hex(),
       'other_doors': other_doors, 'trespass': lambda *what: trespass(ROOT, *what)})
