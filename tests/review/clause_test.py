#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A clause review of documents that we wrote: what they say is found, and no change of the words that takes the sense
away leaves a verdict standing.

clause_test.py HOLDFAST_REVIEW. The documents in tests/review/clause/ are of made-up products; nothing was fitted to
them. Each change of a document is made here, from its text.
"""
import csv
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'integration'))
from harness import check, main  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])
DOCS = os.path.join(HERE, 'clause')
WORK = tempfile.mkdtemp(prefix='clause-')
RUBRIC = os.path.join(TOP, 'catalogue', 'rubric', 'iec81001-5-1_5.3.2.yaml')
RANK = {'absent': 0, 'cannot-tell': 1, 'partial': 1, 'met': 2}
ALL = ['C%02d' % i for i in range(1, 16)]

# What a careful reader of each document would say; what is not named is not claimed.
EXPECTED = {
    'pump-controller.md': {'met': 'C01 C02 C03 C04 C05 C06 C07 C08 C09 C10 C11 C13 C14', 'absent': ''},
    'wound-images.md': {'met': 'C03 C05 C11 C13 C14', 'absent': 'C04 C07 C09 C10 C12', 'partial': 'C02'},
    'bedside-hub.rst': {'met': 'C02 C06 C11 C12', 'absent': 'C01 C04 C10 C13'},
}
# Section of a document in which a constraint is described, and nowhere else.
WHERE = {
    'pump-controller.md': {'C01': ['Parts and who trusts whom', 'Layers', 'What can be reached'], 'C03': ['Parts that others have proven'], 'C04': ['Kept small'],
                           'C07': ['Development access'], 'C09': ['Layers', 'Patterns'], 'C10': ['The housing', 'Development access', 'Parts and who trusts whom']},
    'wound-images.md': {'C14': ['Sign-in and roles', 'Keys'], 'C11': ['Network'], 'C13': ['Sign-in and roles', 'Input and errors', 'Network']},
    'bedside-hub.rst': {'C12': ['Hardening', 'Services', 'Updates'], 'C11': ['Services']},
}


def review(*files, more=()):
    command = [TOOL, 'clause', '81001-5-1:5.3.2', *[w for f in files for w in ('--doc', f)], '--json', *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    check(done.returncode == 0, '%s: %s' % (command, done.stderr.strip()))
    return json.loads(done.stdout)


def verdicts(*files):
    return {c['id'].split('-')[-1]: c['verdict'] for c in review(*files)['constraints']}


def source(name):
    with open(os.path.join(DOCS, name), encoding='utf-8') as f:
        return f.read()


def written(name, text):
    path = os.path.join(WORK, name)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    return path


def of_text(name, text):
    return verdicts(written(name, text))


def held(name, text, most):
    """No verdict above `most`."""
    got = {c: v for c, v in of_text(name, text).items() if RANK[v] > RANK[most]}
    check(not got, '%s: %s' % (name, got))


def all_held(texts, most):
    """The same of many texts in one run: each has verdicts of its own."""
    files = [written(name, text) for name, text in texts.items()]
    got = ['%s %s %s' % (d['path'], c['id'].split('-')[-1], d['verdict']) for c in review(*files)['constraints']
           for d in c['documents'] if RANK[d['verdict']] > RANK[most]]
    check(not got, got)
    seen = {d['path'] for c in review(*files[:1])['constraints'] for d in c['documents']}
    check(seen == {os.path.basename(files[0])}, seen)


def sentences(name):
    """Every sentence of a document's paragraphs and lists, headings and tables left out."""
    out = []
    for block in re.split(r'\n\s*\n', source(name)):
        if block.startswith(('#', '|')) or re.search(r'^(=+|-+)$', block, re.M):
            continue
        for part in re.split(r'\n(?=- )', block):
            text = ' '.join(part.split())
            out += [s.strip() for s in re.split(r'(?<=[A-Za-z0-9%)])[.] (?=[A-Z])', text.removeprefix('- ')) if s.strip()]
    check(len(out) >= 8, '%s has only %r' % (name, out))
    return out


