#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The second axis of the clause review: what is described becomes verified by a fresh passed result, demonstrated by a
control that was seen to fail its test; tailoring holds only whole; a group that may not apply is asked about; a defence
is offered from demonstrated rows only. Each claim takes one thing from a project in which all of it holds.
"""
import collections
import csv
import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from project import FILES, REVIEW, check, folder_of, main, put  # noqa: E402

# SEC-001 has a passed result, and its control CTL-001 a proof; SEC-003 a passed result only.
DESIGN = '''# Security architecture of the Brook pump

Document BRK-ARC-3, version 2.1, approved 2026-01-20 by the lead engineer.

## Rights

Each device certificate has the least privilege: it may write its own records and cannot read those of any other device;
the gate answers 403 (SEC-001). The access control list allows one path for each role.

## Debug access

The released pump has no back door and no service password. JTAG is disabled by a fuse, and the UART console is not
built into release 2.1 (SEC-003).

## Attack surface

The pump has no listening port. Telnet, the serial console and the USB driver were removed, and unused services are
disabled in release 2.1.

## Components

Cryptography comes from mbed TLS 3.6.2 and from the certified secure element ATECC608B; there is no own cryptography.
'''
TAILORED = '''- {id: TD-001, kind: tailoring, clause: "iec81001-5-1:5.3.2", practice: [d], reason: "The pump reuses a whole
   platform; its size was not ours to choose.", by: A. Person, expertise: ten years of product security, date: 2026-01-10,
   until: 2027-01-10}
'''


def project(**changed):
    return dict(FILES, **{'security.md': DESIGN}, **changed)


def clause(files, *options):
    with folder_of(files) as folder:
        done = subprocess.run([REVIEW, 'clause', '81001-5-1:5.3.2', folder, '--json', '--as-of', '2026-02-02', *options],
                              capture_output=True, text=True, timeout=60)
        check(done.returncode == 0, done.stderr)
        return json.loads(done.stdout)


def standing(page, constraint):
    return next(c for c in page['constraints'] if c['id'] == '5.3.2-' + constraint)


def test_a_described_constraint_with_a_passed_result_is_verified_and_one_without_is_described():
    page = clause(project())
    got = {c: standing(page, c)['standing'] for c in ('C02', 'C07')}
    check(got == {'C02': 'demonstrated', 'C07': 'verified'}, got)
    check([r['id'] for r in standing(page, 'C07')['requirements']] == ['SEC-003'], standing(page, 'C07')['requirements'])
    words = [c for c in page['constraints'] if c['verdict'] == 'met' and not c['requirements']]
    check(words and all(c['standing'] == 'described' for c in words), [(c['id'], c['standing']) for c in words])


def test_without_the_proof_that_the_control_matters_it_is_verified_only():
    results = re.sub(r'fails without it', 'passes', FILES['results/junit.xml'])
    check(results != FILES['results/junit.xml'], 'there is no proof to take away')
    check(standing(clause(project(**{'results/junit.xml': results})), 'C02')['standing'] == 'verified', 'still demonstrated')


def test_without_any_result_words_stay_words():
    files = project()
    del files['results/junit.xml']
    page = clause(files)
    check(all(standing(page, c)['standing'] == 'described' for c in ('C02', 'C07', 'C06')),
          [(c['id'], c['standing']) for c in page['constraints']])


def test_a_failed_result_takes_the_proof_away_and_is_named():
    results = FILES['results/junit.xml'].replace('name="B is refused"/>', 'name="B is refused"><failure message="200"/></testcase>')
    check(results != FILES['results/junit.xml'], 'there is no result to fail')
    got = standing(clause(project(**{'results/junit.xml': results})), 'C02')
    check(got['standing'] == 'described' and any(r.get('failed') for r in got['requirements']), got['requirements'])


def test_a_result_older_than_its_requirement_does_not_verify():
    results = FILES['results/junit.xml'].replace('2026-02-01T08:00:00Z', '2025-11-01T08:00:00Z')
    got = standing(clause(project(**{'results/junit.xml': results})), 'C07')
    check(got['standing'] == 'described' and got['requirements'][0].get('stale'), got['requirements'])


# Nine places that say it, each more concrete than the last, and name a requirement of which no control was taken away.
MANY = '''# Security architecture of the Brook pump

## Rights

%s

The reader runs under seccomp filters.
''' % '\n\n'.join('Process P%d runs with least privilege under seccomp filter F-%d and cannot open /dev/mem or port %d (SRS-001).' % (i, i, 4000 + i)
                  for i in range(9))


def test_what_is_demonstrated_does_not_rest_on_the_passages_that_are_printed():
    before = standing(clause(dict(FILES, **{'security.md': MANY})), 'C02')
    named = MANY.replace('under seccomp filters.', 'under seccomp filters (SEC-001).')
    after = standing(clause(dict(FILES, **{'security.md': named})), 'C02')
    check(before['standing'] == 'verified' and len(before['passages']) == 8, before['standing'])
    check(not any('SEC-001' in p['text'] for p in after['passages']), 'it is among the printed ones')
    check(after['standing'] == 'demonstrated', after['standing'])


def test_a_second_document_that_meets_it_brings_its_results_and_one_that_does_not_brings_none():
    other = '# Design of the reader\n\n## Rights\n\nThe reader has the least privilege. Its access control list has two entries (SEC-001).\n'
    got = standing(clause(dict(FILES, **{'security.md': MANY, 'reader.md': other})), 'C02')
    check([d['verdict'] for d in got['documents'] if d['path'] == 'reader.md'] == ['met'], got['documents'])
    check(got['standing'] == 'demonstrated', got['standing'])
    other = '# Design of the reader\n\n## Rights\n\nThe reader should have the least privilege (SEC-001).\n'
    got = standing(clause(dict(FILES, **{'security.md': MANY, 'reader.md': other})), 'C02')
    check([d['verdict'] for d in got['documents'] if d['path'] == 'reader.md'] != ['met'], got['documents'])
    check(got['standing'] == 'verified', got['standing'])


def test_a_plan_that_names_a_requirement_proves_nothing():
    text = DESIGN.replace(' (SEC-001)', '') + '\n## Later\n\nIn a future release each role has the least privilege (SEC-001).\n'
    got = standing(clause(dict(FILES, **{'security.md': text})), 'C02')
    check(any(p['modality'] == 'planned' and 'SEC-001' in p['text'] for p in got['passages']), 'the plan is no passage')
    check(got['standing'] == 'described', got['standing'])


def test_the_requirements_of_what_is_printed_first_come_first():
    text = DESIGN.replace('the gate answers 403 (SEC-001)', 'the gate answers 403 (SRS-001)')
    text = text.replace('release 2.1 (SEC-003)', 'release 2.1').replace('one path for each role.', 'one path for each role (SEC-003).')
    text = text.replace(' The access control list', '\n\nThe access control list')
    got = standing(clause(dict(FILES, **{'security.md': text})), 'C02')
    ids = [next(i for i in ('SEC-003', 'SRS-001') if i in p['text']) for p in got['passages'] if 'SRS-001' in p['text'] or 'SEC-003' in p['text']]
    check(len(ids) == 2 and [r['id'] for r in got['requirements']] == ids, '%s for %s' % ([r['id'] for r in got['requirements']], ids))


def test_tailoring_holds_with_reason_approver_expertise_and_day_and_not_without_one_of_them():
    page = clause(project(**{'tailoring.yaml': TAILORED}))
    got = standing(page, 'C04')
    check(got['standing'] == 'tailored' and got['tailored_by'] == 'TD-001', got['standing'])
    check(page['tailoring'][0]['holds'], page['tailoring'])
    for what, lacks in ((r' reason: "[^"]*",', 'reason'), (r' by: A. Person,', 'by'), (r' expertise: [^,]*,', 'expertise'),
                        (r' date: 2026-01-10,', 'date')):
        page = clause(project(**{'tailoring.yaml': re.sub(what, '', TAILORED, flags=re.S)}))
        told = page['tailoring'][0]
        check(not told['holds'] and lacks in told['lacks'], '%s: %r' % (lacks, told))
        check(standing(page, 'C04')['standing'] != 'tailored', 'tailored without ' + lacks)


def test_tailoring_whose_last_day_is_over_does_not_hold():
    page = clause(project(**{'tailoring.yaml': TAILORED.replace('2027-01-10', '2026-01-31')}))
    check(not page['tailoring'][0]['holds'] and 'not over' in page['tailoring'][0]['lacks'], page['tailoring'])


def test_tailoring_of_another_clause_is_not_taken():
    page = clause(project(**{'tailoring.yaml': TAILORED.replace(':5.3.2', ':5.4.1')}))
    check(not page['tailoring'] and standing(page, 'C04')['standing'] != 'tailored', page['tailoring'])


def test_a_group_that_nothing_is_said_about_is_asked_for_and_one_with_words_is_a_gap():
    quiet = {'security.md': '# Brook\n\nThe released pump has no back door and no service password.\n'}
    loud = dict(quiet, **{'note.md': '# Ideas\n\nWe will add a firewall and TLS in a future release.\n'})
    page = clause(quiet)
    check(standing(page, 'C11')['standing'] == 'asked', standing(page, 'C11'))
    check([g for g in page['gaps'] if g['constraints'] == ['5.3.2-C11']][0]['severity'] == 'question', page['gaps'])
    check(standing(page, 'C13')['standing'] == 'absent', 'what applies to all software is asked about')
    page = clause(loud)
    check(standing(page, 'C11')['standing'] not in ('asked', 'described'), standing(page, 'C11'))
    check([g for g in page['gaps'] if g['constraints'] == ['5.3.2-C11']][0]['severity'] != 'question', page['gaps'])


def test_no_defence_is_offered_while_something_is_not_shown():
    page = clause(project())
    check('defence' not in page and 'untrue' in page['no_defence'], page.get('defence'))


def test_a_defence_names_what_was_demonstrated_and_every_exception():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'clause', 'wound-images.md')) as f:
        files = project(**{'wounds.md': f.read()})
    shown = ('described', 'verified', 'demonstrated')
    missing = [c['id'] for c in clause(files)['constraints'] if c['standing'] not in shown]
    files['tailoring.yaml'] = TAILORED.replace('practice: [d]', 'constraint: [%s]' % ', '.join(missing))
    page = clause(files)
    check('defence' in page, page.get('no_defence'))
    text = page['defence']
    for c in page['constraints']:
        check(c['id'] in text, '%s (%s) is not named: %s' % (c['id'], c['standing'], text))
    proved, rest = text.split(' Exceptions:')
    for c in page['constraints']:
        where = proved if c['standing'] == 'demonstrated' else rest
        check(c['id'] in where, '%s (%s) stands on the wrong side' % (c['id'], c['standing']))
    check('SEC-001 passed, and its test fails without its control' in proved and 'TD-001' in rest, text)
    check('project' in proved and 'BRK-ARC-3' in text or 'wounds.md' in text, text)
    results = re.sub(r'fails without it', 'passes', FILES['results/junit.xml'])
    page = clause(dict(files, **{'results/junit.xml': results}))
    check('defence' not in page and 'demonstrated' in page['no_defence'], page.get('defence'))


def test_no_form_of_the_review_says_that_anything_complies():
    for form in ('screen', 'json', 'html', 'markdown', 'csv', 'sarif', 'oscal', 'gsn'):
        with folder_of(project(**{'tailoring.yaml': TAILORED})) as folder:
            done = subprocess.run([REVIEW, 'clause', '5.3.2', folder, '--format', form, '--as-of', '2026-02-02'],
                                  capture_output=True, text=True, timeout=60)
            check(done.returncode == 0 and len(done.stdout) > 400, form + done.stderr)
            for word in ('compliant', 'compliance', 'conforms'):
                check(word not in done.stdout.lower(), '%s says %s' % (form, word))


def test_oscal_has_what_its_schema_asks_for_and_is_satisfied_only_by_what_was_demonstrated():
    """Fields, patterns and words of NIST's JSON schema of OSCAL 1.1.2, assessment results."""
    uuid = re.compile(r'[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}')
    token = re.compile(r'[A-Za-z_][A-Za-z0-9._-]*')
    with folder_of(project(**{'tailoring.yaml': TAILORED})) as folder:
        def form(f):
            return json.loads(subprocess.run([REVIEW, 'clause', '5.3.2', folder, '--format', f, '--as-of', '2026-02-02'],
                                             capture_output=True, timeout=60).stdout)
        log, page = form('oscal'), form('json')
    top = log['assessment-results']
    check(set(top) == {'uuid', 'metadata', 'import-ap', 'results'} and top['metadata']['oscal-version'] == '1.1.2', sorted(top))
    check(all(top['metadata'][k] for k in ('title', 'last-modified', 'version')) and top['import-ap']['href'], top['metadata'])
    check(top['metadata']['last-modified'] == '2026-02-02T00:00:00Z', top['metadata'])
    result, = top['results']
    check(all(result[k] for k in ('uuid', 'title', 'description', 'start', 'reviewed-controls')), sorted(result))
    ids = [top['uuid'], result['uuid']] + [x['uuid'] for x in result['observations'] + result['findings']]
    check(len(set(ids)) == len(ids) == 32 and all(uuid.fullmatch(i) for i in ids), ids[:4])
    stands = {c['id']: c['standing'] for c in page['constraints']}
    check({'demonstrated', 'absent'} <= set(stands.values()), str(stands))
    for finding in result['findings']:
        target = finding['target']
        check(target['type'] == 'objective-id' and token.fullmatch(target['target-id']), target)
        check((target['status']['state'] == 'satisfied') == (stands[finding['title']] == 'demonstrated'), finding)
        check(target['status']['state'] in ('satisfied', 'not-satisfied') and target['status']['reason'] in ('pass', 'fail', 'other'), target)
        seen, = [o for o in result['observations'] if o['uuid'] == finding['related-observations'][0]['observation-uuid']]
        check(seen['title'] == finding['title'] and set(seen['methods']) <= {'EXAMINE', 'INTERVIEW', 'TEST', 'UNKNOWN'}, seen)


