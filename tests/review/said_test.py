#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every clause of the catalogue, judged on plain sentences (clause/said.yaml) and on what is no evidence.

said_test.py HOLDFAST_REVIEW
"""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'integration'))
import yaml  # noqa: E402
from harness import TOP, check, main  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])
with open(os.path.join(TOP, 'tests', 'review', 'clause', 'said.yaml'), encoding='utf-8') as f:
    SAID = yaml.safe_load(f)


def clauses():
    """All but 5.3.2, whose rubric has tests of its own."""
    listed = subprocess.run([TOOL, 'catalogue', 'list', '--json'], capture_output=True, text=True, timeout=60)
    for row in json.loads(listed.stdout)['clauses']:
        if row['id'] != 'iec81001-5-1:5.3.2':
            shown = subprocess.run([TOOL, 'catalogue', 'show', row['id'], '--json'], capture_output=True, text=True, timeout=60)
            yield json.loads(shown.stdout)['clauses'][0]


CLAUSES = list(clauses())


def by_content(clause):
    return [c['id'] for c in clause['constraints'] if c['by'] == 'content']


def verdicts(clause, text):
    with tempfile.TemporaryDirectory() as top:
        path = os.path.join(top, 'security.md')
        with open(path, 'w', encoding='utf-8') as f:
            f.write('# OxiSense W1\n\n' + text + '\n')
        done = subprocess.run([TOOL, 'clause', clause['id'], '--doc', path, '--json'], capture_output=True, text=True, timeout=60)
        check(done.returncode in (0, 1), (clause['id'], done.stderr[-300:]))
        found = {c['id']: c['verdict'] for c in json.loads(done.stdout)['constraints']}
        return {i: found[i] for i in by_content(clause)}


def sentences(constraint):
    return re.split(r'(?<=[.])\s+(?=[A-Z])', SAID[constraint])


def asks_for_plans_or_gaps(clause):
    """Constraints that a plan or a gap may well show, because that is what they ask for."""
    path = os.path.join(TOP, 'catalogue', 'rubric', clause['id'].replace(':', '_') + '.yaml')
    with open(path, encoding='utf-8') as f:
        rubric = yaml.safe_load(f)
    return {c['id'] for c in rubric['constraints'] for facet in c['facets'] if {'gap', 'planned'} & set(facet.get('also', []))}


def test_there_is_a_sentence_for_each_constraint_and_no_other():
    wanted = {i for clause in CLAUSES for i in by_content(clause)}
    check(set(SAID) == wanted, set(SAID) ^ wanted)


def test_a_plain_sentence_about_the_product_shows_its_constraint():
    wrong = []
    for clause in CLAUSES:
        got = verdicts(clause, '\n\n'.join(SAID[i] for i in by_content(clause)))
        wrong += ['%s: %s' % (i, v) for i, v in got.items() if v != 'met']
    check(not wrong, wrong)


def test_the_same_as_a_question_or_with_todo_before_it_shows_nothing():
    wrong = []
    for clause in CLAUSES:
        lines = []
        for i in by_content(clause):
            for s in sentences(i):
                lines += ['TODO: ' + s, 'Is it so that ' + s[0].lower() + s[1:].rstrip('.') + '?']
        wrong += ['%s: %s' % (i, v) for i, v in verdicts(clause, '\n\n'.join(lines)).items() if v != 'absent']
    check(not wrong, wrong)


def test_the_same_as_a_plan_is_never_met():
    wrong = []
    for clause in CLAUSES:
        lines = ['It is planned for version 2: ' + s[0].lower() + s[1:] for i in by_content(clause) for s in sentences(i)]
        met = {i for i, v in verdicts(clause, '\n\n'.join(lines)).items() if v == 'met'}
        wrong += sorted(met - asks_for_plans_or_gaps(clause))
    check(not wrong, wrong)


def test_the_words_of_the_catalogue_and_a_questionnaire_show_nothing():
    wrong = []
    for clause in CLAUSES:
        text = clause['summary'] + '\n\n' + '\n'.join('- ' + c['text'] for c in clause['constraints'])
        wrong += ['%s: %s' % (i, v) for i, v in verdicts(clause, text).items() if v != 'absent']
        pasted = [c.get('test', '') for c in clause['constraints']] + [g['title'] + '. ' + g['why'] for g in clause['gaps']]
        wrong += ['%s: %s' % (i, v) for i, v in verdicts(clause, '- ' + '\n- '.join(pasted)).items() if v != 'absent']
        text = '\n\n'.join('%d. %s Yes, see DOC-12.' % (n + 1, q['question']) for n, q in enumerate(clause['questions']))
        wrong += ['%s: %s' % (i, v) for i, v in verdicts(clause, text).items() if v != 'absent']
    check(not wrong, wrong)


main([test_there_is_a_sentence_for_each_constraint_and_no_other, test_a_plain_sentence_about_the_product_shows_its_constraint,
      test_the_same_as_a_question_or_with_todo_before_it_shows_nothing, test_the_same_as_a_plan_is_never_met,
      test_the_words_of_the_catalogue_and_a_questionnaire_show_nothing])