def changed(name, change):
    return '# Notes on the product\n\n' + '\n\n'.join(change(s.rstrip('.')) for s in sentences(name)) + '\n'


def lower(s):
    return s if s[:2].isupper() else s[0].lower() + s[1:]


def test_what_a_document_describes_is_found_and_what_it_does_not_is_not():
    for name, wanted in EXPECTED.items():
        got = verdicts(os.path.join(DOCS, name))
        check(sorted(got) == ALL, sorted(got))
        wrong = ['%s is %s, not %s' % (c, got[c], v) for v, cs in wanted.items() for c in cs.split() if got[c] != v]
        check(not wrong, '%s: %s' % (name, wrong))


def test_a_question_a_template_a_standard_and_a_list_of_threats_describe_nothing():
    for name in ('template.md', 'questionnaire.md', 'restated.md', 'threats.md'):
        held(name, source(name), 'absent')


def test_a_text_about_a_device_that_says_nothing_of_security_is_met_nowhere():
    """Noise, a ring, a helmet, a passport and capabilities are names of libraries and of mechanisms elsewhere; six pins are no PIN."""
    # What touches: "wiped with alcohol. After a repair", a service technician, a connector, a watchdog, a check of range.
    for name, most in (('patient-monitor.md', {'C05', 'C07', 'C10', 'C12'}), ('motor-controller.md', {'C05', 'C07', 'C10', 'C13'})):
        got = verdicts(os.path.join(DOCS, name))
        touched = {c for c, v in got.items() if v != 'absent'}
        check(not {'met', 'cannot-tell'} & set(got.values()) and touched <= most, '%s: %s' % (name, got))


def test_advice_for_others_is_never_met():
    held('integrators.md', source('integrators.md'), 'partial')
    got = verdicts(os.path.join(DOCS, 'integrators.md'))
    check(sum(RANK[v] == 1 for v in got.values()) >= 3, 'advice touches several constraints: %r' % got)


def test_a_todo_before_each_sentence_leaves_nothing():
    for name in EXPECTED:
        held('todo-' + name.replace('.rst', '.md'), changed(name, lambda s: 'TODO: ' + s + '.'), 'absent')


def test_a_question_mark_behind_each_sentence_leaves_nothing():
    for name in EXPECTED:
        held('ask-' + name.replace('.rst', '.md'), changed(name, lambda s: 'Is it so that ' + lower(s) + '?'), 'absent')


def test_what_we_do_not_do_is_not_met():
    for name in EXPECTED:
        held('not-' + name.replace('.rst', '.md'),
             changed(name, lambda s: 'It is not the case that ' + lower(s) + '.'), 'partial')


def test_what_should_be_done_is_not_met():
    for name in EXPECTED:
        held('should-' + name.replace('.rst', '.md'), changed(name, lambda s: 'It should be considered that ' + lower(s) + '.'),
             'partial')


def test_what_is_planned_is_not_met():
    for name in EXPECTED:
        held('plan-' + name.replace('.rst', '.md'), changed(name, lambda s: 'In a future release, ' + lower(s) + '.'), 'partial')


# What is put before the chapters of a good document, and takes all of it out of force.
NOT_IN_FORCE = ('Status: rejected', '- Status: superseded by ADR-12', '**Status: DRAFT, not approved**', 'State: withdrawn (2025-11-03)',
                'It is a recipe for planning.', '> Nothing described below has been implemented yet.', '**OBSOLETE.** Ask the archive.',
                'None of the measures in this document exist in the product.', '| | |\n|---|---|\n| Status | Rejected |',
                '## Status\n\nDeprecated', 'The shipped hub works differently.', 'Submitted for approval.', 'The project was cancelled before anything was shipped.')


