#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A result is stale for the requirement whose text changed after it, and for no other one.

ages_test.py HOLDFAST_REVIEW. Small git histories with fixed dates, in temporary folders; day 10 is when the tests ran.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from project import Repository, check, main  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])
RAN_DAY = 10

YAML = """- {id: SRS-001, verified_by: [tests/beep], text: "The device shall beep within 2 s."}
- {id: SRS-002, verified_by: [tests/blink], text: "The device shall blink within 3 s."}
"""
MARKDOWN = """# Requirements

- SRS-003: The device shall hum within 4 s.

## SRS-004 Alarm

The device shall alarm
within 5 s.

Verified by: tests/alarm
"""
TABLE = """# More requirements

| ID | Requirement | Test |
|---|---|---|
| SRS-005 | The device shall ring within 6 s. | tests/ring |
"""
FILES = {
    'docs/architecture.md': '# Architecture\n## Noise\nSRS-001, SRS-002, SRS-003, SRS-004 and SRS-005 are met here.\n',
    'requirements.yaml': YAML,
    'docs/requirements.md': MARKDOWN,
    'docs/more.md': TABLE,
    'src/beep.c': '/* Req: SRS-001 */\nint beep(void);\n',
    'results.xml': '<testsuite name="all" timestamp="2026-11-%02dT12:00:00Z">\n' % RAN_DAY + ''.join(
        '<testcase classname="tests/%s" name="it does"/>\n' % n for n in ('beep', 'blink', 'alarm', 'ring')) +
    '<testcase classname="tests/hum" name="it does"><properties><property name="requirement" value="SRS-003"/>'
    '</properties></testcase>\n</testsuite>\n',
}


class Project(Repository):
    def __init__(self, folder):
        super().__init__(folder, FILES)

    def commit_on(self, day):
        self.commit('day %d' % day, '2026-11-%02dT12:00:00Z' % day)

    def stale(self, *args):
        done = subprocess.run([TOOL, 'scan', '--json', *args, self.folder], capture_output=True, text=True, timeout=60)
        check(done.returncode in (0, 1) and not done.stderr, done.stderr)
        return {f['subject']: f['says'] for f in json.loads(done.stdout)['findings'] if f['rule'] == 'TRACE-STALE'}


def project(act):
    with tempfile.TemporaryDirectory() as folder:
        act(Project(folder))


def expect(got, *wanted):
    check(sorted(got) == sorted(wanted), 'stale: %s, expected %s' % (got, wanted))


def test_nothing_is_stale_where_all_is_older_than_its_result():
    project(lambda p: expect(p.stale()))


def test_one_changed_text_makes_one_result_stale_in_each_format():
    rows = (('requirements.yaml', 'within 2 s', 'within 1 s', 'SRS-001'),
            ('docs/requirements.md', 'within 4 s', 'within 1 s', 'SRS-003'),
            ('docs/requirements.md', 'within 5 s', 'within 1 s', 'SRS-004'),
            ('docs/requirements.md', 'SRS-004 Alarm', 'SRS-004 Loud alarm', 'SRS-004'),
            ('docs/more.md', 'within 6 s', 'within 1 s', 'SRS-005'))
    for name, old, new, requirement in rows:
        def act(p):
            p.edit(name, old, new)
            expect(p.stale(), requirement)  # not committed yet
            p.git('add', '-A')
            expect(p.stale(), requirement)  # staged
            p.commit_on(11)
            got = p.stale()
            expect(got, requirement)
            check('change of its text in ' + name in got[requirement], got)
            expect(p.stale('--at', 'main'), requirement)
            expect(p.stale('--at', 'main~1'))
        project(act)


def test_what_changes_no_text_makes_nothing_stale():
    rows = (
        ('requirements.yaml', '- {id: SRS-001', '# A comment.\n\n- {id: SRS-001'),
        ('requirements.yaml', YAML, '- {id: SRS-009, text: "The device shall rest."}\n' + YAML),  # lines move
        ('requirements.yaml', 'verified_by: [tests/beep]', 'verified_by: [tests/beep], threats: [T-1]'),
        ('requirements.yaml', 'text: "The device shall blink within 3 s."', "text: 'The device shall  blink within 3 s.'"),
        ('docs/requirements.md', 'shall alarm\nwithin 5 s.', 'shall\nalarm within 5 s.'),  # lines are broken elsewhere
        ('docs/requirements.md', '# Requirements\n', '# Requirements\n\nThese are all.\n'),
        ('docs/more.md', '| ID | Requirement | Test |\n|---|---|---|', '| ID | Requirement          | Test |\n|:--|:--|:--|'),
    )
    for name, old, new in rows:
        def act(p):
            p.edit(name, old, new)
            expect(p.stale())
            p.commit_on(11)
            expect(p.stale())
        project(act)


def test_a_text_that_was_changed_before_its_result_came_is_fresh_though_its_file_changed_after():
    def act(p):
        p.edit('requirements.yaml', 'within 2 s', 'within 1 s')
        p.commit_on(9)
        p.edit('requirements.yaml', 'within 3 s', 'within 2 s')
        p.commit_on(12)
        expect(p.stale(), 'SRS-002')
    project(act)


