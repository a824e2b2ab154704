#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Documents that were made to break their reader, through the whole program: each ends within its limits as a finding
that names the file, the documents beside it are read all the same, and the program never ends by a fault."""
import io
import os
import sys
import time
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from project import check, folder_of, main, put, scan  # noqa: E402
from seeded_test import docx, lines, pdf  # noqa: E402

LIMIT_S = 12
BESIDE = {'beside.md': '# Requirements\n\n- SRS-001: The device shall beep 3 times.\n'}
DEEP = 50000


def laughs(head, text):
    """Nine entities, each ten times the one before."""
    entities = ''.join('<!ENTITY l%d "%s">' % (i, '&l%d;' % (i - 1) * 10 if i else 'ha') for i in range(10))
    return '<?xml version="1.0"?><!DOCTYPE x [%s]>%s' % (entities, text % '&l9;') if head else ''


def zipped(parts, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', method) as z:
        for name, content in parts.items():
            z.writestr(name, content)
    return out.getvalue()


def word(xml):
    return zipped({'[Content_Types].xml': '<Types/>', 'word/document.xml': xml})


def looping_pdf():
    """A page tree whose node is its own child, and whose content names itself."""
    return (b'%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99>>endobj\n'
            b'trailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n')


SUITE = '<testsuite name="s"><testcase classname="c" name="n"><failure message="%s"/></testcase></testsuite>'
HTML_HEAD = '<!DOCTYPE html><html><body>'
DOCUMENTS = {
    'zip bomb': ('bomb.docx', lambda: word('<w:document xmlns:w="w"><w:body>' + ' ' * 300000000 + '</w:body></w:document>')),
    'zip bomb in a spreadsheet': ('bomb.xlsx', lambda: zipped({
        '[Content_Types].xml': '<Types/>', 'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="s" r:id="rId1"/></sheets>'
        '</workbook>', 'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
        '</Relationships>', 'xl/worksheets/sheet1.xml': '<worksheet>' + ' ' * 200000000 + '</worksheet>'})),
    'external entity': ('xxe.xml', lambda: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + SUITE % '&e;'),
    'external entity in DOCX': ('xxe.docx', lambda: word('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document '
                                                         'xmlns:w="w"><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body>'
                                                         '</w:document>')),
    'billion laughs': ('laughs.xml', lambda: laughs(True, SUITE)),
    'billion laughs in DOCX': ('laughs.docx', lambda: word(laughs(True, '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>%s'
                                                                  '</w:t></w:r></w:p></w:body></w:document>'))),
    'billion laughs in YAML': ('laughs.yaml', lambda: ''.join('a%d: &a%d [%s]\n' % (
        i, i, ', '.join(['*a%d' % (i - 1)] * 10 if i else ['ha'] * 10)) for i in range(10))),
    '10 MB on one line': ('line.md', lambda: 'word ' * 2000000),
    '10 MB on one line of CSV': ('line.csv', lambda: 'id,text\n' + 'x,' * 5000000),
    '10 MB on one line of JSON': ('line.json', lambda: '{"a": "' + 'x' * 10000000 + '"}'),
    '50,000 nested quotes': ('quotes.md', lambda: '>' * DEEP + ' text\n'),
    '50,000 nested lists': ('lists.md', lambda: ''.join(' ' * (2 * i) + '- x\n' for i in range(400)) + '- ' * DEEP + 'x\n'),
    '50,000 nested brackets': ('brackets.md', lambda: '[' * DEEP + 'x' + ']' * DEEP + '\n'),
    '50,000 nested brackets of JSON': ('brackets.json', lambda: '[' * DEEP + ']' * DEEP),
    '50,000 nested brackets of YAML': ('brackets.yaml', lambda: '[' * DEEP + ']' * DEEP),
    '50,000 nested elements of HTML': ('nested.html', lambda: HTML_HEAD + '<div>' * DEEP + 'x' + '</div>' * DEEP),
    '50,000 nested tables of HTML': ('tables.html', lambda: HTML_HEAD + '<table><tr><td>' * DEEP + 'x'),
    '50,000 nested elements of XML': ('nested.xml', lambda: '<testsuites>' + '<testsuite>' * DEEP + '</testsuite>' * DEEP +
                                      '</testsuites>'),
    'a PDF that loops': ('loop.pdf', looping_pdf),
    'a PDF that is none': ('none.pdf', lambda: b'%PDF-1.7\n' + bytes(range(256)) * 4000),
    'broken UTF-8': ('bytes.md', lambda: b'# \xff\xfe\xc0\x80\xed\xa0\x80 text\n' * 1000),
    'NUL bytes': ('nul.yaml', lambda: b'a: \x00\x00\n'),
}

def judged(folder, name):
    """Exit code, findings of READ- rules about this file, seconds."""
    began = time.monotonic()
    code, page = scan(folder, timeout=LIMIT_S * 3)
    took = time.monotonic() - began
    told = [f for f in page['findings'] if f['rule'].startswith('READ-') and f['place'] and f['place']['path'] == name]
    beside = [i for i in page['items'] if i['id'] == 'SRS-001']
    return code, told, took, beside, page


def test_each_hostile_document_ends_within_limits_as_a_finding_that_names_it():
    bad = []
    for what, (name, make) in DOCUMENTS.items():
        with folder_of({**BESIDE, name: make()}) as folder:
            code, told, took, beside, page = judged(folder, name)
            said = ', '.join(sorted({f['rule'] for f in told})) or 'read'
            print('# %5.1f s  exit %d  %-34s %s' % (took, code, what, said))
            if took > LIMIT_S or code not in (0, 1, 3) or not beside:
                bad.append('%s: %.1f s, exit %d' % (what, took, code))
            if not told:
                bad.append(what + ': nothing is said about it')
            if any('root:' in i['text'] + i['title'] for i in page['items']):
                bad.append(what + ': a file of the machine was read')
    check(not bad, bad)


def test_what_is_no_document_is_named_and_not_waited_for():
    with folder_of(BESIDE) as folder:
        os.mkfifo(os.path.join(folder, 'pipe.md'))
        os.symlink('loop.md', os.path.join(folder, 'loop.md'))
        os.symlink('.', os.path.join(folder, 'round'))
        os.symlink('/etc/passwd', os.path.join(folder, 'out.md'))
        put(folder, {'sparse.md': '', 'locked.md': 'text\n'})
        os.truncate(os.path.join(folder, 'sparse.md'), 2 << 30)
        began = time.monotonic()
        code, page = scan(folder)
        took = time.monotonic() - began
        told = {f['place']['path']: f['rule'] for f in page['findings'] if f['rule'].startswith('READ-')}
        print('# %.1f s  %s' % (took, told))
        check(took < LIMIT_S and code == 1, '%.1f s, exit %d' % (took, code))
        for name, rule in (('pipe.md', 'READ-UNREADABLE'), ('loop.md', 'READ-LINK'), ('round', 'READ-LINK'),
                           ('out.md', 'READ-LINK'), ('sparse.md', 'READ-TOO-LARGE')):
            check(told.get(name) == rule, '%s: %s' % (name, told.get(name)))


def cut_at_every_percent(name, whole):
    """Of each front of the document: a finding, or every requirement that the whole one has."""
    ext = name.split('.')[1]
    cuts = {'cut-%02d.%s' % (p, ext): whole[:len(whole) * p // 100] for p in range(1, 100)}
    with folder_of({**BESIDE, **cuts}) as folder:
        began = time.monotonic()
        code, page = scan(folder, timeout=LIMIT_S * 6)
        took = time.monotonic() - began
    told = {f['place']['path'] for f in page['findings'] if f['rule'].startswith('READ-') and f['place']}
    units = {d['path']: d['units'] for d in page['documents']}
    with folder_of({name: whole}) as folder:
        _, one = scan(folder)
        check(not [f for f in one['findings'] if f['rule'].startswith('READ-')], 'the whole one has a finding')
        wanted = one['documents'][0]['units']
    silent = [n for n in cuts if n not in told and units[n] < wanted]
    kept = sum(1 for n in cuts if units[n])
    print('# %s: %.1f s for 99 cuts, exit %d, %d named, %d with some text kept' % (name, took, code, len(told), kept))
    check(code == 1 and took < LIMIT_S * 3, '%.1f s, exit %d' % (took, code))
    check(not silent, 'nothing is said about %s' % silent)
    check(len(told) > 80, 'only %d of 99 cuts are named' % len(told))
    return kept


def test_a_docx_cut_at_every_percent_is_named_and_what_is_whole_of_it_is_read():
    paragraphs = ''.join('<w:p><w:r><w:t>SRS-%03d: The device shall beep %d times, code %x.</w:t></w:r></w:p>' % (
        i, i, i * 2654435761 % 2 ** 32) for i in range(2, 800))
    check(cut_at_every_percent('whole.docx', word('<w:document xmlns:w="w"><w:body>%s</w:body></w:document>' % paragraphs))
          > 20, 'nothing of a cut document is read')


def test_a_pdf_cut_at_every_percent_is_named():
    cut_at_every_percent('whole.pdf', pdf(lines(*(b'SRS-%03d: The device shall beep %d times.' % (i, i) for i in range(2, 40)))))


def test_a_hundred_bad_documents_cost_the_good_one_nothing():
    files = {**BESIDE}
    for i in range(100):
        files['bad-%03d.docx' % i] = docx('x')[:60 + i]
    with folder_of(files) as folder:
        code, _, took, beside, page = judged(folder, 'none')
        told = {f['place']['path'] for f in page['findings'] if f['rule'].startswith('READ-')}
        check(beside and code == 1 and len(told) == 100, '%d named, exit %d' % (len(told), code))


if __name__ == '__main__':
    main([test_each_hostile_document_ends_within_limits_as_a_finding_that_names_it,
          test_what_is_no_document_is_named_and_not_waited_for,
          test_a_docx_cut_at_every_percent_is_named_and_what_is_whole_of_it_is_read,
          test_a_pdf_cut_at_every_percent_is_named, test_a_hundred_bad_documents_cost_the_good_one_nothing])