def test_a_document_that_says_it_is_not_in_force_is_never_met():
    texts = {}
    for name in ('pump-controller.md', 'wound-images.md'):
        title, rest = source(name).split('\n', 1)
        for i, line in enumerate(NOT_IN_FORCE):
            texts['void-%d-%s' % (i, name)] = '%s\n\n%s\n%s' % (title, line, rest)
        texts['void-front-' + name] = '---\nstatus: deprecated\n---\n' + source(name)
        texts['void-end-' + name] = source(name) + '\n## Note\n\nNone of the above is implemented in the product.\n'
        accepted = of_text('accepted-' + name, '%s\n\n## Status\n\nAccepted\n%s' % (title, rest))
        check(accepted == verdicts(os.path.join(DOCS, name)), 'an accepted decision: %r' % accepted)
    all_held(texts, 'partial')


def test_what_was_so_before_or_depends_on_others_is_not_met():
    leads = ('Formerly, ', 'In the old platform, ', 'It is no longer true that ', 'The brochure claims that ', 'Where the platform supports it, ',
             'Our aim is that ', 'It would be wrong to say that ', 'Depending on the licence, ', 'If the customer buys the security package, ',
             'The hospital provides that ')
    texts = {}
    for name in EXPECTED:
        file = name.replace('.rst', '.md')
        for i, lead in enumerate(leads):
            texts['lead-%d-%s' % (i, file)] = changed(name, lambda s, lead=lead: lead + lower(s) + '.')
        texts['wrong-' + file] = changed(name, lambda s: 'They say that ' + lower(s) + ', which is wrong.')
    all_held(texts, 'partial')


def test_a_row_that_is_not_done_and_a_line_struck_through_are_not_met():
    columns = (('Implemented', 'No'), ('Available', '\u2717'), ('Target release', '3.0'), ('State', "Won't fix"), ('Fulfilled (Y/N)', 'N'))
    texts, struck = {}, {}
    for name in EXPECTED:
        file, said = name.replace('.rst', '.md'), [s.rstrip('.') for s in sentences(name)]
        for i, (head, cell) in enumerate(columns):
            rows = '\n'.join('| %s | %s |' % (s.replace('|', '/'), cell) for s in said)
            texts['row-%d-%s' % (i, file)] = '# Controls\n\n| Control | %s |\n|---|---|\n%s\n' % (head, rows)
        texts['note-' + file] = changed(name, lambda s: s + '. [^1]') + '\n[^1]: Not available in this product.\n'
        texts['options-' + file] = '# Hub\n\n## Option A: two parts\n\n' + '\n\n'.join(s + '.' for s in said) + '\n'
        struck['struck-' + file] = changed(name, lambda s: '~~' + s + '.~~')
    all_held(texts, 'partial')
    all_held(struck, 'absent')


def test_what_speaks_of_no_product_of_the_writer_describes_nothing():
    texts = {}
    for name in EXPECTED:
        file, said = name.replace('.rst', '.md'), [s.rstrip('.') + '.' for s in sentences(name)]
        half = len(said) // 2
        texts['rfq-' + file] = '# Request for quotation\n\nBidders answer each line. Tenders are opened in May.\n\n' \
            'The contract is awarded to one of the bidders. Bidders sign Annex C.\n\n' + '\n\n'.join(said)
        texts['vendors-' + file] = '# What we looked at\n\n## Vendor A\n\n' + '\n\n'.join(said[:half]) + '\n\n## Vendor B\n\n' \
            + '\n\n'.join(said[half:])
        texts['fiction-' + file] = '# A hub\n\nThe device in this text is fictitious.\n\n## Parts\n\n' + '\n\n'.join(said)
    all_held(texts, 'absent')


def test_the_order_of_paragraphs_and_of_sections_changes_no_verdict():
    rng = random.Random(7)
    for name in ('pump-controller.md', 'wound-images.md'):
        head, *sections = re.split(r'\n(?=## )', source(name))
        for _ in range(4):
            rng.shuffle(sections)
            mixed = []
            for section in sections:
                title, *blocks = section.strip().split('\n\n')
                rng.shuffle(blocks)
                mixed.append('\n\n'.join([title, *blocks]))
            got = of_text('mixed-' + name, '\n\n'.join([head.strip(), *mixed]) + '\n')
            check(got == verdicts(os.path.join(DOCS, name)), '%s: %r' % (name, got))


