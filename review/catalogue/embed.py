#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""embed.py OUT.c FILE...: the files of catalogue/ as C arrays, those of rubric/ in a table of their own."""
import os
import sys

out = ['/* SPDX-License-Identifier: Apache-2.0 */', '/* Made by review/catalogue/embed.py from catalogue/. */',
       '#include "review/catalogue/builtin.h"', '']
rows = {'clause': [], 'rubric': []}
for n, path in enumerate(sys.argv[2:]):
    with open(path, 'rb') as f:
        data = f.read()
    folder, name = os.path.split(path)
    rubric = os.path.basename(folder) == 'rubric'
    out.append('static const uint8_t file_%d[] = {%s};' % (n, ','.join(map(str, data))))
    rows['rubric' if rubric else 'clause'].append('    {"catalogue/%s%s", {file_%d, sizeof file_%d}},' % (
        'rubric/' if rubric else '', name, n, n))
for kind, table in rows.items():
    out += ['const struct builtin_file builtin_%ss[] = {' % kind] + table + ['};',
            'const size_t builtin_%s_count = sizeof builtin_%ss / sizeof builtin_%ss[0];' % (kind, kind, kind)]
with open(sys.argv[1], 'w') as f:
    f.write('\n'.join(out) + '\n')
