#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One Markdown file in many formats: the same units come out of each.

formats_test.py UNITS_TOOL. Pandoc makes HTML, DOCX, ODT and RST of tests/review/formats.md;
chromium prints the HTML to PDF.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'integration'))
from harness import check, main  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])
SOURCE = os.path.join(HERE, 'formats.md')
WORK = tempfile.mkdtemp(prefix='formats-')
ID = re.compile(r'\bBM-[A-Z]+-[0-9]+\b')
# Chromium draws its round list marks as pictures; as letters they are in the text layer, as those of
# word processors are. The narrow first column splits identifiers over lines.
PRINT_STYLE = '''<style>ul { list-style-type: "\u2022 "; } table { table-layout: fixed; width: 100%; }
th:first-child { width: 4.5em; } @page { margin: 20mm; }</style>'''


def units(path):
    done = subprocess.run([TOOL, path], capture_output=True, text=True, timeout=60)
    check(done.returncode == 0, '%s: %s' % (path, done.stderr.strip()))
    lines = re.split(r'\n(?=(?:heading|paragraph|item|row|code|quote|note)[0-9]* )', done.stdout.rstrip('\n'))
    return [u for u in lines if not u.startswith('note ')], [u for u in lines if u.startswith('note ')]


def made(ending):
    path = os.path.join(WORK, 'formats.' + ending)
    whole = [] if ending == 'rst' else ['-s', '--metadata', 'title= ']  # RST has no title without letters
    subprocess.run(['pandoc', '-f', 'gfm', *whole, SOURCE, '-o', path], check=True, capture_output=True)
    return path


def same_as_markdown(ending):
    if not shutil.which('pandoc'):
        return 'no pandoc'
    wanted, _ = units(SOURCE)
    got, notes = units(made(ending))
    check(len(wanted) >= 60, 'only %d units in %s' % (len(wanted), SOURCE))
    for w, g in zip(wanted, got):
        check(w == g, 'wanted %r\ngot    %r' % (w, g))
    check(len(got) == len(wanted), '%d units, not %d: %r' % (len(got), len(wanted), (got + wanted)[len(wanted):][:3]))
    check(not notes, 'notes: %r' % notes)
    return None


def test_html_gives_the_units_of_the_markdown():
    return same_as_markdown('html')


def test_docx_gives_the_units_of_the_markdown():
    return same_as_markdown('docx')


def test_odt_gives_the_units_of_the_markdown():
    return same_as_markdown('odt')


def test_rst_gives_the_units_of_the_markdown():
    return same_as_markdown('rst')


def printed():
    """The PDF's words and their places, or why there are none."""
    for program in ('pandoc', 'chromium', 'pdftotext'):
        if not shutil.which(program):
            return None, 'no ' + program
    style = os.path.join(WORK, 'style.html')
    with open(style, 'w', encoding='utf-8') as f:
        f.write(PRINT_STYLE)
    page, pdf, boxes = (os.path.join(WORK, 'print.' + e) for e in ('html', 'pdf', 'bbox'))
    subprocess.run(['pandoc', '-f', 'gfm', '-s', '--metadata', 'title= ', '-H', style, SOURCE, '-o', page],
                   check=True, capture_output=True)
    subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
                    '--user-data-dir=' + os.path.join(WORK, 'profile'), '--print-to-pdf=' + pdf, 'file://' + page],
                   capture_output=True, timeout=90)
    if not os.path.exists(pdf):
        return None, 'chromium did not print'
    subprocess.run(['pdftotext', '-bbox-layout', pdf, boxes], check=True, capture_output=True)
    return boxes, None


def of_kind(found, *kinds):
    """Without what a PDF does not keep: it shows no quotes, and a path is compared by its headings."""
    picked = [re.sub(r' \[.*?\] ', ' ', u, count=1) for u in found if re.match('|'.join(kinds), u)]
    return [re.sub('^quote ', 'paragraph ', u) for u in picked]


def test_pdf_gives_the_headings_paragraphs_items_and_code_of_the_markdown():
    boxes, why = printed()
    if why:
        return why
    kinds = ('heading', 'paragraph', 'item', 'quote', 'code')
    wanted, got = of_kind(units(SOURCE)[0], *kinds), of_kind(units(boxes)[0], *kinds)
    for w, g in zip(wanted, got):
        check(w == g, 'wanted %r\ngot    %r' % (w, g))
    check(len(got) == len(wanted), '%d units, not %d' % (len(got), len(wanted)))
    return None


def test_pdf_gives_the_identifiers_of_each_table_and_says_which_were_joined():
    boxes, why = printed()
    if why:
        return why
    wanted, (got, notes) = units(SOURCE)[0], units(boxes)

    def ids(found):
        return sorted(i for u in found if u.startswith('row') for i in set(ID.findall(u.split(' {')[0])))
    check(ids(wanted) == ids(got), 'wanted %r\ngot    %r' % (ids(wanted), ids(got)))
    check(any(n.startswith('note JOINED-ID BM-SEC-') for n in notes), 'no identifier was split: %r' % notes)
    return None


try:
    main([test_html_gives_the_units_of_the_markdown, test_docx_gives_the_units_of_the_markdown,
          test_odt_gives_the_units_of_the_markdown, test_rst_gives_the_units_of_the_markdown,
          test_pdf_gives_the_headings_paragraphs_items_and_code_of_the_markdown,
          test_pdf_gives_the_identifiers_of_each_table_and_says_which_were_joined])
finally:
    shutil.rmtree(WORK, ignore_errors=True)