def test_all_words_of_the_rubric_in_a_row_are_no_description():
    with open(RUBRIC, encoding='utf-8') as f:
        phrases = re.findall(r'^    - "?([^"~=]+?)"?$', f.read(), re.M)
    words = [w.rstrip('*') for p in phrases for w in (p.strip('{}').split('|') if re.fullmatch(r'\{[^{}]*\}', p) else [p])
             if re.fullmatch(r'[a-z0-9 ]{4,40}\*?', w)]
    check(len(words) > 200, 'only %d phrases' % len(words))
    held('stuffed.md', '# Security\n\n' + ', '.join(words) + '.\n', 'absent')
    held('listed.md', '# Security\n\n' + '\n'.join('- ' + w for w in words) + '\n', 'partial')


def test_the_clause_with_made_up_identifiers_is_still_only_the_clause():
    body = source('restated.md').split('\n\n', 1)[1]
    said = [' '.join(s.split()) for s in re.split(r'(?<=[a-z])[.]\s', body) if s.strip()]
    said = [re.sub(r'\b(shall be|has to be)\b', 'is', s).replace('shall have', 'has').rstrip('.') for s in said]
    text = '# Security architecture of the product\n\n' + '\n\n'.join(
        '%s (SEC-%d, version 1.2.%d, checked on 2026-01-0%d).' % (s, 900 + i, i, 1 + i % 9) for i, s in enumerate(said))
    held('parrot.md', text + '\n', 'absent')


def converted(name, ending):
    path = os.path.join(WORK, name.rsplit('.', 1)[0] + '.' + ending)
    kind = 'rst' if name.endswith('.rst') else 'gfm'
    subprocess.run(['pandoc', '-f', kind, '-s', '--metadata', 'title= ', os.path.join(DOCS, name), '-o', path], check=True,
                   capture_output=True)
    return path


def same_in(ending):
    if not shutil.which('pandoc'):
        return 'no pandoc'
    for name in EXPECTED:
        got, wanted = verdicts(converted(name, ending)), verdicts(os.path.join(DOCS, name))
        check(got == wanted, '%s as %s: %r' % (name, ending, {c: (wanted[c], got[c]) for c in ALL if got[c] != wanted[c]}))
    return None


def test_html_has_the_verdicts_of_its_source():
    return same_in('html')


def test_docx_has_the_verdicts_of_its_source():
    return same_in('docx')


def test_pdf_has_the_verdicts_of_its_source():
    for program in ('pandoc', 'chromium', 'pdftotext'):
        if not shutil.which(program):
            return 'no ' + program
    for name in EXPECTED:
        page, pdf = converted(name, 'html'), os.path.join(WORK, name + '.pdf')
        subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--no-pdf-header-footer',
                        '--print-to-pdf=' + pdf, page], check=True, capture_output=True, timeout=120)
        got, wanted = verdicts(pdf), verdicts(os.path.join(DOCS, name))
        check(got == wanted, '%s as pdf: %r' % (name, {c: (wanted[c], got[c]) for c in ALL if got[c] != wanted[c]}))
    return None


def without(name, titles):
    text = source(name)
    if name.endswith('.rst'):
        parts = re.split(r'\n(?=[^\n]+\n-{3,}\n)', text)
    else:
        parts = re.split(r'\n(?=## )', text)
    kept = [p for p in parts if p.split('\n')[0].removeprefix('## ') not in titles]
    check(len(kept) == len(parts) - len(titles), '%s has no %r' % (name, titles))
    return '\n'.join(kept)


def test_a_verdict_falls_with_the_passages_that_carried_it():
    for name, sections in WHERE.items():
        before = verdicts(os.path.join(DOCS, name))
        for c, titles in sections.items():
            got = of_text('less-' + name, without(name, titles))
            check(RANK[got[c]] < RANK[before[c]], '%s %s without %s is still %s' % (name, c, titles, got[c]))


