# SPDX-License-Identifier: Apache-2.0
"""Hostile twin of courier: between keeper and the cloud, with courier's user, files, TLS key and door to keeper.

  twin_courier.py ROOT PORT

It must carry honest batches before a lie means anything. A lie that needs a true answer gets one from the true cloud:
nonce and envelope of a request are both courier's to choose.
"""
import os
import socket
import ssl
import struct
import sys
import time

from twin import PATIENCE_S, Door, credential, keep, serve, trespass

ROOT, PORT = sys.argv[1], int(sys.argv[2])
NAME = 'cloud.holdfast.test'
SAY_READING, SAY_END, SAY_HELLO, SAY_KEPT, SAY_STATE = 0x0101, 0x0102, 0x0103, 0x0201, 0x0202
SAY_WANT, SAY_OFFER, SAY_NOTHING, SAY_TIME = 0x0301, 0x0302, 0x0303, 0x0304
SAY_ASK, SAY_REPLY, SAY_UNANSWERED, SAY_LINK, SAY_TELL = 0x0401, 0x0402, 0x0403, 0x0404, 0x0601
LINK_OPEN = 5
NONCE_LIVES_S = 60.0


class Line:
    """A TLS connection to the cloud under some device's certificate."""

    def __init__(self, device, cert):
        self.device, self.tls = device, None
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.set_alpn_protocols(['holdfast/1'])
        self.context.load_cert_chain(*cert)

    def post(self, nonce, envelope, path_of=None):
        """-> (HTTP status, body)"""
        if self.tls is None:
            self.tls = self.context.wrap_socket(socket.create_connection(('127.0.0.1', PORT), PATIENCE_S), server_hostname=NAME)
        self.tls.sendall(b'POST /v1/d/%s/batches HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\nHoldfast-Nonce: %s\r\n\r\n'
                         % ((path_of or self.device).encode(), NAME.encode(), len(envelope), nonce.hex().encode())
                         + envelope)
        data = b''
        while b'\r\n\r\n' not in data:
            more = self.tls.recv(65536)
            if not more:
                raise ConnectionError('the cloud closed the connection')
            data += more
        head, body = data.split(b'\r\n\r\n', 1)
        lines = head.decode('latin-1').lower().split('\r\n')
        fields = dict(l.split(': ', 1) for l in lines[1:])
        while len(body) < int(fields['content-length']):
            body += self.tls.recv(65536)
        if fields.get('connection') == 'close':
            self.tls.close()
            self.tls = None
        return int(lines[0].split()[1]), keep(body)


class Courier:
    def __init__(self):
        self.door = Door(ROOT, 'keeper/courier')
        self.mine = self.other = self.spare = None
        self.history = []  # (nonce, envelope, answer) of honest transmissions

    def hear(self):
        got = self.door.hear()
        if got is None:
            raise ConnectionError('keeper closed the door')
        return got

    def again(self):
        """A new connection to keeper, which ends the old one; a keeper that has just been started again is waited for."""
        self.door.close()
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.door = Door(ROOT, 'keeper/courier')
                return
            except ConnectionRefusedError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def offer(self):
        """-> (nonce, envelope) of what keeper wants to be sent next; asks until there is something."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            self.door.say(SAY_ASK)
            what, body = self.hear()
            while what not in (SAY_OFFER, SAY_NOTHING):
                what, body = self.hear()
            if what == SAY_OFFER:
                return body[:16], body[16:]
            time.sleep(0.01)
        raise TimeoutError('keeper offers nothing')

    def reply(self, nonce, status, body):
        self.door.say(SAY_REPLY, nonce + struct.pack('>HI', status, 0) + body)

    def settle(self):
        """When this returns, keeper has judged everything that was said before: it answers in order."""
        self.door.say(SAY_ASK)
        what, body = self.hear()
        while what not in (SAY_OFFER, SAY_NOTHING):
            what, body = self.hear()
        if what == SAY_OFFER:
            self.door.say(SAY_UNANSWERED, body[:16])


C = Courier()


def owner(device, other, other_cert, other_key, spare):
    """Whose courier this is, and what of another device is in the attacker's hands too."""
    C.mine = Line(device, credential(ROOT, 'courier'))
    C.other = Line(other, (other_cert, other_key))
    C.spare = open(spare, 'rb').read()
    return True


def honest(count):
    for _ in range(count):
        nonce, envelope = C.offer()
        status, answer = C.mine.post(nonce, envelope)
        if status != 200:
            raise ConnectionError('the cloud says %d to an honest batch' % status)
        C.reply(nonce, status, answer)
        C.history.append((nonce, envelope, answer))
    C.settle()
    return len(C.history)


# ---- lies to keeper; each says how many answers keeper must have refused ----

