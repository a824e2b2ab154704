# SPDX-License-Identifier: Apache-2.0
"""Projects for script/bench review, made of a seed: the same seed gives the same bytes.

Sizes are counted as the reviewer counts them: an item has an id, a link is written once.
"""
import json
import os
import random

ACTS = ['measure', 'store', 'send', 'refuse', 'show', 'count', 'sign', 'check']
THINGS = ['a reading', 'a batch of readings', 'a frame', 'a request of a stranger', 'an alarm', 'a firmware image',
          'a time stamp', 'a sequence number', 'a record of another device', 'a configuration']
LIMITS = ['within 2 s', 'within 60 s of the event', 'with an error of at most 1 %', 'at least once in 10 s',
          'without a second attempt', 'in the order in which it came', 'before the next one is taken']
PRINCIPLES = ['least privilege', 'defence in depth', 'fail secure', 'input validation']


def put(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def shall(rng):
    return 'The device shall %s %s %s.' % (rng.choice(ACTS), rng.choice(THINGS), rng.choice(LIMITS))


def markdown(folder, items, seed=1):
    """`items` items and as many links, in Markdown of the three shapes that people write: a sentence with an
    id, a section with an id, a row of a table. Of ten items four are requirements as sentences, three design
    outputs as sections (each names two requirements), three verification cases as rows (each names one);
    one requirement in four names its parent. 25,000 items a file."""
    rng = random.Random(seed)
    for first in range(0, items, 25000):
        count = min(25000, items - first)
        part, tenth = first // 25000, count // 10
        reqs = ['SRS-%07d' % (first + i) for i in range(4 * tenth)]
        out = ['# Software requirements, part %d\n' % part]
        for i, req in enumerate(reqs):
            parent = ' Parent: %s.' % reqs[i - 1] if i % 4 == 3 else ''
            out.append('- **%s**: %s%s\n' % (req, shall(rng), parent))
        put(folder, 'requirements/part-%03d.md' % part, '\n'.join(out))
        out = ['# Architecture, part %d\n' % part]
        for i in range(3 * tenth):
            a, b = reqs[(2 * i) % len(reqs)], reqs[(2 * i + 1) % len(reqs)]
            out.append('## SDD-%07d The part that can %s %s\n\nIt meets %s and %s: %s\n' % (
                first + i, rng.choice(ACTS), rng.choice(THINGS), a, b, 'it does so %s.' % rng.choice(LIMITS)))
        put(folder, 'architecture/part-%03d.md' % part, '\n'.join(out))
        out = ['# Verification cases, part %d\n\n| ID | Requirement | Procedure |\n|---|---|---|' % part]
        for i in range(3 * tenth):
            out.append('| VER-%07d | %s | Look whether it can %s %s |' % (
                first + i, reqs[i % len(reqs)], rng.choice(ACTS), rng.choice(THINGS)))
        put(folder, 'verification/part-%03d.md' % part, '\n'.join(out) + '\n')


def texts(folder, count, seed=1):
    """`count` documents of about 8 KB, of the paragraphs of tests/review/clause/*.md in another order each."""
    here = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'review', 'clause')
    blocks = []
    for name in sorted(os.listdir(here)):
        if name.endswith('.md'):
            with open(os.path.join(here, name), encoding='utf-8') as f:
                blocks += f.read().strip().split('\n\n')
    rng = random.Random(seed)
    put(folder, 'requirements.yaml', '- {id: SEC-001, text: "The device shall refuse a frame."}\n')
    for i in range(count):
        rng.shuffle(blocks)
        put(folder, 'texts/text-%03d.md' % i, '# Text %d\n\n%s\n' % (i, '\n\n'.join(blocks)))