def test_passages_are_the_lines_that_say_it():
    lines = source('pump-controller.md').split('\n')
    for c in review(os.path.join(DOCS, 'pump-controller.md'))['constraints']:
        for p in c['passages'] + c['refused']:
            check(1 <= p['first_line'] <= p['last_line'] <= p['first_line'] + 11, '%s: %r' % (c['id'], p))
            there = re.sub(r'[^a-z0-9]', '', ' '.join(lines[p['first_line'] - 1:p['last_line']]).lower())
            said = re.sub(r'[^a-z0-9]', '', p['text'].lower())
            check(said in there or len(said) > 800, '%s: %r is not in lines %d to %d' % (c['id'], p['text'], p['first_line'], p['last_line']))


def test_the_best_of_several_documents_decides_and_each_has_its_own_verdict():
    names = ['threats.md', 'bedside-hub.rst', 'wound-images.md']
    got = review(*[os.path.join(DOCS, n) for n in names])
    one = {n: verdicts(os.path.join(DOCS, n)) for n in names}
    for c in got['constraints']:
        k = c['id'].split('-')[-1]
        check({d['path']: d['verdict'] for d in c['documents']} == {n: one[n][k] for n in names}, c['documents'])
        check(RANK[c['verdict']] == max(RANK[one[n][k]] for n in names), '%s: %s' % (k, c['verdict']))


BOARD = '''# Board guide

JTAG and SWD are closed by fuses. The UART boot mode is disabled by a fuse. The USB boot mode is disabled by a fuse.

The debug port is removed from the release. No back door and no default password exist.
'''
# A kernel's command line, as it lies in the tree.
SETTINGS = '''# what the kernel is started with
lockdown=confidentiality       # no way into the kernel's memory
8250.nr_uarts=0                # no serial port is driven, and the UART console is disabled
usbcore.authorized_default=0   # USB ports are disabled
module.sig_enforce=1           # signed modules only
panic=-1
'''


def test_of_documents_that_say_it_as_well_the_design_is_shown_before_a_guide_that_says_it_more_densely():
    design = written('design.md', source('pump-controller.md'))
    guide = written('board.md', BOARD)
    alone = {n: {c['id']: c for c in review(f)['constraints']}['5.3.2-C07'] for n, f in (('design', design), ('guide', guide))}
    check({c['verdict'] for c in alone.values()} == {'met'} and alone['guide']['score'] > alone['design']['score'], alone)
    for files in ((design, guide), (guide, design)):
        got = {c['id']: c for c in review(*files)['constraints']}['5.3.2-C07']
        check(got['verdict'] == 'met' and got['passages'][0]['document'] == 'design.md', got['passages'][0])


def test_of_documents_that_say_it_as_well_one_named_for_the_clause_is_shown_first():
    title = BOARD.replace('# Board guide', '# Security architecture')
    for files in ((written('board.md', BOARD), written('note.md', title)), (written('note.md', title), written('board.md', BOARD))):
        got = {c['id']: c for c in review(*files)['constraints']}['5.3.2-C07']
        check(got['passages'][0]['document'] == 'note.md', got['passages'][0])


def test_a_file_of_settings_is_no_description():
    page = review(written('command-line.txt', SETTINGS))
    check('settings' in page['documents'][0]['role'] and page['documents'][0]['at_most'] == 'partial', page['documents'])
    check({c['verdict'] for c in page['constraints']} == {'absent', 'partial'}, [(c['id'], c['verdict']) for c in page['constraints']])
    prose = re.sub(r'^\S+ *# ', '', SETTINGS.replace('# what the kernel is started with\n', ''), flags=re.M)
    check('settings' not in review(written('prose.txt', prose))['documents'][0]['role'], 'prose is taken for settings')


def test_the_same_documents_give_the_same_bytes():
    command = [TOOL, 'clause', '5.3.2', '--json', '--doc', os.path.join(DOCS, 'pump-controller.md')]
    first, second = (subprocess.run(command, capture_output=True, timeout=60).stdout for _ in range(2))
    check(first == second and len(first) > 5000, '%d and %d bytes' % (len(first), len(second)))