WIDTHS = (0, 1, 2, 4)  # bytes that follow the first of a CBOR item's head


def head(major, n, longer=0):
    """The head of a CBOR item, so many steps longer than its shortest form."""
    width = WIDTHS[(n > 23) + (n > 255) + longer]
    return bytes([major << 5 | (n if width == 0 else 23 + WIDTHS.index(width))]) + (
        n.to_bytes(width, 'big') if width else b'')


def byte_string(data):
    """-> (content, rest) of a definite byte string."""
    n = data[0] & 31
    at, size = (1, n) if n < 24 else (2, data[1]) if n == 24 else (3, int.from_bytes(data[1:3], 'big'))
    return data[at:at + size], data[at + size:]


def other_encodings(envelope):
    """The same tag, fields and ciphertext in every second way that CBOR has to write them."""
    protected, rest = byte_string(envelope[2:])
    ciphertext, rest = byte_string(rest[1:])
    if rest:
        raise ValueError('bytes after the envelope')
    parts = [head(6, 16), head(4, 3), head(2, len(protected)), protected, head(5, 0), head(2, len(ciphertext)), ciphertext]
    if b''.join(parts) != envelope:
        raise ValueError('the parts are not the whole')

    def put(i, part, end=b''):
        return b''.join(parts[:i] + [part] + parts[i + 1:]) + end
    sizes = [(0, 6, 16), (1, 4, 3), (2, 2, len(protected)), (4, 5, 0), (5, 2, len(ciphertext))]
    forms = [put(i, head(major, n, 1)) for i, major, n in sizes] + [put(0, head(6, 16, 2)), put(0, b'')]
    endless = [put(1, b'\x9f', b'\xff'), put(4, b'\xbf\xff'), put(5, b'\x5f' + parts[5], b'\xff'),
               b''.join(parts[:2] + [b'\x5f'] + parts[2:4] + [b'\xff'] + parts[4:])]
    return forms + endless


def each(bodies, status=200):
    """Every body as the answer to a transmission of its own."""
    for body in bodies:
        nonce, _ = C.offer()
        C.reply(nonce, status, body)
    return len(bodies)


def made_up():
    bodies = [b'', b'<html>ok</html>', b'{"ok":true}', os.urandom(120), b'\xd0\x83' + os.urandom(160), bytes(300)]
    return sum(each([b], status) for b, status in zip(bodies, (200, 204, 403, 409, 422, 503)))


def answer_to_earlier_transmission():
    return each([answer for _, _, answer in C.history[:4]])


def true_answer_about_another_batch():
    """The cloud seals: nonce of this transmission, stored. Only, what was sent is another batch of this device."""
    for n in range(3):
        nonce, _ = C.offer()
        status, answer = C.mine.post(nonce, C.history[n][1])
        C.reply(nonce, status, answer)
    return 3


def true_answer_of_another_device():
    for _ in range(3):
        nonce, _ = C.offer()
        status, answer = C.other.post(nonce, C.spare)
        if status != 200:
            raise ConnectionError('the other device got %d' % status)
        C.reply(nonce, status, answer)
    return 3


