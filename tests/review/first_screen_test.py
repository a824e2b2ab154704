#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a team sees first that has nothing but Word files and no configuration.

first_screen_test.py HOLDFAST_REVIEW
"""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from project import TOP, check, main  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])
LINES, COLUMNS = 40, 80
TEXTS = {'Architecture': 'motor-controller.md', 'Hub': 'bedside-hub.rst', 'Threats': 'threats.md', 'SOP': 'template.md'}
WORDS = {'absent': 'not shown', 'partial': 'shown in part only', 'cannot-tell': 'not clear'}
TITLES = {'absent': 'missing', 'ask': 'applies?', 'cannot-tell': 'look yourself', 'partial': 'in part', 'described': 'described'}


def looked_at():
    """The screen, and the same review as a program reads it."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in TEXTS.items():
            subprocess.run(['pandoc', os.path.join(TOP, 'tests', 'review', 'clause', text), '-o', os.path.join(folder, name + '.docx')],
                           check=True, timeout=60)
        with open(os.path.join(folder, 'logo.bin'), 'wb') as f:
            f.write(bytes(range(256)))

        def out(*args):
            return subprocess.run([TOOL, *args], cwd=folder, capture_output=True, text=True, timeout=60).stdout
        return out(), json.loads(out('clause', '81001-5-1:5.3.2', '--json', '.'))


SCREEN, JUDGED = looked_at()
STANDING = {c['id']: c['standing'] for c in JUDGED['constraints']}


def test_it_fits_one_screen():
    lines = SCREEN.splitlines()
    check(0 < len(lines) <= LINES, '%d lines' % len(lines))
    wide = [line for line in lines if len(line) > COLUMNS]
    check(not wide, 'wider than %d: %s' % (COLUMNS, wide[:2]))


def test_it_names_the_file_that_holds_no_words():
    check('\ntext found in %d of %d files (none in logo.bin); 0 test results\n' % (len(TEXTS), len(TEXTS) + 1) in SCREEN, SCREEN[:200])


def test_each_constraint_stands_in_it_once_by_how_far_it_is_shown():
    listed = SCREEN[SCREEN.index('secure design: '):SCREEN.index('\n  (described: ')]
    rows = re.findall(r'^  (\S.{12,13}) (.*(?:\n {16}.*)*)', listed, re.MULTILINE)
    told = {title.strip(): len(re.split(r',\s+', names)) for title, names in rows}
    counted = {TITLES[s]: list(STANDING.values()).count(s) for s in STANDING.values()}
    check(told == counted, '%s, judged %s' % (told, counted))


def test_it_ends_with_where_the_rest_is():
    check(SCREEN.endswith('\n\nall of them, with their places: holdfast-review report --output DIR\n'), SCREEN[-300:])


def test_that_no_requirement_was_found_comes_first():
    check(SCREEN[SCREEN.index('\ndo first\n'):].splitlines()[2] == '  1 major     no requirement was found', SCREEN[-900:])


def test_what_is_done_first_says_how_far_each_is_shown():
    told = re.findall(r'^  \d (?:critical|major|minor) +([a-z ]+): [^(]+\((5\.3\.2-C\d\d)\)', SCREEN, re.MULTILINE)
    check({w for w, _ in told} == {'not shown', 'shown in part only'}, 'both kinds are in these texts: %s' % told)
    for said, constraint in told:
        check(WORDS[STANDING[constraint]] == said, '%s is %s and called %s' % (constraint, STANDING[constraint], said))


if __name__ == '__main__':
    sys.argv[1:] = sys.argv[2:]
    main([test_it_fits_one_screen, test_it_names_the_file_that_holds_no_words, test_each_constraint_stands_in_it_once_by_how_far_it_is_shown,
          test_that_no_requirement_was_found_comes_first, test_it_ends_with_where_the_rest_is, test_what_is_done_first_says_how_far_each_is_shown])