def test_json_is_what_its_published_schema_says():
    import jsonschema
    with open(os.path.join(TOP, 'review', 'render', 'clause.schema.json'), encoding='utf-8') as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    page = review(*[os.path.join(DOCS, n) for n in sorted(os.listdir(DOCS))])
    wrong = ['%s: %s' % (e.json_path, e.message[:200]) for e in jsonschema.Draft202012Validator(schema).iter_errors(page)]
    check(not wrong, wrong[:5])
    page['constraints'][0]['verdict'] = 'compliant'
    check(list(jsonschema.Draft202012Validator(schema).iter_errors(page)), 'the schema takes anything')


def test_why_tells_each_rule_that_fired():
    done = subprocess.run([TOOL, 'why', '5.3.2-C07', '--doc', os.path.join(DOCS, 'pump-controller.md')], capture_output=True,
                          text=True, timeout=60)
    check(done.returncode == 0, done.stderr)
    for word in ('5.3.2-C07  met', 'counted', 'found and not counted', 'facet disposed', 'asserted', 'points'):
        check(word in done.stdout, '%r is missing in %s' % (word, done.stdout))


def test_an_unknown_clause_or_constraint_is_told():
    for words in (['clause', '9.9.9'], ['clause', ''], ['clause', ','], ['report', '--clause', ',', '--output', '/nowhere'], ['why', '5.3.2-C77']):
        done = subprocess.run([TOOL, *words, '--doc', os.path.join(DOCS, 'threats.md')], capture_output=True, text=True, timeout=60)
        check(done.returncode == 2 and done.stderr.count('\n') == 1 and 'expected' in done.stderr, done.stderr)


def test_a_list_of_clauses_is_refused_where_one_is_shown():
    for words in ('all', '5.3.2,7.2'):
        done = subprocess.run([TOOL, 'clause', words, '--doc', os.path.join(DOCS, 'threats.md')], capture_output=True, text=True, timeout=60)
        check(done.returncode == 2 and done.stdout == '' and 'report --clause' in done.stderr, done.stderr)


def test_gaps_of_a_clause_fail_only_where_somebody_says_from_which_severity_on():
    gaps = {'pump-controller.md': 0, 'wound-images.md': 1}
    for name, expected in gaps.items():
        for words, code in (([], 0), (['--fail-on', 'never'], 0), (['--fail-on', 'critical'], expected), (['--fail-on', 'maybe'], 2)):
            done = subprocess.run([TOOL, 'clause', '5.3.2', '--doc', os.path.join(DOCS, name), *words], capture_output=True, text=True, timeout=60)
            check(done.returncode == code, '%s %s: %d' % (name, words, done.returncode))


QUESTIONS = """schema: holdfast-catalogue/1
sources: [{id: WARD, title: Questions of the ward}]
questionnaires:
- id: ward
  title: What the ward asks
  source: WARD
  items:
  - {item: "7", asks: "Who may come in?", answered_by: [5.3.2-C14, 5.3.2-C07]}
  - {asks: "Which parts are kept apart?", answered_by: [5.3.2-C01]}
"""


def asked_project():
    folder = tempfile.mkdtemp(dir=WORK)
    os.mkdir(os.path.join(folder, 'own'))
    shutil.copy(os.path.join(DOCS, 'wound-images.md'), folder)
    with open(os.path.join(folder, 'own', 'ward.yaml'), 'w', encoding='utf-8') as f:
        f.write(QUESTIONS)
    with open(os.path.join(folder, 'holdfast-review.conf'), 'w', encoding='utf-8') as f:
        f.write('catalogue = "own"\n')
    return folder


