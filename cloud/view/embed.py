#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""embed.py OUT.c FILE...: the files as C arrays; index.html is served as /."""
import os
import sys

TYPES = {'.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8'}
out = ['/* SPDX-License-Identifier: Apache-2.0 */', '/* Made by cloud/view/embed.py from web/. */',
       '#include "cloud/view/pages.h"', '']
rows = []
for n, path in enumerate(sys.argv[2:]):
    data = open(path, 'rb').read()
    out.append('static const uint8_t file_%d[] = {%s};' % (n, ','.join(map(str, data))))
    name = os.path.basename(path)
    rows.append('    {"/%s", "%s", {file_%d, sizeof file_%d}},' % (
        '' if name == 'index.html' else name, TYPES[os.path.splitext(name)[1]], n, n))
out += ['const struct page pages[] = {'] + rows + ['};', 'const size_t page_count = sizeof pages / sizeof pages[0];', '']
open(sys.argv[1], 'w').write('\n'.join(out))