def true_answer_bent():
    """Each bit of a byte here and there, cut, with a byte more, and in every second encoding."""
    count = 0
    for bend in range(25):
        nonce, envelope = C.offer()
        _, a = C.mine.post(nonce, envelope)
        flips = [a[:at] + bytes([a[at] ^ 1 << at % 8]) + a[at + 1:] for at in range(0, len(a), len(a) // 9)]
        table = flips[:10] + [a[:-1], a + b'\0', a[:-16], a[1:]] + other_encodings(a)
        C.reply(nonce, 200, table[bend])
        count += 1
    return count


def true_answer_too_late(speed):
    nonce, envelope = C.offer()
    status, answer = C.mine.post(nonce, envelope)
    time.sleep(NONCE_LIVES_S / speed + 0.1)
    C.reply(nonce, status, answer)
    return 1


def answers_nobody_waits_for():
    """No transmission is under way: old nonces, new ones, answers and refusals, in any order."""
    for nonce, _, answer in C.history[:3] + [(os.urandom(16), b'', os.urandom(90))]:
        C.reply(nonce, 200, answer)
        C.reply(nonce, 200, answer)
        C.door.say(SAY_UNANSWERED, nonce)
    return 0


def silence():
    """Takes what is offered, says that the line is open, and leaves."""
    for _ in range(5):
        C.offer()
        C.door.say(SAY_LINK, bytes([LINK_OPEN]))
        C.again()
    C.door.say(SAY_LINK, bytes([LINK_OPEN]))
    return 0


def flood():
    """As fast as the socket takes it, and without hearing what comes back."""
    sent = 0
    for n in range(20000):
        if n % 3 == 0:
            alive = C.door.say(SAY_ASK)
        elif n % 3 == 1:
            alive = C.door.say(SAY_LINK, bytes([n % 6]))
        else:
            alive = C.door.say(SAY_REPLY, os.urandom(16) + struct.pack('>HI', 200, 0) + os.urandom(500))
        sent += alive
        if not alive:
            C.again()
    C.again()
    return sent


LIES = {f.__name__: f for f in (made_up, answer_to_earlier_transmission, true_answer_about_another_batch,
                                true_answer_of_another_device, true_answer_bent, answers_nobody_waits_for, silence)}


def lie(name):
    refused = LIES[name]()
    C.settle()
    return refused


def late(speed):
    refused = true_answer_too_late(speed)
    C.settle()
    return refused


def twice():
    """A true answer given three times: keeper counts one."""
    nonce, envelope = C.offer()
    status, answer = C.mine.post(nonce, envelope)
    for _ in range(3):
        C.reply(nonce, status, answer)
    C.settle()
    return True


def cut_off(packet):
    """Whether keeper ends the connection over this message, or answers the question that comes after it."""
    C.again()
    C.door.raw(packet)
    C.door.say(SAY_ASK)
    while True:
        got = C.door.hear()
        if got is None or got[0] != SAY_WANT:
            return got is None


def malformed():
    """Messages that courier may not say, or that are none; -> how many, and those that did not cost the connection."""
    reading = struct.pack('>QQBQHHHHB', 0, 1000, 0, 0, 0, 0, 0, 0, 90)
    packets = [struct.pack('>HHI', 1, door, len(body)) + body for door, body in (
        (SAY_READING, reading), (SAY_END, b''), (SAY_HELLO, bytes(8)), (SAY_KEPT, b'\xff' * 8), (SAY_STATE, bytes(200)),
        (SAY_OFFER, bytes(40)), (SAY_TIME, bytes(8)), (SAY_TELL, b''), (0x0999, b''), (SAY_LINK, b'\x63'),
        (SAY_LINK, b''), (SAY_ASK, b'x'), (SAY_REPLY, bytes(21)), (SAY_REPLY, bytes(16) + b'\0\x63' + bytes(4)),
        (SAY_REPLY, bytes(16) + b'\0\xc8' + bytes(4 + 16385)), (SAY_UNANSWERED, bytes(15)))]
    packets += [struct.pack('>HHI', 2, SAY_ASK, 0), struct.pack('>HHI', 1, SAY_ASK, 9), b'\0', os.urandom(40)]
    heard = [p.hex()[:40] for p in packets if not cut_off(p)]
    C.again()
    return len(packets), heard


# ---- lies to the cloud: each is [what, HTTP status that it got] ----

def to_cloud(other):
    nonce, envelope, _ = C.history[0]
    second = C.history[1][1]
    got = [['a batch that is stored, again', C.mine.post(nonce, envelope)[0]] for _ in range(3)]
    for at in (6, 20, 40, len(envelope) // 2, len(envelope) - 1):
        bent = envelope[:at] + bytes([envelope[at] ^ 1]) + envelope[at + 1:]
        got.append(['a batch with byte %d changed' % at, C.mine.post(os.urandom(16), bent)[0]])
    for n, form in enumerate(other_encodings(envelope)):
        got.append(['a batch in second encoding %d' % n, C.mine.post(os.urandom(16), form)[0]])
    cut = len(envelope) - 60
    got.append(['the head of one batch and the end of another',
                C.mine.post(os.urandom(16), envelope[:cut] + second[-60:])[0]])
    got.append(['a batch of its own making', C.mine.post(os.urandom(16), envelope[:90] + os.urandom(200))[0]])
    got.append(["a batch on another device's path", C.mine.post(os.urandom(16), envelope, other)[0]])
    got.append(["another device's batch", C.mine.post(os.urandom(16), C.spare)[0]])
    return got


def withhold_then_reverse(count):
    """Takes batches and says nothing; sends them newest first, each twice, with nonces of its own; keeper hears none."""
    taken = []
    for _ in range(count):
        nonce, envelope = C.offer()
        if envelope not in taken:
            taken.append(envelope)
        C.door.say(SAY_UNANSWERED, nonce)
    for envelope in reversed(taken):
        for _ in range(2):
            C.mine.post(os.urandom(16), envelope)
    return len(taken)


serve({'owner': owner, 'honest': honest, 'lie': lie, 'late': late, 'twice': twice, 'flood': flood,
       'malformed': malformed, 'to_cloud': to_cloud, 'withhold_then_reverse': withhold_then_reverse,
       'lies': lambda: sorted(LIES), 'trespass': lambda *what: trespass(ROOT, *what),
       'known': lambda: C.history[-1][1].hex()})