def test_a_report_answers_a_questionnaire_in_its_own_order():
    folder, output = asked_project(), tempfile.mkdtemp(dir=WORK)
    done = subprocess.run([TOOL, 'report', folder, '--order', 'ward', '--clause', 'mdr:18.8', '--output', output, '--fail-on', 'never'],
                          capture_output=True, text=True, timeout=60)
    check(done.returncode == 0, done.stderr)
    with open(os.path.join(output, 'questionnaire-ward.csv'), encoding='utf-8', newline='') as f:
        rows = list(csv.DictReader(f))
    verdict = verdicts(os.path.join(DOCS, 'wound-images.md'))
    check([(r['item'], r['constraint']) for r in rows] == [('7', '5.3.2-C14'), ('7', '5.3.2-C07'), ('(2.)', '5.3.2-C01')], rows)
    stands = {'met': 'described', 'partial': 'partial', 'absent': 'absent'}
    check(all(r['stands'] == stands[verdict[r['constraint'][-3:]]] for r in rows), '%r %r' % (rows, verdict))
    check(rows[0]['document'].startswith('wound-images.md:') and rows[0]['quotation'] in re.sub(r'\s+', ' ', source('wound-images.md')), rows[0])
    with open(os.path.join(output, 'questionnaire-ward.html'), encoding='utf-8') as f:
        page = f.read()
    check(page.index('Who may come in?') < page.index('Which parts are kept apart?'), 'the order is lost')
    check('Not shown: debug access and back doors (5.3.2-C07, absent)' in page and '1 of 2' in page, page[-2000:])
    check('href="questionnaire-ward.html"' in open(os.path.join(output, 'index.html'), encoding='utf-8').read(), 'nothing leads to it')
    check(re.search(r'See wound-images\.md:\d', open(os.path.join(output, 'questionnaire-ward.md'), encoding='utf-8').read()), 'no answer')


def test_the_questionnaire_of_the_notified_bodies_is_answered_without_being_configured():
    output = tempfile.mkdtemp(dir=WORK)
    done = subprocess.run([TOOL, 'report', DOCS, '--order', 'ig-nb', '--output', output, '--format', 'csv', '--fail-on', 'never'],
                          capture_output=True, text=True, timeout=60)
    check(done.returncode == 0, done.stderr)
    with open(os.path.join(output, 'questionnaire-ig-nb.csv'), encoding='utf-8', newline='') as f:
        rows = list(csv.DictReader(f))
    check([r['item'] for r in rows][0] == '2.1' and len({r['asks'] for r in rows}) == 13, rows)
    check(not any(r['stands'] == 'not reviewed' for r in rows), [r for r in rows if r['stands'] == 'not reviewed'])
    done = subprocess.run([TOOL, 'report', DOCS, '--order', 'nobody', '--output', output], capture_output=True, text=True, timeout=60)
    check(done.returncode == 2 and 'ig-nb' in done.stderr, done.stderr)


def outside(*parts):
    folder = os.path.join(os.path.dirname(TOP), 'shared', *parts)
    return [os.path.join(folder, n) for n in sorted(os.listdir(folder))] if os.path.isdir(folder) else []


def test_the_seed_texts_describe_no_product():
    files = [f for f in outside('seeds') if f.endswith('.txt')]
    if not files:
        return 'no seed texts beside the project'
    for f in files:
        got = {c: v for c, v in verdicts(f).items() if v != 'absent'}
        check(not got, '%s: %r' % (os.path.basename(f), got))
    return None


def test_the_samples_of_the_worked_example_are_told_apart():
    files = {os.path.basename(f): f for f in outside('catalogue', 'worked-example', 'samples')}
    if not files:
        return 'no worked example beside the project'
    model = os.path.dirname(os.path.dirname(next(iter(files.values()))))
    for name, least, most in (('good-security-architecture.md', 'met', 'met'), ('vague-security-concept.md', 'absent', 'partial'),
                              ('parrot-security-architecture.md', 'absent', 'absent'), ('decorated-parrot.md', 'absent', 'absent')):
        for more in ([], [model]):
            got = {c['id']: c['verdict'] for c in review(files[name], more=more)['constraints']}
            wrong = {c: v for c, v in got.items() if not RANK[least] <= RANK[v] <= RANK[most]}
            check(not wrong, '%s with %s: %r' % (name, more, wrong))
    return None


main([v for k, v in sorted(globals().items()) if k.startswith('test_')])