def test_a_new_result_ends_it_for_the_requirement_that_it_is_about():
    def act(p):
        p.edit('requirements.yaml', 'within 2 s', 'within 1 s')
        p.edit('requirements.yaml', 'within 3 s', 'within 2 s')
        p.commit_on(12)
        expect(p.stale(), 'SRS-001', 'SRS-002')
        p.write({'again.xml': '<testsuite name="again" timestamp="2026-11-13T12:00:00Z"><testcase classname="tests/beep" '
                              'name="it does"/></testsuite>'})
        expect(p.stale(), 'SRS-002')
    project(act)


def test_code_that_covers_a_requirement_makes_its_result_stale():
    def act(p):
        p.edit('src/beep.c', 'int beep', 'long beep')
        p.edit('requirements.yaml', YAML, '# why\n' + YAML)  # both files changed, one of them says something else
        p.commit_on(11)
        got = p.stale()
        expect(got, 'SRS-001')
        check('src/beep.c' in got['SRS-001'], got)
    project(act)


def test_a_requirement_that_came_after_the_result_is_not_covered_by_it():
    def act(p):
        p.write({'docs/late.md': '# Requirements\n\n- SRS-006: The device shall glow.\n'})
        p.edit('requirements.yaml', YAML, YAML + '- {id: SRS-007, verified_by: [tests/beep], text: "The device shall fade."}\n')
        p.edit('results.xml', 'value="SRS-003"', 'value="SRS-003, SRS-006"')
        p.commit_on(11)
        got = p.stale()
        expect(got, 'SRS-006', 'SRS-007')
        check('is not known' in got['SRS-006'] and 'change of its text' in got['SRS-007'], got)
    project(act)


def test_without_git_the_file_decides_and_that_is_said():
    def act(p):
        shutil.rmtree(os.path.join(p.folder, '.git'))
        p.edit('requirements.yaml', 'within 2 s', 'within 1 s')
        for name in FILES:
            os.utime(os.path.join(p.folder, name), (1, 1))
        os.utime(os.path.join(p.folder, 'requirements.yaml'))
        got = p.stale()
        expect(got, 'SRS-001', 'SRS-002')
        check(all('requirements.yaml, and when its own text there changed is not known' in s for s in got.values()), got)
    project(act)


def test_results_without_a_time_are_as_old_as_the_commit_that_brought_them():
    def act(p):
        p.edit('results.xml', ' timestamp="2026-11-10T12:00:00Z"', '')
        p.commit_on(10)
        p.edit('requirements.yaml', 'within 2 s', 'within 1 s')
        p.commit_on(12)
        p.write({'other.md': 'Nothing.\n'})
        p.commit_on(13)
        expect(p.stale(), 'SRS-001')
    project(act)


def test_more_versions_than_are_read_are_judged_by_their_file():
    """One old version of one document for each result: the bound is met, and what lies beyond it is not called fresh."""
    def act(p):
        count, text = 80, ''
        for i in range(count):
            when = '2026-11-20T12:%02d:%02dZ' % (i // 60, i % 60)
            text += '- {id: ALM-%03d, verified_by: [tests/t%d], text: "The device shall beep %d times."}\n' % (i, i, i)
            p.write({'alarms.yaml': text, 'r%d.xml' % i: '<testsuite name="r" timestamp="%s"><testcase classname="tests/t%d" '
                     'name="x"/></testsuite>' % (when, i)})
            p.commit('x', when)
        p.write({'alarms.yaml': '# late\n' + text})
        p.commit_on(21)
        got = p.stale()
        check(len(got) == count - 64 and all('is not known' in says for says in got.values()), '%d stale' % len(got))
    project(act)


def test_a_pack_comes_to_the_same_verdicts_without_the_history():
    def act(p):
        p.edit('requirements.yaml', YAML, '# A comment.\n' + YAML)
        p.edit('docs/more.md', 'within 6 s', 'within 1 s')
        p.commit_on(12)
        expect(p.stale(), 'SRS-005')
        pack = p.folder + '.pack'
        done = subprocess.run([TOOL, 'pack', '--output', pack, '--fail-on', 'never', p.folder], capture_output=True,
                              text=True, timeout=60)
        check(done.returncode == 0, done.stdout + done.stderr)
        done = subprocess.run([TOOL, 'verify', pack], capture_output=True, text=True, timeout=60)
        os.unlink(pack)
        check(done.returncode == 0 and 'same verdicts' in done.stdout, done.stdout + done.stderr)
    project(act)


if shutil.which('git') is None:
    print('1..0 # SKIP no git')
    sys.exit(0)
main([
    test_nothing_is_stale_where_all_is_older_than_its_result,
    test_one_changed_text_makes_one_result_stale_in_each_format,
    test_what_changes_no_text_makes_nothing_stale,
    test_a_text_that_was_changed_before_its_result_came_is_fresh_though_its_file_changed_after,
    test_a_new_result_ends_it_for_the_requirement_that_it_is_about,
    test_code_that_covers_a_requirement_makes_its_result_stale,
    test_a_requirement_that_came_after_the_result_is_not_covered_by_it,
    test_without_git_the_file_decides_and_that_is_said,
    test_results_without_a_time_are_as_old_as_the_commit_that_brought_them,
    test_more_versions_than_are_read_are_judged_by_their_file,
    test_a_pack_comes_to_the_same_verdicts_without_the_history,
])
