#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The clause catalogue as data: its files by their published schemas, the verbs, and clauses of a team's own.

catalogue_test.py HOLDFAST_REVIEW
"""
import copy
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'integration'))
import jsonschema  # noqa: E402
import yaml  # noqa: E402
from harness import TOP, check, main  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])
DATA = os.path.join(TOP, 'catalogue')


def schema_of(name):
    with open(os.path.join(DATA, 'schema', name), encoding='utf-8') as f:
        return json.load(f)


CATALOGUE = jsonschema.Draft202012Validator(schema_of('catalogue.schema.json'))
RUBRIC = jsonschema.Draft202012Validator(schema_of('rubric.schema.json'))


def run(*args):
    return subprocess.run([TOOL, 'catalogue', *args], capture_output=True, text=True, timeout=60)


def load(path):
    with open(path, encoding='utf-8') as f:
        return yaml.safe_load(f)


def put(folder, files):
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)


def in_the_page(name):
    """The block of docs/catalogue.md that stands under the name of a file."""
    with open(os.path.join(TOP, 'docs', 'catalogue.md'), encoding='utf-8') as f:
        return re.search(r'`%s`.*?```yaml\n(.*?)```' % re.escape(name), f.read(), re.S).group(1)


OWN = {'holdfast-review.conf': 'catalogue = "quality/clauses"\n',
       'quality/clauses/home.yaml': in_the_page('quality/clauses/home.yaml'),
       'quality/clauses/rubric/house_3.yaml': in_the_page('quality/clauses/rubric/house_3.yaml'),
       'quality/clauses/README.md': '# Ours\n',
       'docs/plan.md': '# Plan\n\nSpare devices get every update within a week.\n'}


def test_every_file_is_as_its_schema_says_and_is_compiled_in():
    for schema in (CATALOGUE, RUBRIC):
        jsonschema.Draft202012Validator.check_schema(schema.schema)
    files = sorted(glob.glob(os.path.join(DATA, '*.yaml')) + glob.glob(os.path.join(DATA, 'rubric', '*.yaml')))
    wrong = []
    for path in files:
        schema = RUBRIC if os.sep + 'rubric' + os.sep in path else CATALOGUE
        wrong += ['%s: %s: %s' % (os.path.relpath(path, TOP), e.json_path, e.message[:150])
                  for e in schema.iter_errors(load(path))]
    check(not wrong, '\n'.join(wrong[:10]))
    with open(os.path.join(DATA, 'meson.build'), encoding='utf-8') as f:
        built = set(re.findall(r"'([^']+\.yaml)'", f.read()))
    check(built == {os.path.relpath(p, DATA) for p in files}, built ^ {os.path.relpath(p, DATA) for p in files})


def test_the_schema_refuses_what_the_program_refuses():
    """One key gone or one key too many, at every place of a whole clause: both say no, or both say yes."""
    with tempfile.TemporaryDirectory() as top:
        put(top, OWN)
        path = os.path.join(top, 'quality/clauses/home.yaml')
        whole = load(path)

        def places(value, at=()):
            if isinstance(value, dict):
                for k in value:
                    yield at + (k,)
                    yield from places(value[k], at + (k,))
            elif isinstance(value, list):
                for i, v in enumerate(value):
                    yield from places(v, at + (i,))

        def tried(data, what):
            with open(path, 'w', encoding='utf-8') as f:
                json.dump(data, f)
            program = run('list', '--in', top)
            schema = not list(CATALOGUE.iter_errors(data))
            check((program.returncode == 0) == schema, '%s: schema %s, program: %s' % (what, schema, program.stderr))
            check(program.returncode == 0 or re.match(r'error: \S+:\d+: .+: expected .+\n$', program.stderr), program.stderr)

        count = 0
        for at in places(whole):
            for change in ('gone', 'more', 'number'):
                data = copy.deepcopy(whole)
                here = data
                for k in at[:-1]:
                    here = here[k]
                if 'crosswalk' in at and change == 'more':
                    continue  # columns are the file's own names
                if change == 'gone':
                    del here[at[-1]]
                elif change == 'more':
                    here['extra'] = 'x'
                else:
                    here[at[-1]] = {'a': 'b'} if not isinstance(here[at[-1]], dict) else ['x']
                tried(data, (change, at))
                count += 1
        check(count > 60, count)


def test_show_writes_a_file_that_can_be_taken_in_again():
    clauses = json.loads(run('list', '--json').stdout)['clauses']
    check(len(clauses) >= 54 and sum(c['constraints'] for c in clauses) >= 213, len(clauses))
    for clause in clauses:
        shown = json.loads(run('show', clause['id'], '--json').stdout)
        wrong = ['%s: %s' % (e.json_path, e.message[:150]) for e in CATALOGUE.iter_errors(shown)]
        check(not wrong and len(shown['clauses'][0]['constraints']) == clause['constraints'], (clause['id'], wrong))
    with tempfile.TemporaryDirectory() as top:
        again = run('show', '5.3.2', '--json').stdout
        put(top, {'holdfast-review.conf': 'catalogue = "c"\n', 'c/again.json': again})
        check(run('show', '5.3.2', '--json', '--in', top).stdout == again, 'taken in again it is another one')


def test_list_is_one_line_a_clause_and_show_has_all_of_it():
    lines = run('list').stdout.splitlines()
    check(all(len(line) <= 80 for line in lines), [line for line in lines if len(line) > 80])
    check(any(re.match(r'iec81001-5-1:5\.3\.2 +shall +15 content ', line) for line in lines), lines[:3])
    check(any(re.match(r'iec62304:trace +shall +6 both ', line) for line in lines), lines[:3])
    page = run('show', '81001-5-1:7.4').stdout
    for word in ('7.4-C04', 'added from IG-NB-TD', 'SR-3 is security requirements', 'confidence  high', 'is not shown',
                 'Questionnaire of the German', 'IEC 62443-4-1: SR-2, DM-4', '{document}'):
        check(word in page, word)
    check('counts if' in run('show', '5.3.2').stdout, 'no condition')
    none = run('show', '99.9')
    check(none.returncode == 2 and 'error: 99.9: expected a clause' in none.stderr, none.stderr)


def test_a_team_adds_a_clause_without_touching_the_program():
    with tempfile.TemporaryDirectory() as top:
        put(top, OWN)
        listed = run('list', '--in', top).stdout
        check(re.search(r'^house:3 +shall +2 content\+Spare devices$', listed, re.M), listed[-400:])
        check('Spare devices get the same updates' in run('show', 'house:3', '--in', top).stdout, 'not shown')
        lint = run('lint', '--in', top)
        check(lint.returncode == 0 and '55 clauses, 0 complaints' in lint.stdout, lint.stdout)
        seen = subprocess.run([TOOL, 'scan', '--json', top], capture_output=True, text=True, timeout=60)
        paths = {d['path'] for d in json.loads(seen.stdout)['documents']}
        check('docs/plan.md' in paths and not [p for p in paths if p.startswith('quality/')], paths)


def test_a_clause_of_the_same_id_replaces_ours():
    with tempfile.TemporaryDirectory() as top:
        put(top, {name.replace('house_3', 'mdr_17.3'): text.replace('house:3', 'mdr:17.3') for name, text in OWN.items()})
        check(re.search(r'^mdr:17.3 +shall +2 content\+Spare', run('list', '--in', top).stdout, re.M), 'not replaced')
        shown = run('show', 'mdr:17.3', '--in', top).stdout
        check('quality/clauses/rubric/mdr_17.3.yaml' in shown and 'phone' not in shown, shown)
        lint = run('lint', '--in', top)
        check(lint.returncode == 0, lint.stdout)


def test_what_is_wrong_in_a_teams_file_is_one_line_with_its_place():
    clause, rubric = 'quality/clauses/home.yaml', 'quality/clauses/rubric/house_3.yaml'
    rows = [({clause: OWN[clause].replace('confidence: high', 'confidence: sure')}, r'home\.yaml:9: sure: expected low, medium or high'),
            ({clause: OWN[clause].replace('constraints: [H3-C01, H3-C02]', 'constraints: [H3-C09]')},
             r'home\.yaml:18: H3-C09: expected a constraint of this clause'),
            ({clause: OWN[clause].replace("'spare[ _-]*device'", "'(a{1,99}){1,99}'")}, r'home\.yaml:16: .*: expected a pattern without'),
            ({clause: 'a: [b\n'}, r'home\.yaml:\d: YAML: '),
            ({rubric: OWN[rubric].replace('near: 12', 'near: many')}, r'house_3\.yaml:\d+: near: expected a whole number'),
            ({rubric: OWN[rubric].replace('house:3', 'house:4')}, r'house_3\.yaml:1: a rubric of house:4: expected the file to be named'),
            ({'holdfast-review.conf': 'catalogue = "nowhere"\n'}, r'nowhere: .*expected')]
    for change, line in rows:
        with tempfile.TemporaryDirectory() as top:
            put(top, {**OWN, **change})
            done = run('list', '--in', top)
            check(done.returncode == 2 and re.search(line, done.stderr) and done.stderr.count('\n') == 1, (line, done.stderr))


def test_a_hostile_catalogue_costs_a_line_and_no_more():
    bomb = 'a: &a [x, x, x, x, x, x, x, x, x]\n' + ''.join(
        '%s: &%s [%s]\n' % (chr(98 + i), chr(98 + i), ', '.join(['*' + chr(97 + i)] * 9)) for i in range(12))
    for what, text in (('a bomb of aliases', bomb), ('deep', '[' * 100000), ('binary', 'schema: "\x01\x02"\n'),
                       ('many lines', 'a:\n' + '\n' * 3000000), ('a long text', 'schema: ' + 'x' * 5000000)):
        with tempfile.TemporaryDirectory() as top:
            put(top, {'holdfast-review.conf': 'catalogue = "c"\n', 'c/x.yaml': text})
            began = time.monotonic()
            done = run('list', '--in', top)
            check(done.returncode == 2 and done.stderr.count('\n') == 1 and len(done.stderr) < 400, (what, done.stderr[:300]))
            check(time.monotonic() - began < 30, what)


def test_lint_tells_a_planted_fault_and_says_no():
    with tempfile.TemporaryDirectory() as top:
        put(top, {**OWN, 'quality/clauses/home.yaml': OWN['quality/clauses/home.yaml'].replace(', test: "Compare', ', test: "Certified? Compare')
                  .replace('{product}', 'Our certified device')})
        done = run('lint', '--in', top)
        check(done.returncode == 1 and 'certified: expected no promise' in done.stdout, done.stdout)
        complaints = json.loads(run('lint', '--json', '--in', top).stdout)['complaints']
        check(any('a defence with {product}' in c for c in complaints), complaints)


def test_lint_refuses_a_phrase_that_was_chosen_for_one_labelled_document():
    with tempfile.TemporaryDirectory() as top, tempfile.TemporaryDirectory() as corpus:
        rubric = 'quality/clauses/rubric/house_3.yaml'
        put(top, {**OWN, rubric: OWN[rubric].replace('"spare {device|unit}*"', '"spare {device|unit}*", "kept in the ward cupboard"', 1)})
        put(corpus, {'labels.tsv': 'id\tconstraint\tlabel\none\tC01\tmet\ntwo\tC01\tabsent\n',
                     'one.md': "Spare units are kept in the ward cupboard.\n", 'two.md': 'Nothing.\n',
                     'three.md': "Mops are kept in the ward cupboard.\n"})
        done = run('lint', '--in', top, '--corpus', corpus)
        check(done.returncode == 1 and re.search(r"^quality/\S+/house_3\.yaml:8: kept in the ward cupboard: expected a phrase that more "
                                                 r'than one\.md has$', done.stdout, re.M), done.stdout + done.stderr)
        put(corpus, {'two.md': "Spare units are kept in the ward cupboard.\n"})
        check('cupboard' not in run('lint', '--in', top, '--corpus', corpus).stdout, 'two have it')
        put(corpus, {'labels.tsv': 'id\n'})
        none = run('lint', '--in', top, '--corpus', corpus)
        check(none.returncode == 3 and 'no labelled document' in none.stderr, none.stderr)


main([test_every_file_is_as_its_schema_says_and_is_compiled_in, test_the_schema_refuses_what_the_program_refuses,
      test_show_writes_a_file_that_can_be_taken_in_again, test_list_is_one_line_a_clause_and_show_has_all_of_it,
      test_a_team_adds_a_clause_without_touching_the_program, test_a_clause_of_the_same_id_replaces_ours,
      test_what_is_wrong_in_a_teams_file_is_one_line_with_its_place, test_a_hostile_catalogue_costs_a_line_and_no_more,
      test_lint_tells_a_planted_fault_and_says_no,
      test_lint_refuses_a_phrase_that_was_chosen_for_one_labelled_document])