def test_the_picture_gives_a_solution_only_to_goals_that_have_a_result():
    """By the symbols: a circle is a solution, an ellipse a justification, a diamond a goal that is not developed."""
    with folder_of(project(**{'tailoring.yaml': TAILORED})) as folder:
        def form(f):
            return subprocess.run([REVIEW, 'clause', '5.3.2', folder, '--format', f, '--as-of', '2026-02-02'], capture_output=True, timeout=60).stdout
        picture, page = xml.etree.ElementTree.fromstring(form('gsn')), json.loads(form('json'))
    space = '{http://www.w3.org/2000/svg}'
    stands = collections.Counter(c['standing'] for c in page['constraints'])
    marks = collections.Counter(g[0].tag.replace(space, '') for g in picture.iter(space + 'g'))
    check(stands['demonstrated'] and stands['absent'] and stands['tailored'], stands)
    check(marks == {'circle': stands['demonstrated'] + stands['verified'], 'ellipse': stands['tailored'],
                    'path': 15 - stands['demonstrated'] - stands['verified'] - stands['tailored']}, '%s for %s' % (marks, stands))
    words = ' '.join(t.text for t in picture.iter(space + 'text'))
    check(all(c['id'] in words for c in page['constraints']) and 'TD-001' in words and 'SEC-001' in words, words)
    height = float(picture.get('viewBox').split()[3])
    check(all(0 < float(t.get('y')) < height for t in picture.iter(space + 'text') if t.get('x')), 'words below the picture')


