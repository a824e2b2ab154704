# SPDX-License-Identifier: Apache-2.0
"""Hostile twin of keeper: with keeper's user, at the door where measure knocks.

  twin_keeper.py ROOT

Measure is started by the test alone, so that no supervisor brings the true keeper back.
"""
import os
import socket
import struct
import sys

from twin import PATIENCE_S, keep, serve

ROOT = sys.argv[1]
PATH = os.path.join(ROOT, 'run/holdfast/keeper/measure')
SAY_READING, SAY_END, SAY_HELLO, SAY_KEPT, SAY_STATE, SAY_STOP = 0x0101, 0x0102, 0x0103, 0x0201, 0x0202, 0x0203
LIES = {
    'stop, although nobody asked for an end': (SAY_STOP, b''),
    'stop with a body': (SAY_STOP, b'now'),
    'kept, of readings that are not yet measured': (SAY_KEPT, (1 << 60).to_bytes(8, 'big')),
    'kept, too short': (SAY_KEPT, b'\0'),
    'a state that no table allows': (SAY_STATE, b'\xff' * 7),
    'a message of another door': (SAY_READING, b'\0' * 8),
    'a message that nobody knows': (0x0777, b''),
}


class Keeper:
    def __init__(self):
        if os.path.exists(PATH):
            os.unlink(PATH)
        self.listen = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listen.bind(PATH)
        os.chmod(PATH, 0o666)
        self.listen.listen(4)
        self.listen.settimeout(PATIENCE_S)
        self.peer = None

    def hear(self, number):
        """-> how many of each message came, until a reading with this number or a later one; measure may knock again."""
        got = {'newest': -1, 'knocks': 0, 'ends': 0}
        while got['newest'] < number:
            if self.peer is None:
                self.peer = self.listen.accept()[0]
                self.peer.settimeout(PATIENCE_S / 2)
                got['knocks'] += 1
            try:
                packet = keep(self.peer.recv(1 << 17))
            except TimeoutError:
                return dict(got, silent=True)
            if not packet:
                self.peer.close()
                self.peer = None
                continue
            while packet:
                door, length = struct.unpack('>HI', packet[2:8])
                body, packet = packet[8:8 + length], packet[8 + length:]
                if door == SAY_READING:
                    got['newest'] = max(got['newest'], int.from_bytes(body[:8], 'big'))
                got['ends'] += door == SAY_END
        return got

    def lie(self, what):
        door, body = LIES[what]
        self.peer.send(struct.pack('>HHI', 1, door, len(body)) + body)
        return True


KEEPER = Keeper()
serve({'lies': lambda: sorted(LIES), 'lie': KEEPER.lie, 'hear': KEEPER.hear})
