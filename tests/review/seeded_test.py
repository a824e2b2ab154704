#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every rule of holdfast-review finds the defect that is planted for it in a clean project of files, and nothing is found
in the clean project. A rule for which nothing is planted turns the test red."""
import io
import os
import re
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from project import FILES, TOP, check, folder_of, main, put, review, scan  # noqa: E402


def swap(name, old, new):
    def plant(folder):
        assert FILES[name].count(old) >= 1, (name, old)
        put(folder, {name: FILES[name].replace(old, new)})
    return plant


def add(name, text):
    return lambda folder: put(folder, {name: FILES.get(name, '') + text})


def write(name, content):
    return lambda folder: put(folder, {name: content})


def both(*plants):
    return lambda folder: [p(folder) for p in plants]


def docx(body):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('[Content_Types].xml', '<Types/>')
        z.writestr('word/document.xml', '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:body>'
                   '</w:document>' % body)
    return out.getvalue()


def pdf(content):
    """One page with this content stream."""
    parts = [b'<</Type/Catalog/Pages 2 0 R>>', b'<</Type/Pages/Kids[3 0 R]/Count 1>>',
             b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font'
             b'/Subtype/Type1/BaseFont/Helvetica>>>>>>>>', b'<</Length %d>>stream\n%s\nendstream' % (len(content), content)]
    out, places = b'%PDF-1.4\n', []
    for n, part in enumerate(parts):
        places.append(len(out))
        out += b'%d 0 obj%s endobj\n' % (n + 1, part)
    at = len(out)
    out += b'xref\n0 %d\n0000000000 65535 f \n' % (len(parts) + 1) + b''.join(b'%010d 00000 n \n' % p for p in places)
    return out + b'trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n' % (len(parts) + 1, at)


def lines(*texts):
    return b'BT /F1 11 Tf 50 700 Td 14 TL ' + b' '.join(b'(%s) Tj T*' % t for t in texts) + b' ET'


def sparse(folder):
    put(folder, {'huge.md': ''})
    os.truncate(os.path.join(folder, 'huge.md'), 2 << 30)


def expired(folder):
    """A decision about a finding that is there, with a last day that has passed."""
    swap('architecture.md', 'One reading each second (SRS-001). ', '')(folder)
    _, page = scan(folder)
    known = next(f['id'] for f in page['findings'] if f['rule'] == 'TRACE-NO-DESIGN')
    add('decisions.yaml', '- {id: DEC-002, finding: %s, subject: SRS-001, reason: later, by: A. Person, date: 2025-01-01,'
        ' until: 2025-06-01}\n' % known)(folder)


NO_CASE = swap('requirements.yaml', '{id: SRS-001, verified_by: [tests/measure],', '{id: SRS-001,')
FAILED = '<testcase classname="tests/measure" name="one each second"><failure message="late"/></testcase>'
MEASURE = '<testcase classname="tests/measure" name="one each second"/>'
BOMB = ''.join('a%d: &a%d [%s]\n' % (i, i, ', '.join(['*a%d' % (i - 1)] * 9 if i else ['x'] * 9)) for i in range(9))

# rule: (what the finding is about, how it is planted)
PLANTED = {
    'READ-EMPTY': ('empty.md', write('empty.md', '')),
    'READ-NO-TEXT-LAYER': ('scan.pdf', write('scan.pdf', pdf(b'0 0 m 100 100 l S'))),
    'READ-TOO-LARGE': ('huge.md', sparse),
    'READ-TOO-DEEP': ('deep.json', write('deep.json', '[' * 5000 + ']' * 5000)),
    'READ-TOO-MUCH': ('bomb.yaml', write('bomb.yaml', BOMB)),
    'READ-BOMB': ('bomb.docx', write('bomb.docx', docx('A' * 60000000))),
    'READ-ENTITY': ('x.xml', write('x.xml', '<!DOCTYPE t [<!ENTITY e SYSTEM "file:///etc/passwd">]><testsuite name="t">'
                                   '<testcase classname="c" name="n">&e;</testcase></testsuite>')),
    'READ-DAMAGED': ('cut.docx', write('cut.docx', docx('The text.')[:-40])),
    'READ-UNREADABLE': ('pipe.md', lambda folder: os.mkfifo(os.path.join(folder, 'pipe.md'))),
    'READ-LINK': ('link.md', lambda folder: os.symlink('architecture.md', os.path.join(folder, 'link.md'))),
    'READ-UTF8': ('bytes.md', write('bytes.md', b'caf\xe9\n')),
    'READ-MALFORMED': ('bad.json', write('bad.json', '{"a": }')),
    'READ-DUPLICATE-KEY': ('twice.yaml', write('twice.yaml', 'a: 1\na: 2\n')),
    'READ-LOST-IMAGE': ('picture.md', write('picture.md', '# Picture\n\n![](picture.png)\n')),
    'READ-LOST-LAYOUT': ('layout.md', write('layout.md', '# Layout\n\n<table>\n<tr><td>a</td><td>b</td></tr>\n</table>\n')),
    'READ-JOINED-ID': ('split.pdf', write('split.pdf', pdf(lines(b'The gate meets SEC-', b'001 by its path rule.')))),
    'READ-VERSION': ('bom.json', swap('bom.json', '"specVersion": "1.5"', '"specVersion": "9.9"')),
    'READ-UNKNOWN-FORMAT': ('blob.bin', write('blob.bin', bytes(range(256)) * 4)),
    'CONTRADICTION': ('TLS', add('architecture.md', '\nThe cloud is spoken to over TLS 1.3 only.\n\n'
                                 'Clinics that ask for it are served over TLS 1.2.\n')),
    'READ-NOTHING': ('project', lambda folder: [os.unlink(os.path.join(d, f)) for d, _, fs in os.walk(folder) for f in fs]),
    'TRACE-NO-DESIGN': ('SRS-001', swap('architecture.md', '(SRS-001)', '')),
    'TRACE-CODE-ONLY': ('SEC-001', swap('architecture.md', '(SEC-001)', '')),
    'TRACE-NO-CASE': ('SRS-001', NO_CASE),
    'TRACE-NO-RESULT': ('SRS-001', swap('results/junit.xml', MEASURE, '')),
    'TRACE-PARTLY': ('SRS-001', swap('requirements.yaml', '[tests/measure]', '[tests/measure, tests/never]')),
    'TRACE-FAILED': ('SRS-001', swap('results/junit.xml', MEASURE, FAILED)),
    'TRACE-SKIPPED': ('SRS-001', swap('results/junit.xml', MEASURE, FAILED.replace('failure', 'skipped'))),
    'TRACE-MANUAL': ('SRS-001', both(NO_CASE, write('manual.md', '# Manual trials\n\n| Requirement | Result |\n|---|---|\n'
                                                    '| SRS-001 | pass |\n'))),
    'TRACE-STALE': ('SRS-001', swap('results/junit.xml', '2026-02-01', '2026-01-01')),
    'TRACE-SUSPECT': ('architecture.md#Gate', swap('architecture.md', '(SEC-001)', '(SEC-001@00000000)')),
    'TRACE-ORPHAN': ('TB-9', add('trust-boundaries.yaml', '- {id: TB-9, name: nowhere}\n')),
    'TRACE-DANGLING': ('T-77', swap('requirements.yaml', 'threats: [T-01]', 'threats: [T-01, T-77]')),
    'TRACE-DUPLICATE': ('T-02', add('threats.yaml', '- {id: T-02, title: "Something else"}\n')),
    'TRACE-REPEATED': ('T-02', add('threats.yaml', '- {id: T-02, title: "The cloud is away"}\n')),
    'TRACE-CYCLE': ('SEC-00', swap('requirements.yaml', 'id: SEC-002,', 'id: SEC-002, parent: SEC-003,')),
    'TRACE-NO-REQUIREMENT': ('VER-9', write('verification.yaml', '- {id: VER-9, how: "look at it"}\n')),
    'LADDER-DESCRIBED': ('CTL-001', swap('controls.yaml', 'tests/privilege', 'tests/nothing')),
    'LADDER-VERIFIED': ('CTL-001', swap('results/junit.xml', 'fails without it', 'looked at')),
    'WORDING-VAGUE': ('SRS-001', swap('requirements.yaml', 'The device shall take one reading in each second.',
                                      'The device shall authenticate to the cloud.')),
    'WORDING-COMPOUND': ('SRS-001', swap('requirements.yaml', 'take one reading in each second.',
                                         'take one reading in each second and shall beep within 2 s.')),
    'SEC-NO-PRINCIPLE': ('SEC-001', swap('requirements.yaml', 'id: SEC-001, principle: least privilege,', 'id: SEC-001,')),
    'SEC-NO-CLOUD-LOSS': ('loss of the cloud', swap('requirements.yaml', 'While the cloud cannot be reached the device',
                                                    'For the cloud the device')),
    'SEC-NO-THREAT': ('SEC-003', swap('requirements.yaml', 'parent: SEC-002, threats: [T-02],', 'parent: SEC-002,')),
    'SEC-APPENDIX': ('architecture.md#', swap('architecture.md', '## ', '## Appendix: ')),
    'THREAT-OPEN': ('T-05', add('threats.yaml', '- {id: T-05, title: "Theft", hazards: [HS-01]}\n')),
    'HAZARD-OPEN': ('HS-01', swap('hazards.yaml', ', requirements: [SEC-001]', '')),
    'RISK-ACCEPTED': ('T-02', swap('threats.yaml', '"The cloud is away"', '"The cloud is away", status: accepted')),
    'CRED-INCOMPLETE': ('CR-01', swap('credentials.yaml', 'rotation: 24 months, ', '')),
    'CRED-WILDCARD': ('CR-01', swap('credentials.yaml', '"its own records"', '"*"')),
    'CRED-SHARED': ('CR-01', swap('credentials.yaml', 'holder: device, scope: "its own records", unique: true',
                                  'holder: every device, scope: "its own records", unique: false')),
    'CRED-NO-NEGATIVE-TEST': ('CR-01', swap('credentials.yaml', ', negative_test: tests/privilege', '')),
    'CRED-NO-REVOCATION-TEST': ('CR-01', swap('results/junit.xml', 'tests/revoked', 'tests/other')),
    'CRED-UNUSED': ('CR-01', swap('architecture.md', ', and a device shows CR-01 to it', '')),
    'CRED-UNREGISTERED': ('api_key', write('src/send.c', 'static const char api_key[] = "q7Zt1'
                                           'Lw9vB3xK5mN8pR2sD4f";\n')),
    'SOUP-NO-REVIEW': ('libexample', swap('components.yaml', '2026-01-05: release notes read, nothing open', 'soon')),
    'SOUP-NO-CLASS': ('libexample', swap('components.yaml', ' class: supported,', '')),
    'SOUP-NO-END': ('libexample', swap('components.yaml', ' support_ends: 2030-01-01,', '')),
    'SOUP-ENDED': ('libexample', swap('components.yaml', '2030-01-01', '2020-01-01')),
    'SOUP-UNLISTED': ('libother', swap('bom.json', '"libexample"', '"libother"')),
    'SOUP-VERSION': ('libexample', swap('bom.json', '"1.2.3"', '"2.0.0"')),
    'DECISION-SUSPECT': ('DEC-002', both(NO_CASE, add('decisions.yaml', '- {id: DEC-002, finding: TRACE-NO-CASE-00000000, '
                         'subject: SRS-001, reason: later, by: A. Person, date: 2026-01-01, until: 2027-01-01}\n'))),
    'DECISION-EXPIRED': ('DEC-002', expired),
    'DECISION-BARE': ('DEC-002', both(NO_CASE, add('decisions.yaml', '- {id: DEC-002, finding: TRACE-NO-CASE-00000000, '
                      'subject: SRS-001, reason: later, date: 2026-01-01, until: 2027-01-01}\n'))),
}
# No document brings a sound reader to these; a reader made for it does, in that test.
ELSEWHERE = {'READ-TIME': 'review/read/read_test.c', 'READ-MEMORY': 'review/read/read_test.c',
             'READ-CRASH': 'review/read/read_test.c'}
# What a change breaks is planted in a history (tests/review/change_test.py), not in a folder.
OF_A_CHANGE = 'GATE-'


def rules():
    done = review('rules')
    check(done.returncode == 0, done.stderr)
    return [line.split()[0] for line in done.stdout.splitlines() if line.strip()]


def test_each_rule_has_a_planted_defect_and_each_defect_a_rule():
    names = rules()
    check(len(names) > 60 and len(set(names)) == len(names), names)
    bare = [n for n in names if n not in PLANTED and n not in ELSEWHERE and not n.startswith(OF_A_CHANGE)]
    check(not bare, 'no defect is planted for: ' + ', '.join(bare))
    gone = [n for n in [*PLANTED, *ELSEWHERE] if n not in names]
    check(not gone, 'no such rule: ' + ', '.join(gone))
    for rule, path in ELSEWHERE.items():
        with open(os.path.join(TOP, path)) as f:
            check(re.search('NOTE_' + rule[5:].replace('-', '_'), f.read()), '%s does not show %s' % (path, rule))


def test_nothing_of_weight_is_found_in_the_clean_project():
    with folder_of(FILES) as folder:
        code, page = scan(folder)
        found = [(f['rule'], f['subject'], f['says']) for f in page['findings'] if f['severity'] != 'note']
        check(code == 0 and not found, found)
        kinds = {i['kind'] for i in page['items']}
        check(len(kinds) >= 13 and len(page['links']) > 20, 'the clean project says too little: %s' % sorted(kinds))


def test_every_planted_defect_is_found_by_its_rule():
    missed = []
    for rule, (subject, plant) in PLANTED.items():
        with folder_of(FILES) as folder:
            plant(folder)
            code, page = scan(folder, '--fail-on', 'note')
            found = [f for f in page['findings'] if f['rule'] == rule and subject in f['subject']]
            print('# %-7s %-24s %s' % ('found' if found else 'MISSED', rule, subject))
            if not found:
                missed.append(rule)
                print('#    instead: %s' % [(f['rule'], f['subject'], f['says']) for f in page['findings']][:8])
            elif code != (3 if rule == 'READ-NOTHING' else 1):
                missed.append('%s: exit code %d' % (rule, code))
    check(not missed, missed)


def test_a_path_that_is_not_there_is_told_in_one_line_for_what_it_is():
    for args in (('/nonexistent',), ('scan', '/nonexistent'), ('./nonexistent', '--json'), ('nonexistent/',)):
        done = review(*args)
        path = next(a for a in args if 'nonexistent' in a)
        check(done.returncode == 3 and not done.stdout and done.stderr.count('\n') == 1, done.stderr)
        check(done.stderr == 'error: %s: No such file or directory: expected a folder or a file\n' % path, done.stderr)
    done = review('scna')
    check(done.returncode == 2 and done.stderr == 'error: scna: expected a verb (see --help)\n', done.stderr)


if __name__ == '__main__':
    main([test_each_rule_has_a_planted_defect_and_each_defect_a_rule,
          test_nothing_of_weight_is_found_in_the_clean_project,
          test_every_planted_defect_is_found_by_its_rule,
          test_a_path_that_is_not_there_is_told_in_one_line_for_what_it_is])