def test_the_table_for_the_auditor_has_one_row_a_constraint_with_its_quotation():
    with folder_of(project()) as folder:
        done = subprocess.run([REVIEW, 'clause', '5.3.2', folder, '--format', 'csv'], capture_output=True, text=True, timeout=60)
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
    check(len(rows) == 15 and len({r['constraint'] for r in rows}) == 15, len(rows))
    shown = [r for r in rows if r['stands'] in ('described', 'verified', 'demonstrated')]
    check(len(shown) >= 3, [(r['constraint'], r['stands']) for r in rows])
    text = re.sub(r'\s+', ' ', DESIGN)
    for r in shown:
        if r['document'].startswith('security.md'):
            check(r['quotation'].rstrip('.') in text, 'not a quotation: %r' % r['quotation'])
            check(re.match(r'security\.md:\d+(-\d+)?$', r['document']) and r['section'], r)


def test_the_same_folder_gives_the_same_bytes_in_every_form():
    with folder_of(project(**{'tailoring.yaml': TAILORED})) as folder:
        for form in ('screen', 'json', 'html', 'markdown', 'csv', 'sarif', 'oscal', 'gsn'):
            two = {subprocess.run([REVIEW, 'clause', '5.3.2', folder, '--format', form], capture_output=True,
                                  timeout=60).stdout for _ in range(2)}
            check(len(two) == 1, form + ' differs between two runs')


main([f for name, f in list(globals().items()) if name.startswith('test_')])
