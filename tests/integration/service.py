# SPDX-License-Identifier: Apache-2.0
"""A field engineer: signs or carries a service ticket, and reads the device's screen."""
import json
import os
import re
import subprocess

from harness import CLOUD, OXIMETER, PATIENCE_S, SPEED, Program, check, run, wait_for

HOLDER = 'J. Engineer'
ASKED = r'SERVICE\? %s: code (\d{6})' % HOLDER


def key_of(cloud):
    return os.path.join(cloud.root, 'var/lib/holdfast/offline/service.key')


def ticket(b, device_id, key, name, *extra, hours=2):
    """A ticket as the tool signs it: -> (path, serial)"""
    path = os.path.join(b.folder, name)
    out = run(CLOUD, 'service', 'ticket', '--device', device_id, '--hours', str(hours), '--holder', HOLDER,
              '--key', key, '--ticket', path, '--json', *extra).stdout
    return path, json.loads(out)['serial']


def start(device):
    device.program = Program([OXIMETER, 'run', '--root', device.root, '--log-json', '--sensor', 'sim:normal',
                              '--speed', str(SPEED), '--screen', 'terminal'])
    return device.program


def screen(device, pattern):
    for line in reversed(list(device.program.out)):
        m = re.search(pattern, line)
        if m:
            return m
    return None


class Person:
    """Somebody before the device: shows the ticket, and says what the screen asks for, or something else."""

    def __init__(self, device, path=None):
        old = screen(device, ASKED)
        self.device, self.old = device, old and old.group(1)  # a frame of the last question may still be on its way
        ticket = ['--ticket', path] if path else []  # none: the one that came by the cloud
        self.verb = subprocess.Popen([OXIMETER, 'service', '--root', device.root] + ticket,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def code(self):
        def seen():
            check(self.verb.poll() is None, 'the verb ended: ' + (self.verb.stderr.read() if self.verb.poll() is not None else ''))
            m = screen(self.device, ASKED)
            return m and m.group(1) != self.old and m.group(1)
        return wait_for('the code on the screen', seen)

    def asked(self):
        """The code, or None when the device asks for none."""
        def seen():
            m = screen(self.device, ASKED)
            return self.verb.poll() is not None or m and m.group(1) != self.old and m.group(1)
        got = wait_for('the device to ask or to refuse', seen)
        return None if got is True else got

    def say(self, *codes):
        """-> (exit code, what the verb said)"""
        out, err = self.verb.communicate(''.join(c + '\n' for c in codes), timeout=PATIENCE_S)
        return self.verb.returncode, out + err


def refused(device, path=None, *codes):
    """The reason code by which the device refuses."""
    code, said = Person(device, path).say(*codes)
    check(code == 1, 'the ticket was taken: exit %d, %s' % (code, said))
    return re.search(r'service\.\w+', said).group(0)


def clock_set(device):
    wait_for('the clock of the device', lambda: device.program.log.of('clock.set'))
