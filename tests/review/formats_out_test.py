#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What holdfast-review writes, read again by others: same bytes each time, each format by its rules, and no text of a
reviewed document ever more than text."""
import csv
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as xml

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from project import FILES, REVIEW, TOP, check, folder_of, main, put  # noqa: E402

# Texts that are something else in one of the formats.
EVIL = ['<script>alert(1)</script>', ']]><b>', "=cmd|' /C calc'!A0", '+1+1', '-2+3', '@SUM(1)', '"quoted", \'twice\'',
        '<img src=x onerror=alert(1)>', '&amp; &lt; &#x3c;', 'a\\nb \\ " \\u0041', '{{7*7}} ${x} `y`', '\u202etxt.exe \u2028',
        '"];x [label="y', 'javascript:alert(1)', '</style><style>*{display:none}</style>', '😀 é']


def evil_files():
    files = dict(FILES)
    reqs, arch, results, parts = [], ['# Architecture'], [], []
    for i, text in enumerate(EVIL):
        reqs.append('- id: SRS-%03d\n  verified_by: [tests/measure]\n  title: %s\n  text: %s\n' % (
            100 + i, json.dumps(text), json.dumps(text + ' shall be shown as appropriate')))
        arch.append('## %s\n\nIt meets SRS-%03d.' % (text.replace('\\', '\\\\').replace('<', '\\<').replace('`', '\\`'), 100 + i))
        results.append((text, 'message ' + text))
        parts.append({'type': 'library', 'name': text, 'version': text, 'purl': 'pkg:generic/' + text})
    files['evil/requirements.yaml'] = ''.join(reqs)
    files['evil/architecture.md'] = '\n\n'.join(arch) + '\n'
    suite = xml.Element('testsuite', name='evil', timestamp='2026-02-01T08:00:00Z')
    for name, message in results:
        case = xml.SubElement(suite, 'testcase', classname=name, name=name)
        xml.SubElement(xml.SubElement(case, 'properties'), 'property', name='requirement', value='SRS-100')
        xml.SubElement(case, 'failure', message=message)
    files['evil/results.xml'] = xml.tostring(suite)
    files['evil/bom.json'] = json.dumps({'bomFormat': 'CycloneDX', 'specVersion': '1.5', 'components': parts})
    files['evil/=a <b>&"\'%20\u00e9?#.md'] = '# Notes\n\nSEC-777 is named here.\n'
    return files


def report(folder, output, env=None, cwd=None):
    done = subprocess.run([REVIEW, 'report', '--fail-on', 'never', '--output', output, folder], capture_output=True,
                          text=True, timeout=60, env=env, cwd=cwd)
    check(done.returncode == 0, 'exit %d: %s' % (done.returncode, done.stderr[-400:]))
    written = {}
    for name in sorted(os.listdir(output)):
        with open(os.path.join(output, name), 'rb') as f:
            written[name] = f.read()
    return written


def written_of(files):
    with folder_of(files) as folder:
        return report(folder, os.path.join(os.path.dirname(folder), 'out'))


def test_the_same_input_gives_the_same_bytes_in_every_format():
    with folder_of(evil_files()) as folder:
        top = os.path.dirname(folder)
        one = report(folder, os.path.join(top, 'one'))
        other = dict(os.environ, TZ='Pacific/Auckland', LANG='de_DE.UTF-8', LC_ALL='C.UTF-8', COLUMNS='200')
        two = report('project', os.path.join(top, 'two'), env=other, cwd=top)
        check(len(one) >= 7 and list(one) == list(two), list(one))
        check(not [n for n in one if one[n] != two[n]], [n for n in one if one[n] != two[n]])
        shutil.copytree(folder, os.path.join(top, 'copy', 'project'), symlinks=True)
        put(os.path.join(top, 'copy', 'project'), evil_files())
        three = report(os.path.join(top, 'copy', 'project'), os.path.join(top, 'three'))
        check(one == three, [n for n in one if one[n] != three.get(n)])
        for text in one.values():
            check(top.encode() not in text, 'a path of this machine is in a report')


def test_json_is_what_its_published_schema_says():
    import jsonschema
    with open(os.path.join(TOP, 'review', 'render', 'review.schema.json')) as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    for files in (FILES, evil_files()):
        page = json.loads(written_of(files)['review.json'])
        wrong = ['%s: %s' % (e.json_path, e.message[:200]) for e in jsonschema.Draft202012Validator(schema).iter_errors(page)]
        check(not wrong, wrong[:5])
        known = {i['id'] for i in page['items']}
        for link in page['links']:
            check(link['from'] is None or link['from'] in known, link)
            check(not link['defined'] or link['to'] in known, link)
        paths = {d['path'] for d in page['documents']}
        places = [x['place'] for key in ('items', 'links', 'findings') for x in page[key] if x['place']]
        check(places and all(p['path'] in paths for p in places), 'a place is in no document')
    check({t for t in EVIL if '\u202e' not in t} <= {i['title'] for i in page['items']}, 'a text has changed on its way')
    broken = json.loads(json.dumps(page))
    broken['findings'][0]['severity'] = 'bad'
    check(list(jsonschema.Draft202012Validator(schema).iter_errors(broken)), 'the schema takes anything')


def test_what_is_accepted_names_who_decided_in_json_and_sarif():
    import jsonschema
    with open(os.path.join(TOP, 'review', 'render', 'review.schema.json')) as f:
        schema = jsonschema.Draft202012Validator(json.load(f))
    files = dict(FILES, **{'notes/requirements.md': '# Requirements\n\n- SRS-009: The device shall beep.\n'})
    finding = [f['id'] for f in json.loads(written_of(files)['review.json'])['findings'] if f['rule'] == 'TRACE-NO-CASE']
    files['decisions.yaml'] += ('- {id: DEC-002, finding: %s, subject: SRS-009, reason: "no beeper, \\"yet\\"", by: A. Person, '
                                'date: 2026-01-05, until: 2027-01-01}\n' % finding[0])
    page = written_of(files)
    log = json.loads(page['review.json'])
    wrong = ['%s: %s' % (e.json_path, e.message[:200]) for e in schema.iter_errors(log)]
    check(not wrong, wrong[:5])
    accepted = [f for f in log['findings'] if f['accepted']]
    check([f['id'] for f in accepted] == finding, accepted)
    check(accepted[0]['decision'] == {'id': 'DEC-002', 'by': 'A. Person', 'until': '2027-01-01',
                                      'reason': 'no beeper, "yet"'}, accepted[0])
    suppressed = [r for r in json.loads(page['review.sarif'])['runs'][0]['results'] if r.get('suppressions')]
    check([s['suppressions'][0]['justification'] for s in suppressed] == ['no beeper, "yet"'], suppressed)
    accepted[0].pop('decision')
    check(not schema.is_valid(log), 'accepted by nobody')


def test_a_report_without_a_clause_is_the_same_but_for_the_clause():
    with folder_of(FILES) as folder:
        top = os.path.dirname(folder)
        whole = report(folder, os.path.join(top, 'whole'))
        for clause, there in (('none', False), ('all', True)):
            done = subprocess.run([REVIEW, 'report', '--fail-on', 'never', '--clause', clause, '--output',
                                   os.path.join(top, clause), folder], capture_output=True, text=True, timeout=60)
            check(done.returncode == 0, done.stderr)
            names = os.listdir(os.path.join(top, clause))
            check(any(n.startswith('clause-') for n in names) == there, names)
            with open(os.path.join(top, clause, 'review.json'), 'rb') as f:
                check(f.read() == whole['review.json'], 'another review')


def test_sarif_keeps_the_rules_of_its_standard():
    """Rules of SARIF 2.1.0, read in the OASIS standard: 3.13 log, 3.14 run, 3.18 tool, 3.19 driver, 3.49 rule, 3.27
    result, 3.29 location, 3.4 artifactLocation, 3.30 region, 3.35 suppression."""
    page = written_of(evil_files())
    log = json.loads(page['review.sarif'])
    check(log['version'] == '2.1.0' and log['$schema'].startswith('https://') and len(log['runs']) == 1, sorted(log))
    run = log['runs'][0]
    driver = run['tool']['driver']
    check(driver['name'] == 'holdfast-review' and driver['version'], driver['name'])
    check(run.get('columnKind') in ('utf16CodeUnits', 'unicodeCodePoints'), run.get('columnKind'))
    ids = [r['id'] for r in driver['rules']]
    check(len(set(ids)) == len(ids) > 50, 'rule ids are not unique')
    levels = ('none', 'note', 'warning', 'error')
    for rule in driver['rules']:
        check(rule['shortDescription']['text'] and rule['fullDescription']['text'] and rule['help']['text'], rule)
        check(rule['defaultConfiguration']['level'] in levels, rule)
    findings = json.loads(page['review.json'])['findings']
    check(len(run['results']) == len(findings) > 20, '%d results' % len(run['results']))
    for result, finding in zip(run['results'], findings):
        check(ids[result['ruleIndex']] == result['ruleId'] == finding['rule'], result)
        check(result['level'] in levels and result['message']['text'].strip(), result)
        prints = result['partialFingerprints']
        check(list(prints.values()) == [finding['id']] and all(re.fullmatch(r'[^/]+/v\d+', k) for k in prints), prints)
        check(bool(result.get('suppressions')) == finding['accepted'], result)
        for s in result.get('suppressions', []):
            check(s['kind'] in ('inSource', 'external') and s['status'] in ('accepted', 'underReview', 'rejected'), s)
        check(bool(result.get('locations')) == (finding['place'] is not None), result)
        for location in result.get('locations', []):
            place = location['physicalLocation']
            uri = place['artifactLocation']['uri']
            # RFC 3986 relative-path reference: no scheme, no query, no fragment, all else percent-encoded
            check(re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri) and not uri.startswith('/'), uri)
            check(place.get('region', {'startLine': 1})['startLine'] >= 1, place)


def test_junit_is_well_formed_and_its_sums_are_right():
    page = written_of(evil_files())
    root = xml.fromstring(page['review.junit.xml'])
    check(root.tag == 'testsuites', root.tag)
    findings = json.loads(page['review.json'])['findings']

    def sums(node):
        cases = list(node.iter('testcase'))
        return {'tests': len(cases), 'failures': sum(c.find('failure') is not None for c in cases),
                'skipped': sum(c.find('skipped') is not None for c in cases)}
    for node in [root, *root.findall('testsuite')]:
        told = {k: int(node.get(k)) for k in ('tests', 'failures', 'skipped')}
        check(told == sums(node), '%s: %s, not %s' % (node.get('name'), told, sums(node)))
    check(sums(root)['failures'] == sum(not f['accepted'] for f in findings) > 20, sums(root))
    names = {c.get('name') for c in root.iter('testcase')}
    check(all('%s (%s)' % (f['subject'], f['id']) in names for f in findings), 'a finding is no case')


def test_the_matrix_is_read_back_whole_and_holds_no_formula():
    page = written_of(evil_files())
    rows = list(csv.reader(io.StringIO(page['matrix.csv'].decode('utf-8'), newline='')))
    head, body = rows[0], rows[1:]
    check(all(len(r) == len(head) for r in body), 'rows of different length')
    items = {i['id']: i for i in json.loads(page['review.json'])['items'] if i['kind'] == 'requirement'}
    check([r[0] for r in body] == sorted(items), 'requirements %s' % [r[0] for r in body][:9])
    for row in body:
        check(not [c for c in row if c[:1] in '=+-@\t\r' and c], row)
        text, told = items[row[0]]['text'] or items[row[0]]['title'], row[head.index('text')]
        check(told == text or told == "'" + text, (told, text))
    check(sum(r[head.index('text')].startswith("'=") for r in body) == 1, 'no formula was there to be defused')


class Page(html.parser.HTMLParser):
    EMPTY = ('meta', 'br')

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text, self.open, self.wrong = set(), [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, k, v) for k, v in attrs]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append('</%s>' % tag)

    def handle_data(self, data):
        self.text.append(data)


OURS = {'html', 'head', 'meta', 'title', 'style', 'body', 'h1', 'h2', 'p', 'table', 'thead', 'tbody', 'tr', 'th', 'td',
        'br', 'span', 'pre', 'nav', 'a', 'h3', 'ul', 'li', 'q', 'b', 'blockquote'}


def looked_at(pages):
    """Every HTML page, parsed and held to what it may be made of."""
    seen = {}
    for name, raw in pages.items():
        if not name.endswith('.html'):
            continue
        text, page = raw.decode('utf-8'), Page()
        page.feed(text)
        page.close()
        check(not page.wrong and not page.open, '%s: tags do not close: %s %s' % (name, page.wrong[:3], page.open[:3]))
        check(page.tags <= OURS, '%s: %s' % (name, sorted(page.tags - OURS)))
        for tag, key, value in page.attributes:
            check(key in ('lang', 'charset', 'name', 'content', 'http-equiv', 'class', 'id', 'href'), (name, tag, key))
            if key == 'href' and value.startswith('#'):
                check(value[1:] in [v for _, k, v in page.attributes if k == 'id'], (name, value))
            elif key == 'href':
                check(re.fullmatch(r'[a-z]+(-\d{4})?\.html|clause-[a-z0-9.-]+\.html|#[A-Za-z0-9_-]+', value), (name, value))
                check(value.startswith('#') or value in pages, '%s leads nowhere: %s' % (name, value))
        ids = [v for _, k, v in page.attributes if k == 'id']
        check(len(ids) == len(set(ids)), name + ': an id stands twice')
        check("default-src 'none'" in text and 'url(' not in text and '@import' not in text, name)
        seen[name] = ' '.join(' '.join(page.text).split())
    return seen


def test_html_has_no_script_and_no_reference_to_outside_and_every_text_is_only_text():
    pages = written_of(evil_files())
    seen = looked_at(pages)
    check(sorted(seen) == ['clause-iec81001-5-1-5.3.2.html', 'index.html'], list(seen))
    for text in EVIL:
        if '\u202e' in text or '{' in text:  # one is cleaned in reading, one is folded by Python's parser
            continue
        check(' '.join(text.split()) in seen['index.html'], text)


def test_a_large_project_is_paged_and_every_page_stands_by_itself():
    count = 2500
    files = {'requirements.md': '# Requirements\n\n' + ''.join(
        '- SRS-%04d: The device shall beep %d times.\n' % (i, i) for i in range(count))}
    pages = written_of(files)
    seen = looked_at(pages)
    matrix = [n for n in seen if n.startswith('matrix-')]
    check(len(matrix) == 3 and max(len(pages[n]) for n in seen) < 2000000, list(seen))
    for i in range(count):
        check(any('SRS-%04d ' % i in seen[n] for n in matrix), 'SRS-%04d is on no page' % i)
    for n in seen:
        check(b'href="index.html"' in pages[n] or n == 'index.html', n)


def test_graphviz_takes_both_pictures():
    if shutil.which('dot') is None:
        return 'graphviz is not installed'
    pages = written_of(evil_files())
    for name in ('trace.dot', 'flow.dot'):
        done = subprocess.run(['dot', '-Tsvg'], input=pages[name], capture_output=True, timeout=50)
        check(done.returncode == 0 and not done.stderr, '%s: %s' % (name, done.stderr[-300:]))
        drawn = xml.fromstring(done.stdout)
        check(name == 'flow.dot' or len(list(drawn.iter('{http://www.w3.org/2000/svg}ellipse'))) +
              len(list(drawn.iter('{http://www.w3.org/2000/svg}polygon'))) > 20, name + ' is empty')


main([test_the_same_input_gives_the_same_bytes_in_every_format, test_json_is_what_its_published_schema_says,
      test_what_is_accepted_names_who_decided_in_json_and_sarif,
      test_a_report_without_a_clause_is_the_same_but_for_the_clause, test_sarif_keeps_the_rules_of_its_standard, test_junit_is_well_formed_and_its_sums_are_right,
      test_the_matrix_is_read_back_whole_and_holds_no_formula,
      test_html_has_no_script_and_no_reference_to_outside_and_every_text_is_only_text,
      test_a_large_project_is_paged_and_every_page_stands_by_itself, test_graphviz_takes_both_pictures])
