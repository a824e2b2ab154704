# SPDX-License-Identifier: Apache-2.0
"""A small project as a team would write it, in which holdfast-review finds nothing to say; for tests that plant a
defect in it or look at what is written about it."""
import contextlib
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'integration'))
from harness import BUILD, TOP, check, main  # noqa: E402,F401

REVIEW = os.path.join(BUILD, 'holdfast-review')
WRITTEN_S, RAN_AT = 1768000000, '2026-02-01T08:00:00Z'  # 2026-01-09; results are newer than what they cover

FILES = {
    'architecture.md': '''# Architecture

## Gate

The path rule (SEC-001) answers 403. It sits at TB-1, and a device shows CR-01 to it.

## Courier

While the cloud is away it keeps what was measured (SEC-002), and says so on the screen (SEC-003).

## Measure

One reading each second (SRS-001). DF-1 carries it.
''',
    'requirements.yaml': '''- {id: SEC-001, principle: least privilege, boundary: TB-1, threats: [T-01], verified_by: [tests/privilege],
   text: "A request of device A for a record of device B shall be answered 403."}
- {id: SEC-002, principle: fail secure, boundary: TB-1, threats: [T-02], verified_by: [tests/away],
   text: "While the cloud cannot be reached the device shall store 24 h of readings."}
- {id: SEC-003, principle: fail secure, parent: SEC-002, threats: [T-02], verified_by: [tests/away],
   text: "While the cloud cannot be reached the device shall show NOT SYNCHRONISED within 5 s."}
- {id: SRS-001, verified_by: [tests/measure], text: "The device shall take one reading in each second."}
''',
    'trust-boundaries.yaml': '- {id: TB-1, name: device to cloud}\n',
    'flows.yaml': '- {id: DF-1, name: readings, crosses: [TB-1]}\n',
    'threats.yaml': '''- {id: T-01, title: "A device reads another's records", hazards: [HS-01]}
- {id: T-02, title: "The cloud is away"}
''',
    'hazards.yaml': '- {id: HS-01, situation: "Records of two patients are mixed up", requirements: [SEC-001]}\n',
    'controls.yaml': '- {id: CTL-001, requirement: SEC-001, threat: T-01, test: tests/privilege}\n',
    'credentials.yaml': '''- {id: CR-01, name: device key, holder: device, scope: "its own records", unique: true, storage: key file,
   rotation: 24 months, revocation: row in the store, leak: "one device's records", negative_test: tests/privilege,
   revocation_test: tests/revoked}
''',
    'components.yaml': '''- {name: libexample, version: "1.2", class: supported, support_ends: 2030-01-01,
   review: "2026-01-05: release notes read, nothing open"}
''',
    'decisions.yaml': '''- {id: DEC-001, title: "One store, no second one", reason: "one place to keep right", by: A. Person,
   date: 2026-01-05, about: SEC-001}
''',
    'src/gate.c': '/* SEC-001: only its own path. */\nint gate(void);\n',
    'results/junit.xml': '''<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="all" tests="5" timestamp="%s">
 <testcase classname="tests/privilege" name="B is refused"/>
 <testcase classname="tests/away" name="it goes on"/>
 <testcase classname="tests/measure" name="one each second"/>
 <testcase classname="tests/revoked" name="a revoked key opens nothing"/>
 <testcase classname="prove" name="CTL-001"><properties><property name="control" value="CTL-001"/>
  <property name="proof" value="fails without it"/></properties></testcase>
</testsuite>
''' % RAN_AT,
    'bom.json': json.dumps({'bomFormat': 'CycloneDX', 'specVersion': '1.5', 'version': 1, 'components': [
        {'type': 'library', 'bom-ref': 'l', 'name': 'libexample', 'version': '1.2.3',
         'purl': 'pkg:generic/libexample@1.2.3'}]}, indent=1) + '\n',
}


def put(folder, files):
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        os.utime(path, (WRITTEN_S, WRITTEN_S))


class Repository:
    """A git work tree with a history of fixed days, made by git without any configuration of this machine."""

    def __init__(self, folder, files):
        self.folder = folder
        self.git('init', '-q', '-b', 'main')
        self.write(files)
        self.commit('start', '2026-11-01T12:00:00Z')

    def git(self, *args, date='2026-11-01T12:00:00Z'):
        env = dict(os.environ, GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date, GIT_CONFIG_GLOBAL='/dev/null',
                   GIT_CONFIG_SYSTEM='/dev/null', HOME=self.folder)
        subprocess.run(['git', '-C', self.folder, '-c', 'user.name=a', '-c', 'user.email=a@b.test', *args], env=env,
                       check=True, capture_output=True, timeout=30)

    def write(self, files):
        for name, text in files.items():
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as f:
                f.write(text)

    def commit(self, message, date):
        self.git('add', '-A')
        self.git('commit', '-q', '-m', message, date=date)

    def edit(self, name, old, new):
        with open(os.path.join(self.folder, name), encoding='utf-8') as f:
            text = f.read()
        check(old in text, '%s does not hold %s' % (name, old))
        self.write({name: text.replace(old, new)})


@contextlib.contextmanager
def folder_of(files):
    with tempfile.TemporaryDirectory() as top:
        folder = os.path.join(top, 'project')
        os.mkdir(folder)
        put(folder, files)
        yield folder


def review(*args, timeout=60):
    return subprocess.run([REVIEW, *args], capture_output=True, text=True, timeout=timeout)


def scan(folder, *args, timeout=60):
    """What it found: (exit code, the JSON)."""
    done = review('scan', '--json', *args, folder, timeout=timeout)
    check(done.returncode in (0, 1, 3), 'exit %d: %s' % (done.returncode, done.stderr[-400:]))
    return done.returncode, json.loads(done.stdout)
