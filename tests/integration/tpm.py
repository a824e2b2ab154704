# SPDX-License-Identifier: Apache-2.0
"""A TPM simulator for one device, and what an attacker does with it by tools that are not ours."""
import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile

from harness import PATIENCE_S, check, wait_for

AGENT, COUNTER = 'holdfast-agent', '0x1500001'


class Tpm:
    """swtpm on a socket that only agent's user and root may use, as a device node is. Its maker gave it no certificate (endorsed.py: one did)."""
    certified = False

    def __init__(self, b, name='tpm'):
        self.folder = tempfile.mkdtemp(prefix=name + '-', dir=b.folder)
        os.chmod(self.folder, 0o755)
        self.state = os.path.join(self.folder, 'state')
        os.mkdir(self.state)
        self.socket = os.path.join(self.folder, 's')
        self.spec = 'swtpm:path=' + self.socket
        self.process = None
        b.things.append(self)
        self.start()

    def start(self):
        owner = ''
        if os.geteuid() == 0:
            user = pwd.getpwnam(AGENT)
            owner = ',mode=0600,uid=%d,gid=%d' % (user.pw_uid, user.pw_gid)
        for path in (self.socket, self.socket + '.ctrl'):
            with contextlib.suppress(OSError):
                os.unlink(path)
        self.process = subprocess.Popen(
            ['swtpm', 'socket', '--tpm2', '--tpmstate', 'dir=' + self.state, '--server', 'type=unixio,path=%s%s' % (self.socket, owner),
             '--ctrl', 'type=unixio,path=%s.ctrl' % self.socket, '--flags', 'not-need-init,startup-clear'],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for('swtpm to listen', self._listens)
        return self

    def _listens(self):
        check(self.process.poll() is None, 'swtpm does not run')
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as s:
            s.connect(self.socket)
            return True

    def pull(self):
        """Out of its socket, while it works."""
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def stop(self):
        if self.process.poll() is None:
            self.pull()

    def tool(self, *command, code=0):
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, timeout=PATIENCE_S,
                              env=dict(os.environ, TPM2TOOLS_TCTI=self.spec))
        if code is not None and done.returncode != code:
            raise RuntimeError('%s: %s' % (' '.join(command), done.stderr[-400:]))
        return done

    def count(self, value, attributes='authread|ownerwrite|platformcreate|nt=counter|no_da', by='p'):
        """The counter of security versions, as the maker makes it."""
        self.tool('tpm2_nvdefine', COUNTER, '-C', by, '-s', '8', '-a', attributes)
        for _ in range(value):
            self.tool('tpm2_nvincrement', '-C', 'o', COUNTER)

    def counter(self):
        return int.from_bytes(subprocess.run(['tpm2_nvread', COUNTER], capture_output=True, check=True, timeout=PATIENCE_S,
                                             env=dict(os.environ, TPM2TOOLS_TCTI=self.spec)).stdout, 'big')

    def clear(self):
        self.tool('tpm2_clear', '-c', 'p')

    def forge(self, authorisation):
        """Keys of the attacker's own at the places of ours, for an authorisation that has leaked."""
        auth = 'hex:' + authorisation.hex()
        open(os.path.join(self.folder, 'secret'), 'wb').write(bytes(32))
        self._keep('p', '0x81000001', ['tpm2_createprimary', '-C', 'o', '-G', 'ecc', '-c', 'p.ctx'])
        for name, place, what in (('k', '0x81010010', ['-G', 'ecc256:ecdsa-sha256']), ('w', '0x81010011', ['-i', 'secret'])):
            self.tool('tpm2_create', '-C', '0x81000001', '-p', auth, '-u', name + '.pub', '-r', name + '.priv', *what)
            self.tool('tpm2_flushcontext', '-t')
            self._keep(name, place, ['tpm2_load', '-C', '0x81000001', '-u', name + '.pub', '-r', name + '.priv', '-c', name + '.ctx'])

    def forge_attest(self, authorisation):
        """An attestation key of the attacker's own at the place of ours, below the same storage key."""
        self.tool('tpm2_create', '-C', '0x81000001', '-G', 'ecc256:ecdsa-sha256:null', '-p', 'hex:' + authorisation.hex(),
                  '-a', 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|sign', '-u', 'a.pub', '-r', 'a.priv')
        self.tool('tpm2_flushcontext', '-t')
        self._keep('a', '0x81010012', ['tpm2_load', '-C', '0x81000001', '-u', 'a.pub', '-r', 'a.priv', '-c', 'a.ctx'])

    def _keep(self, name, place, load):
        self.tool(*load)
        self.tool('tpm2_flushcontext', '-t')
        self.tool('tpm2_evictcontrol', '-C', 'o', '-c', name + '.ctx', place)
        self.tool('tpm2_flushcontext', '-t')

    def replace_by(self, other):
        """Another chip on the same board."""
        shutil.rmtree(self.state)
        shutil.copytree(other.state, self.state)


def configure(device_root, tpm, more='', attest=None):
    """attest: to prove it to the cloud; unless given, what this TPM can."""
    folder = os.path.join(device_root, 'etc/holdfast')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'oximeter.conf'), 'w') as conf:
        proves = tpm.certified if attest is None else attest
        conf.write('trust = "tpm"\ntpm = "%s"\n%s%s' % (tpm.spec, '' if proves else 'attest = false\n', more))


def as_user(user, *command, timeout=PATIENCE_S):
    """A command with the user of a role that was taken over, and nothing else."""
    if os.geteuid() == 0:
        who = pwd.getpwnam(user)
        command = ('setpriv', '--reuid', str(who.pw_uid), '--regid', str(who.pw_gid), '--clear-groups',
                   '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', *command)
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout)


KNOCK = '''
import socket, struct, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.settimeout(20)
s.connect(sys.argv[1])
body = bytes.fromhex(sys.argv[3])
try:
    s.send(struct.pack('>HHI', 1, int(sys.argv[2], 16), len(body)) + body)
    got = s.recv(65536)
except (ConnectionResetError, BrokenPipeError):
    got = b''
print(got[2:4].hex() if got else 'ended')
'''


def knock(device, user, door, message, body=b''):
    path = os.path.join(device.root, 'run/holdfast/agent', door)
    done = as_user('holdfast-' + user, '/usr/bin/python3', '-c', KNOCK, path, '%04x' % message, body.hex())
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-300:])
    return done.stdout.strip()
