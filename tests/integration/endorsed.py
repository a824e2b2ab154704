# SPDX-License-Identifier: Apache-2.0
"""A simulated TPM with an endorsement certificate of a maker of its own, what a cloud is told of it, and a device that proves with it."""
import os
import select
import subprocess

from harness import BUILD, CLOUD, PATIENCE_S, TimedOut, run
from tpm import Tpm

ATTESTANT = os.path.join(BUILD, 'tests', 'integration', 'attestant')
RELEASE, SECURITY = 'test', 7


class Endorsed(Tpm):
    """The maker's authority is made with its first certificate; `maker`: another TPM of the same maker."""
    certified = True

    def __init__(self, b, name='tpm', maker=None):
        self.maker, self.made = maker, False
        super().__init__(b, name)

    def start(self):
        if not self.made:
            self._manufacture()
            self.made = True
        return super().start()

    def _manufacture(self):
        self.ca = self.maker.ca if self.maker else os.path.join(self.folder, 'ca')
        os.makedirs(self.ca, exist_ok=True)
        files = {'localca.conf': 'statedir = {0}\nsigningkey = {0}/signkey.pem\nissuercert = {0}/issuercert.pem\ncertserial = {0}/certserial\n'.format(self.ca),
                 'localca.options': '--platform-manufacturer Test\n--platform-version 1.0\n--platform-model test\n'}
        tool = run('sh', '-c', 'command -v swtpm_localca').stdout.strip()
        files['setup.conf'] = 'create_certs_tool=%s\ncreate_certs_tool_config=%s/localca.conf\ncreate_certs_tool_options=%s/localca.options\nactive_pcr_banks=sha256\n' % (
            tool, self.folder, self.folder)
        for name, text in files.items():
            open(os.path.join(self.folder, name), 'w').write(text)
        run('swtpm_setup', '--tpm2', '--tpmstate', self.state, '--createek', '--create-ek-cert', '--config', os.path.join(self.folder, 'setup.conf'), '--overwrite')
        self.between = os.path.join(self.folder, 'between.der')
        run('openssl', 'x509', '-in', os.path.join(self.ca, 'issuercert.pem'), '-outform', 'DER', '-out', self.between)

    def root(self):
        """The maker's root, PEM."""
        return open(os.path.join(self.ca, 'swtpm-localca-rootca-cert.pem')).read()

    def authorities(self):
        """What stands in makers.pem for a device that brings no certificates of between: the issuing authority as well."""
        return [self.root(), open(os.path.join(self.ca, 'issuercert.pem')).read()]

    def certificate(self):
        """Of its endorsement key, as a file."""
        path = os.path.join(self.folder, 'ek.der')
        self.tool('tpm2_nvread', '-C', 'o', '0x1c00002', '-o', path)
        return path

    def measure(self, what):
        """As a loader does, into register 11."""
        self.tool('tpm2_pcrextend', '11:sha256=' + what.encode().ljust(32, b'.').hex())

    def register_11(self):
        path = os.path.join(self.folder, 'pcr')
        self.tool('tpm2_pcrread', 'sha256:11', '-o', path)
        return open(path, 'rb').read().hex()


def believe(cloud_root, makers, releases):
    """makers: PEM texts; releases: (name, security version, what register 11 holds), by the administrator's own verb."""
    folder = os.path.join(cloud_root, 'etc/holdfast')
    os.makedirs(folder, exist_ok=True)
    open(os.path.join(folder, 'makers.pem'), 'w').write(''.join(makers))
    lines = ['registers 11\n']
    for name, security, register in releases:
        out = run(CLOUD, 'attest', 'measured', '11=' + register, '--release', name, '--security', str(security)).stdout
        lines += [l + '\n' for l in out.splitlines() if l.startswith('release ')]
    open(os.path.join(folder, 'measurements.conf'), 'w').write(''.join(lines))


def policy(least=0):
    return 'require_trust = "tpm"\nleast_security_version = %d\n' % least


class Attestant:
    """A device that proves with a TPM what it is told to, rightly or wrongly."""

    def __init__(self, b, cloud, tpm, label, make=True):
        self.id, bundle = cloud.add_device(label, b.folder)
        self.process = subprocess.Popen([ATTESTANT, bundle, tpm.spec, tpm.between], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        b.things.append(self)
        if make:
            self.ask('make')

    def ask(self, *words):
        """The words of its answer; one that could not do what it was told proves nothing."""
        self.process.stdin.write(' '.join(str(w) for w in words) + '\n')
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], 2 * PATIENCE_S)[0]:
            raise TimedOut('the attestant did not end %s' % ' '.join(map(str, words)))
        line = self.process.stdout.readline()
        if not line or line.startswith('failed'):
            raise RuntimeError('%s: %s' % (' '.join(map(str, words)), line or 'it ended'))
        return line.split()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE_S)
