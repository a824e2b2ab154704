#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What script/junit writes and script/assure makes of it, on a small project of the test's own.

assure_test.py BUILD
"""
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'integration'))
from harness import TOP, check, main  # noqa: E402

BUILD = os.path.abspath(sys.argv.pop(1))
FILES = {
    'ARCHITECTURE.md': '# Architecture\n\n## Gate\n\nIt answers 403 (HF-SEC-001). While the cloud is away it waits.\n',
    'assurance/requirements.yaml': '- {id: HF-SEC-001, principle: [least privilege], boundary: [TB-01], threats: [T-01], verified_by: [tests/a_test.py], '
                                   'text: "A request of device A for a record of device B shall be answered 403."}\n',
    'assurance/trust-boundaries.yaml': '- {id: TB-01, name: devices}\n',
    'assurance/threats.yaml': '- {id: T-01, title: "A device reads another\'s records"}\n',
    'assurance/controls.yaml': '- {id: CTL-001, requirement: HF-SEC-001, threat: T-01, test: "tests/a_test.py::test_403"}\n',
    'assurance/mission.yaml': '- {row: M04, what: own endpoint, requirements: [HF-SEC-001]}\n'
                              '- {row: M33, what: a way in, requirements: [], open: not built}\n',
    '.gitignore': 'build/\n',
}
GREEN = '# tests/a_test.py 3 s\nok 1 - test_403\n1..1\n'


@contextlib.contextmanager
def project():
    """A git tree with our own script/junit in it, because that writes below its own top."""
    with tempfile.TemporaryDirectory() as top:
        for name, text in FILES.items():
            os.makedirs(os.path.dirname(os.path.join(top, name)) or top, exist_ok=True)
            with open(os.path.join(top, name), 'w') as f:
                f.write(text)
        os.makedirs(os.path.join(top, 'script'))
        shutil.copy(os.path.join(TOP, 'script', 'junit'), os.path.join(top, 'script', 'junit'))
        subprocess.run(['git', 'init', '-q', top], check=True)
        yield top


def junit(top, log, code=0, part='integration', began_s=4102444800, took_s=3):
    """As script/test calls it; it began after every file was written, so that nothing is stale."""
    with open(os.path.join(top, 'log'), 'w') as f:
        f.write(log)
    done = subprocess.run(['/usr/bin/python3', os.path.join(top, 'script/junit'), part, os.path.join(top, 'log'), str(code),
                           str(began_s), str(took_s), '10'], capture_output=True, text=True)
    check(done.returncode == 0, done.stderr[-400:])
    os.unlink(os.path.join(top, 'log'))
    with open(os.path.join(top, 'build/results/junit', part + '.xml')) as f:
        return f.read()


def assure(top):
    done = subprocess.run(['/usr/bin/python3', os.path.join(TOP, 'script/assure'), '--tree', top, '--output',
                           os.path.join(top, 'build/assurance'), '--no-pictures'], capture_output=True, text=True,
                          env=dict(os.environ, HOLDFAST_BUILD=BUILD))
    return done.returncode, done.stdout + done.stderr


def test_each_claim_is_a_case_with_its_file_and_the_ids_that_name_it():
    with project() as top:
        page = junit(top, GREEN + '# it was let in\nnot ok 2 - test_404\nok 3 - test_405 # SKIP no nft\n', code=1)
        check('classname="tests/a_test.py" name="test_403"' in page, page)
        check('<property name="requirement" value="HF-SEC-001"' in page and '<property name="control" value="CTL-001"' in page, page)
        check('<failure message="it was let in"' in page and '<skipped message="no nft"' in page, page)
        check('timestamp="2100-01-01T00:00:00Z"' in page and 'name="source_digest"' in page, page)


def test_a_part_that_ends_badly_without_a_red_claim_is_a_failed_case():
    with project() as top:
        check('failures="1"' in junit(top, GREEN, code=3), 'an exit code of 3 was lost')
        check('failures="1"' in junit(top, 'what a sanitizer says\n', code=1, part='fuzz'), 'a log without claims was lost')
        check('failures="1"' in junit(top, GREEN, took_s=11), 'a part over its time was lost')
        check('failures="1"' in junit(top, '', part='unit'), 'unit tests that left no log of their own were lost')


def test_a_green_run_shows_the_row_and_a_red_one_is_said():
    with project() as top:
        junit(top, GREEN)
        code, said = assure(top)
        check(code == 0 and 'M04  shown' in said and 'M33  not shown' in said and '1 rows shown' in said, said)
        check('\nok 4 - ' in said and os.path.getsize(os.path.join(top, 'build/assurance/evidence.zip')) > 1000, said)
        junit(top, GREEN.replace('ok 1', 'not ok 1'), code=1)
        code, said = assure(top)
        check(code == 1 and 'HF-SEC-001 is FAILED' in said and 'not ok 2' in said and 'not ok 3' in said, said)


def test_without_a_result_nothing_is_shown():
    with project() as top:
        code, said = assure(top)
        check(code == 1 and 'M04  not shown' in said and 'HF-SEC-001 is without a passing result' in said, said)


def ask(top, number):
    return subprocess.run([os.path.join(BUILD, 'holdfast-review'), 'ask', str(number), '--in', top], capture_output=True,
                          text=True).stdout


def test_the_eight_questions_point_at_what_answers_them():
    with project() as top:
        check('not shown' in ask(top, 2), ask(top, 2))
        junit(top, GREEN)
        check(': shown' in ask(top, 2).replace('\n   shown', ': shown') and 'not shown' not in ask(top, 2), ask(top, 2))
        check('HF-SEC-001' in ask(top, 1) and 'assurance/requirements.yaml:1' in ask(top, 1), ask(top, 1))
        check('ARCHITECTURE.md#Gate' in ask(top, 7), ask(top, 7))
        check('not shown' in ask(top, 4) and 'not shown' in ask(top, 8), ask(top, 4) + ask(top, 8))


def test_a_major_finding_is_a_no_until_it_is_decided():
    with project() as top:
        junit(top, GREEN)
        with open(os.path.join(top, 'assurance/threats.yaml'), 'a') as f:
            f.write('- {id: T-02, title: "A device is stolen"}\n')
        os.utime(os.path.join(top, 'assurance/threats.yaml'), (1, 1))
        code, said = assure(top)
        check(code == 1 and 'THREAT-OPEN' in said, said)
        finding = next(w for w in said.split() if w.startswith('THREAT-OPEN-'))
        done = subprocess.run([os.path.join(BUILD, 'holdfast-review'), 'accept', finding, '--in', top, '--reason', 'no device leaves the house',
                               '--by', 'A. Person', '--until', '2099-12-31'], capture_output=True, text=True)
        check(done.returncode == 0, done.stdout + done.stderr)
        code, said = assure(top)
        check(code == 0 and '1 accepted' in said, said)


def test_the_report_is_written_for_people_and_for_programs():
    with project() as top:
        junit(top, GREEN)
        assure(top)
        for name in ('index.html', 'review.json', 'matrix.csv', 'review.sarif', 'review.junit.xml', 'trace.dot', 'flow.dot', 'mission.txt'):
            path = os.path.join(top, 'build/assurance', name)
            check(os.path.exists(path) and os.path.getsize(path) > 0, name + ' is not there')


if __name__ == '__main__':
    main([test_each_claim_is_a_case_with_its_file_and_the_ids_that_name_it,
          test_a_part_that_ends_badly_without_a_red_claim_is_a_failed_case,
          test_a_green_run_shows_the_row_and_a_red_one_is_said,
          test_without_a_result_nothing_is_shown,
          test_the_eight_questions_point_at_what_answers_them,
          test_a_major_finding_is_a_no_until_it_is_decided,
          test_the_report_is_written_for_people_and_for_programs])
