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


def boxes_of(name, page):
    """The words of a page printed to PDF and their places, or why there are none."""
    pdf, boxes = (os.path.join(WORK, name + e) for e in ('.pdf', '.bbox'))
    subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
                    '--no-pdf-header-footer', '--user-data-dir=' + os.path.join(WORK, 'profile'),
                    '--print-to-pdf=' + pdf, 'file://' + page], capture_output=True, timeout=90)
    if not os.path.exists(pdf):
        return None, 'chromium did not print'
    subprocess.run(['pdftotext', '-bbox-layout', pdf, boxes], check=True, capture_output=True)
    return boxes, None


def no_program(*needed):
    return next(('no ' + p for p in needed if not shutil.which(p)), None)


def printed():
    why = no_program('pandoc', 'chromium', 'pdftotext')
    if why:
        return None, why
    style, page = os.path.join(WORK, 'style.html'), os.path.join(WORK, 'print.html')
    with open(style, 'w', encoding='utf-8') as f:
        f.write(PRINT_STYLE)
    subprocess.run(['pandoc', '-f', 'gfm', '-s', '--metadata', 'title= ', '-H', style, SOURCE, '-o', page],
                   check=True, capture_output=True)
    return boxes_of('print', page)


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


LISTS = '''<!DOCTYPE html><meta charset="utf-8"><title>Lists</title>
<style>body { font-family: %s; font-size: %s } @page { margin: 20mm }</style>
<h1>What the meter promises</h1>
<p>The meter keeps what stands below, and each of it is tested in every build by people who did not write the code
that keeps it:</p>
<ul><li>BM-SEC-101 Readings carry the time of the clock</li>
<li>Readings have numbers without gaps, so that whoever receives them can tell that one of them is not there and says
so on its display</li>
<li>Every record of an alarm is held until the server has said that it holds it
<ul><li>One inner item</li><li>A second inner item, which is long enough that it must go on in the next line of the
page, as this one does in every size of letters that is tried here
<ul><li>Third level</li><li>Third level again</li></ul></li></ul></li>
<li>A reading that was shown was stored before</li></ul>
<p>Behind the list stands a paragraph, and it is as long as a paragraph is, so that it fills more than one line of the
page that it stands on.</p>
<blockquote>A quote is set in on both sides, which no list is; its lines are full at another place than those of the
page, and where they end there it is still one quote and not a row of items, however long it may be.</blockquote>
<p>In this order:</p>
<ol><li>charge the meter
<ul><li>with the cable</li><li>and only with that</li></ul></li><li>switch it on</li></ol>
'''


def test_pdf_gives_the_items_of_lists_whose_marks_are_drawn():
    why = no_program('chromium', 'pdftotext')
    for n, style in enumerate([('serif', '11pt'), ('sans-serif', '9pt'), ('serif', '14pt')]):
        page = os.path.join(WORK, 'lists%d.html' % n)
        with open(page, 'w', encoding='utf-8') as f:
            f.write(LISTS % style)
        boxes, why = (None, why) if why else boxes_of('lists%d' % n, page)
        if why:
            return why
        with open(boxes, encoding='utf-8') as f:
            check('\u2022' not in f.read(), 'the marks are letters: nothing was shown')
        kinds = ('heading', 'paragraph', 'item', 'quote')
        wanted, got = of_kind(units(page)[0], *kinds), of_kind(units(boxes)[0], *kinds)
        check(sum(u.startswith('item') for u in wanted) == 12, 'the page: %r' % wanted)
        check(wanted == got, '%s %s: wanted %r\ngot %r' % (*style, wanted, got))
    return None


try:
    main([test_html_gives_the_units_of_the_markdown, test_docx_gives_the_units_of_the_markdown,
          test_odt_gives_the_units_of_the_markdown, test_rst_gives_the_units_of_the_markdown,
          test_pdf_gives_the_headings_paragraphs_items_and_code_of_the_markdown,
          test_pdf_gives_the_identifiers_of_each_table_and_says_which_were_joined,
          test_pdf_gives_the_items_of_lists_whose_marks_are_drawn])
finally:
    shutil.rmtree(WORK, ignore_errors=True)