def sbom(components, seed=1, changed=0):
    """CycloneDX 1.5; `changed` of the components have another version than with changed=0."""
    rng = random.Random(seed)
    moved = set(rng.sample(range(components), changed)) if changed else set()
    rng = random.Random(seed)
    rows, edges = [], []
    for i in range(components):
        version = '%d.%d.%d' % (rng.randrange(9), rng.randrange(20), rng.randrange(50))
        needs = sorted(rng.sample(range(i), min(i, rng.randrange(4))))
        digest = '%064x' % rng.getrandbits(256)
        if i in moved:
            version, digest = version + '.1', digest[::-1]
        ref = 'pkg:generic/part-%05d@%s' % (i, version)
        rows.append({'type': 'library', 'bom-ref': 'part-%05d' % i, 'name': 'part-%05d' % i, 'version': version,
                     'purl': ref, 'licenses': [{'license': {'id': rng.choice(['MIT', 'Apache-2.0', 'BSD-3-Clause'])}}],
                     'hashes': [{'alg': 'SHA-256', 'content': digest}]})
        edges.append({'ref': 'part-%05d' % i, 'dependsOn': ['part-%05d' % n for n in needs]})
    return json.dumps({'bomFormat': 'CycloneDX', 'specVersion': '1.5', 'version': 1, 'components': rows,
                       'dependencies': edges}, indent=1)


def project(folder, requirements=500, seed=1):
    """A project as a team has it: 40 documents in Markdown and YAML, an SBOM, a threat model."""
    rng = random.Random(seed)
    reqs = ['SEC-%03d' % (i + 1) if i % 4 == 0 else 'SRS-%03d' % (i + 1) for i in range(requirements)]
    threats = ['T-%02d' % (i + 1) for i in range(40)]
    bounds = ['TB-%d' % (i + 1) for i in range(6)]
    for part in range(10):  # requirements, in YAML
        out = ['requirements:']
        for i in range(part, requirements, 10):
            out.append('  - id: %s' % reqs[i])
            if reqs[i].startswith('SEC'):
                out.append('    principle: %s\n    boundary: %s\n    threats: [%s]' % (
                    rng.choice(PRINCIPLES), rng.choice(bounds), threats[i // 4 % 40]))
            out.append('    verified_by: [tests/part_%02d]\n    text: "%s"' % (i % 25, shall(rng)))
        put(folder, 'requirements/area-%02d.yaml' % part, '\n'.join(out) + '\n')
    for part in range(20):  # architecture, in Markdown
        out = ['# Architecture of area %d\n' % part]
        for i in range(part, requirements, 20):
            out.append('## Part %d\n' % i)
            for _ in range(3):
                out.append(' '.join(shall(rng).replace(' shall ', ' can ') for _ in range(3)) + '\n')
            out.append('It meets %s. Its state is kept in one place, and nobody else writes to it.\n' % reqs[i])
        put(folder, 'architecture/area-%02d.md' % part, '\n'.join(out))
    for part in range(7):  # plans and records
        out = ['# Record %d\n' % part]
        for i in range(120):
            out.append('%d. %s\n' % (i + 1, shall(rng).replace(' shall ', ' was seen to ')))
        put(folder, 'records/record-%02d.md' % part, '\n'.join(out))
    out = ['# Threat model\n\n| ID | Threat | STRIDE | Boundary | Requirements |\n|---|---|---|---|---|']
    for n, t in enumerate(threats):
        mine = [reqs[i] for i in range(0, requirements, 4) if i // 4 % 40 == n][:3]
        out.append('| %s | A stranger can %s %s | %s | %s | %s |' % (
            t, rng.choice(ACTS), rng.choice(THINGS), rng.choice('STRIDE'), rng.choice(bounds), ', '.join(mine)))
    put(folder, 'threat-model.md', '\n'.join(out) + '\n')
    put(folder, 'trust-boundaries.yaml', 'boundaries:\n' + ''.join(
        '  - {id: %s, name: "boundary %d"}\n' % (b, n + 1) for n, b in enumerate(bounds)))
    put(folder, 'intended-use.md', '# Intended use\n\n' + '\n\n'.join(
        shall(rng).replace(' shall ', ' is meant to ') for _ in range(40)) + '\n')
    put(folder, 'bom.json', sbom(300, seed))
    cases = ''.join('  <testcase classname="tests/part_%02d" name="claim %d" time="0.01"/>\n' % (p, n)
                    for p in range(25) for n in range(8))
    put(folder, 'results/junit.xml', '<testsuite name="all" tests="200" timestamp="2030-01-01T00:00:00Z">\n%s'
        '</testsuite>\n' % cases)
