# SPDX-License-Identifier: Apache-2.0
"""Hostile twin of view: view's user and its door to store, and the token of a person who signed in.

  twin_view.py ROOT
"""
import os
import struct
import sys

from twin import Door, ask_once, serve, trespass

ROOT = sys.argv[1]
DOOR_SIGN_IN, DOOR_SIGN_OUT, DOOR_DEVICES, DOOR_TREND, DOOR_GAPS = 0x0601, 0x0603, 0x0604, 0x0606, 0x0608


class View:
    def __init__(self):
        self.door, self.token = Door(ROOT, 'store/view'), None


V = View()


def ask(door, body):
    """-> the answer's body; b'' when store has closed the door."""
    V.door.say(door, body)
    got = V.door.hear()
    if got is None:
        V.door = Door(ROOT, 'store/view')
        return b''
    return got[1]


def sign_in(name, password):
    """-> [status, seconds to wait]; the token stays here."""
    n, p = name.encode(), password.encode()
    got = ask(DOOR_SIGN_IN, bytes([len(n)]) + n + bytes([len(p)]) + p)
    if not got:
        return None
    if got[0] == 0:
        V.token = got[1:33]
    return [got[0], struct.unpack('>I', got[33:])[0], got[1:33] != bytes(32)]


def spans(token, device):
    return [[DOOR_DEVICES, token + bytes(4)],
            [DOOR_TREND, token + device + bytes(8) + b'\x7f' + b'\xff' * 7 + struct.pack('>H', 600)],
            [DOOR_GAPS, token + device + bytes(8) + b'\x7f' + b'\xff' * 7]]


def look(device):
    """What the person who signed in may see; -> the status of each answer and how much came."""
    return [[got[0], len(got)] for got in (ask(*q) for q in spans(V.token, bytes.fromhex(device)))]


def look_without(device):
    """With no token, guessed ones, the true one with a bit changed, cut or lengthened; -> [status, length] of each."""
    t = V.token
    tokens = [bytes(32), b'\xff' * 32, os.urandom(32)] + [t[:at] + bytes([t[at] ^ 1]) + t[at + 1:] for at in (0, 15, 31)]
    got = [ask(*q) for token in tokens for q in spans(token, bytes.fromhex(device))]
    return [[g[0] if g else None, len(g)] for g in got]


def sign_out():
    got = ask(DOOR_SIGN_OUT, V.token)
    return got[0] if got else None


def other_doors(rows):
    """[door, body in hex]: what view may not say; TOKEN in a body is the person's. -> answers in hex, or None."""
    out = []
    for door, body in rows:
        got = ask_once(ROOT, 'store/view', door, bytes.fromhex(body.replace('TOKEN', V.token.hex())))
        out.append(None if got is None else got[1].hex())
    return out


serve({'sign_in': sign_in, 'look': look, 'look_without': look_without, 'sign_out': sign_out, 'other_doors': other_doors,
       'known': lambda: V.token.hex(), 'trespass': lambda *what: trespass(ROOT, *what)})
