#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Evidence packs: made, checked by the published rules without a line of ours, verified, and attacked."""
import base64
import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from project import FILES, REVIEW, TOP, check, folder_of, main, put, review  # noqa: E402

TYPE = 'application/vnd.in-toto+json'
STATEMENT = 'statement.dsse.json'
VERIFIED = 'verified: same verdicts from the same documents'
# Documents in which there is something to find.
FAULTY = {**FILES, 'requirements.yaml': FILES['requirements.yaml'] + '- {id: SRS-002, text: "It shall be secure."}\n'}


# --- by the published rules: zip, DSSE v1, in-toto; openssl for Ed25519 ---

def zipped(files, order=sorted, method=zipfile.ZIP_STORED, info=None, comment=b''):
    """The archive that Python's own library makes of these files in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', method) as z:
        for name in order(files):
            i = zipfile.ZipInfo(name)
            i.create_system, i.external_attr, i.compress_type = 3, 0o100644 << 16, method
            if info:
                info(i)
            z.writestr(i, files[name])
        z.comment = comment
    return out.getvalue()


def unzipped(archive):
    with zipfile.ZipFile(io.BytesIO(archive)) as z:
        check(z.testzip() is None, 'a checksum is wrong')
        return {i.filename: z.read(i) for i in z.infolist()}


def pae(kind, payload):
    return b'DSSEv1 %d %s %d %s' % (len(kind), kind.encode(), len(payload), payload)


def openssl(*args, stdin=None):
    return subprocess.run(['openssl', *args], input=stdin, capture_output=True, check=False)


def opens(message, signature, public):
    with tempfile.TemporaryDirectory() as t:
        for name, content in (('m', message), ('s', signature)):
            with open(os.path.join(t, name), 'wb') as f:
                f.write(content)
        done = openssl('pkeyutl', '-verify', '-pubin', '-inkey', public, '-rawin', '-in', os.path.join(t, 'm'),
                       '-sigfile', os.path.join(t, 's'))
        return done.returncode == 0


def signed(message, private):
    with tempfile.TemporaryDirectory() as t:
        with open(os.path.join(t, 'm'), 'wb') as f:
            f.write(message)
        done = openssl('pkeyutl', '-sign', '-inkey', private, '-rawin', '-in', os.path.join(t, 'm'))
        check(done.returncode == 0 and len(done.stdout) == 64, done.stderr)
        return done.stdout


def payload_of(files):
    return base64.b64decode(json.loads(files[STATEMENT])['payload'], validate=True)


def enveloped(payload, keys=(), kind=TYPE):
    signatures = [{'keyid': 'anything', 'sig': base64.b64encode(signed(pae(kind, payload), k)).decode()} for k in keys]
    return json.dumps({'payload': base64.b64encode(payload).decode(), 'payloadType': kind, 'signatures': signatures}).encode()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


# --- a place with a project, two keys and packs ---

class Place:
    def __init__(self, top, folder):
        self.top, self.folder = top, folder
        self.key, self.other = self.path('key'), self.path('other')
        for k in (self.key, self.other):
            done = review('key', 'new', k)
            check(done.returncode == 0, done.stderr)

    def path(self, name):
        return os.path.join(self.top, name)

    def pack(self, *args, name='pack.zip', code=0):
        done = review('pack', self.folder, '--output', self.path(name), '--fail-on', 'never', *args)
        check(done.returncode == code, 'exit %d: %s' % (done.returncode, done.stderr))
        with open(self.path(name), 'rb') as f:
            return f.read()

    def verify(self, archive, *args):
        with open(self.path('got.zip'), 'wb') as f:
            f.write(archive)
        done = review('verify', self.path('got.zip'), *args)
        check(done.returncode in (0, 1, 2, 3, 4), done)
        return done

    def good(self, archive, *args):
        done = self.verify(archive, *args)
        check(done.returncode == 0 and done.stdout.endswith(VERIFIED + '\n'), '%s %s' % (done.stdout, done.stderr))
        return done.stdout

    def refused(self, archive, words, *args, code=4):
        done = self.verify(archive, *args)
        line = done.stderr.strip()
        check(done.returncode == code and VERIFIED not in done.stdout, '%s: exit %d %s' % (words, done.returncode, done.stdout))
        check(words in line and line.startswith('error: ') and ': expected ' in line and '\n' not in line,
              '%s: "%s"' % (words, line))


@contextlib.contextmanager
def place(files=FAULTY):
    with folder_of(files) as folder:
        yield Place(os.path.dirname(folder), folder)


def test_the_same_input_gives_the_same_pack_wherever_and_whenever():
    with place() as p:
        one, keyed = p.pack(), p.pack('--key', p.key)
        again = subprocess.run([os.path.abspath(REVIEW), 'pack', 'project', '--output', 'p2', '--fail-on', 'never', '--key', 'key'], cwd=p.top,
                               env=dict(os.environ, TZ='Pacific/Auckland', LC_ALL='C.UTF-8'), capture_output=True, text=True)
        check(again.returncode == 0, again.stderr)
        with open(p.path('p2'), 'rb') as f:
            check(f.read() == keyed, 'a second pack differs')
        shutil.copytree(p.folder, p.path('copy/project'))
        put(p.path('copy/project'), FAULTY)
        p.folder = p.path('copy/project')
        check(p.pack() == one, 'a copy of the folder gives another pack')
        check(p.top.encode() not in one, 'a path of this machine is in it')
        check(unzipped(one)[STATEMENT] != unzipped(keyed)[STATEMENT], 'signed or not is the same')


def test_a_pack_is_the_archive_that_another_program_makes_of_its_files():
    files = {**FAULTY, 'é/ü.md': '# é\n', '=1+1 <b>.md': '# x\n', 'empty.md': ''}
    with place(files) as p:
        archive = p.pack('--key', p.key)
        check(zipped(unzipped(archive)) == archive, 'zipfile makes another archive of the same files')


def test_the_envelope_and_the_statement_keep_the_published_rules():
    """DSSE v1: protocol.md, envelope.md. in-toto: Statement v1, ResourceDescriptor, Test Result v0.1."""
    with place() as p:
        archive = p.pack('--key', p.key, '--as-of', '2026-03-01')
        files = unzipped(archive)
        envelope = json.loads(files[STATEMENT])
        check(sorted(envelope) == ['payload', 'payloadType', 'signatures'] and envelope['payloadType'] == TYPE, envelope.keys())
        payload = payload_of(files)
        [signature] = envelope['signatures']
        raw = base64.b64decode(signature['sig'], validate=True)
        check(opens(pae(TYPE, payload), raw, p.key + '.pub'), 'openssl does not verify the signature')
        check(not opens(pae(TYPE, payload + b' '), raw, p.key + '.pub'), 'openssl verifies another payload')
        check(not opens(pae(TYPE, payload), raw, p.other + '.pub'), 'openssl verifies under another key')
        der = openssl('pkey', '-pubin', '-in', p.key + '.pub', '-outform', 'DER').stdout
        check(signature['keyid'] == sha256(der), signature['keyid'])

        s = json.loads(payload)
        check(list(s) == ['_type', 'subject', 'predicateType', 'predicate'], list(s))
        check(s['_type'] == 'https://in-toto.io/Statement/v1', s['_type'])
        check(s['predicateType'] == 'https://in-toto.io/attestation/test-result/v0.1', s['predicateType'])
        for f in s['subject'] + s['predicate']['configuration']:
            check(re.fullmatch('[0-9a-f]{64}', f['digest']['sha256']), f)
        names = [f['name'] for f in s['subject']]
        check(len(set(names)) == len(names), 'a name stands twice')
        in_pack = {f['name']: f['digest']['sha256'] for f in s['subject'] + s['predicate']['configuration']
                   if not f['name'].startswith('builtin/')}
        check(in_pack == {n: sha256(c) for n, c in files.items() if n != STATEMENT}, 'not all files are subjects, or others')
        check({n[len('documents/'):] for n in names if n.startswith('documents/')} == set(FAULTY), names)
        for name, text in FAULTY.items():
            check(files['documents/' + name] == text.encode(), name)
        check({'report/index.html', 'report/review.json', 'report/matrix.csv', 'README.txt'} <= set(names), names)
        check(b'"DSSEv1 %d %s "' % (len(TYPE), TYPE.encode()) in files['README.txt'], 'README.txt says it otherwise')
        check(any(f['name'].startswith('builtin/catalogue/') for f in s['predicate']['configuration']), 'no catalogue')

        t = s['predicate']
        lists = [t[k] for k in ('passedTests', 'warnedTests', 'failedTests')]
        check(t['result'] == 'WARNED' and all(isinstance(x, str) for li in lists for x in li) and not lists[2], t['result'])
        findings = json.loads(files['report/review.json'])['findings']
        check(findings and {'finding ' + f['id'] for f in findings} == {x for x in lists[1] if x.startswith('finding ')}, lists[1])
        check('requirement SEC-001' in lists[0] and 'requirement SRS-002' in lists[1], lists)
        own = t['holdfastReview']
        check(own['asOf'] == 1772323200 and own['failOn'] == 'never' and own['documents'] == 'included', own)
        told = {v['id']: (v['subject'], v['says']) for v in own['verdicts'] if v['kind'] == 'finding'}
        check(told == {f['id']: (f['subject'], f['says']) for f in findings}, told)


def test_the_statement_is_what_its_published_schema_says():
    import jsonschema
    with open(os.path.join(TOP, 'review', 'pack', 'statement.schema.json')) as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    judge = jsonschema.Draft202012Validator(schema)
    with place() as p:
        os.symlink('x', os.path.join(p.folder, 'link'))
        git(p.folder, 'init', '-q')
        git(p.folder, 'add', '.')
        git(p.folder, 'commit', '-q', '-m', 'x')
        for args in ((), ('--without-documents',), ('--at', 'HEAD')):
            s = json.loads(payload_of(unzipped(p.pack(*args))))
            wrong = ['%s: %s' % (e.json_path, e.message[:200]) for e in judge.iter_errors(s)]
            check(not wrong, wrong[:5])
        del s['predicate']['holdfastReview']['verdicts'][0]['says']
        check(list(judge.iter_errors(s)), 'the schema takes anything')


def test_verdicts_of_clauses_are_stated_and_judged_again():
    text = 'The device authenticates each message with a key of its own. Debug ports (JTAG, SWD) are disabled by a fuse in production.\n'
    documents = {**FAULTY, 'security-architecture.md': '# Security architecture\n\n' + text}
    with place(documents) as p:
        for clauses, ids in ((None, ['iec81001-5-1:5.3.2']), ('5.3.2,mdr:17.2', ['iec81001-5-1:5.3.2', 'mdr:17.2'])):
            files = unzipped(p.pack('--key', p.key, *(['--clause', clauses] if clauses else [])))
            s = json.loads(payload_of(files))['predicate']
            check(s['holdfastReview']['clauses'] == ','.join(ids), s['holdfastReview']['clauses'])
            rows = {v['id']: v for v in s['holdfastReview']['verdicts'] if v['kind'] == 'constraint'}
            check({i.rsplit('-C', 1)[0].split(':')[0] for i in rows} == {i.split(':')[0] for i in ids}, sorted(rows))
            quoted = [v for v in rows.values() if v['says']]
            check([v for v in quoted if v['place'].startswith('security-architecture.md:')], quoted)
            check(all(v['says'] in documents[v['place'].split(':')[0]] for v in quoted), quoted)
            check(all(v['state'] in ('absent', 'asked') or v['says'] for v in rows.values()), rows)
            check(len([n for n in files if n.startswith('report/clause-')]) == 3 * len(ids), sorted(files))
            p.good(zipped(files), '--key', p.key + '.pub')

            def embellish(s, t, verdicts):
                next(v for v in verdicts if v['kind'] == 'constraint' and v['state'] == 'absent')['state'] = 'described'
            done = p.verify(restated(p, files, embellish), '--key', p.key + '.pub')
            check(done.returncode == 1 and 'described was stated, absent is found' in done.stdout, done.stdout)

        def unknown(s, t, verdicts):
            t['holdfastReview']['clauses'] = 'x:1\x1b[31m'
        done = p.verify(restated(p, files, unknown))
        check(done.returncode == 4 and '\x1b' not in done.stderr, done.stderr)
        done = review('pack', p.folder, '--output', p.path('n.zip'), '--clause', 'x:1')
        check(done.returncode == 2 and not os.path.exists(p.path('n.zip')), done.stderr)


def test_the_result_is_failed_where_the_review_says_no():
    with place() as p:
        done = review('pack', p.folder, '--output', p.path('x'))
        check(done.returncode == 1 and 'result    FAILED' in done.stdout, done.stdout)
        with open(p.path('x'), 'rb') as f:
            archive = f.read()
        check(json.loads(payload_of(unzipped(archive)))['predicate']['result'] == 'FAILED', 'not FAILED')
        check('result    FAILED' in p.good(archive), 'verify says otherwise')
    with place(FILES) as p:
        check(json.loads(payload_of(unzipped(p.pack())))['predicate']['result'] in ('PASSED', 'WARNED'), 'FAILED without reason')


def test_a_pack_is_verified_with_and_without_a_signature_and_says_which():
    with place() as p:
        done = review('pack', p.folder, '--output', p.path('x'), '--fail-on', 'never')
        check('signed    by nobody' in done.stdout, done.stdout)
        check('signed    by nobody' in p.good(p.pack()), 'verify does not say that nobody has signed')
        check('not checked' in p.good(p.pack('--key', p.key)), 'verify does not say that it has not checked')
        said = p.good(p.pack('--key', p.key), '--key', p.key + '.pub')
        check('signed    by the key in ' + p.key + '.pub' in said and 'nobody' not in said, said)


def test_verification_needs_nothing_but_the_pack():
    files = {**FAULTY, 'holdfast-review.conf': '[ids]\nrequirement = "SRS", "XYZ"\n', 'more.md': 'XYZ-001: It beeps.\n',
             'notes.bin': b'\0\1\2', 'bad.pdf': b'%PDF-1.4 nothing'}
    with place(files) as p:
        os.symlink('/etc/passwd', os.path.join(p.folder, 'link.md'))
        os.symlink('nowhere', os.path.join(p.folder, 'a link'))
        os.truncate(os.open(os.path.join(p.folder, 'large.md'), os.O_CREAT | os.O_RDWR), (64 << 20) + 1)
        os.mkfifo(os.path.join(p.folder, 'pipe.md'))
        put(p.folder, {'stale.conf': ''})
        archive = p.pack('--key', p.key)
        own = json.loads(payload_of(unzipped(archive)))['predicate']['holdfastReview']
        check({u['path']: u['why'] for u in own['unread']} == {
            'link.md': 'link', 'a link': 'link', 'large.md': 'too large', 'pipe.md': 'unreadable'}, own['unread'])
        check(b'XYZ-001' in unzipped(archive)['report/matrix.csv'], 'the configuration did not count')
        outside = {'other.conf': '[ids]\nrequirement = "XYZ"\n'}
        put(p.top, outside)
        other = p.pack('--config', p.path('other.conf'), name='other.zip')
        shutil.rmtree(p.folder)
        os.unlink(p.path('other.conf'))
        p.good(archive, '--key', p.key + '.pub')
        p.good(other)
    with place({'a.md': '# A\n\nSEC-001: It shall beep 3 times.\n'}) as p: # one file is a project, too
        p.folder = os.path.join(p.folder, 'a.md')
        p.good(p.pack())


def test_a_team_s_own_clauses_are_in_the_pack():
    with open(os.path.join(TOP, 'catalogue', 'principles.yaml'), 'rb') as f:
        own = f.read()
    files = {**FAULTY, 'holdfast-review.conf': 'catalogue = "clauses"\n', 'clauses/own.yaml': own, 'clauses/notes.txt': 'x\n'}
    with place(files) as p:
        archive = p.pack('--key', p.key)
        check(unzipped(archive)['configuration/catalogue/own.yaml'] == own, 'not in it')
        configuration = {c['name'] for c in json.loads(payload_of(unzipped(archive)))['predicate']['configuration']}
        check('configuration/catalogue/own.yaml' in configuration, configuration)
        shutil.rmtree(p.folder)
        p.good(archive, '--key', p.key + '.pub')
        files = unzipped(archive)
        files['configuration/catalogue/own.yaml'] += b'# more\n'
        p.refused(zipped(files), '"configuration/catalogue/own.yaml" has other bytes')


def git(folder, *args):
    subprocess.run(['git', '-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.org', *args], check=True,
                   capture_output=True, env=dict(os.environ, GIT_COMMITTER_DATE='2026-02-03T00:00:00Z', GIT_AUTHOR_DATE='2026-02-03T00:00:00Z'))


def test_a_commit_is_packed_as_it_was_committed():
    with place() as p:
        git(p.folder, 'init', '-q')
        git(p.folder, 'add', '.')
        git(p.folder, 'commit', '-q', '-m', 'x')
        put(p.folder, {'architecture.md': '# Gone\n'})
        files = unzipped(p.pack('--at', 'HEAD'))
        check(files['documents/architecture.md'] == FAULTY['architecture.md'].encode(), 'not what was committed')
        head = subprocess.run(['git', '-C', p.folder, 'rev-parse', 'HEAD'], capture_output=True, text=True).stdout.strip()
        check(json.loads(payload_of(files))['predicate']['holdfastReview']['revision'] == head, 'not the id of the commit')
        check(len(head) == 40 and 'at ' + head in p.good(zipped(files)), 'verify does not say which commit')


def test_documents_may_stay_at_home():
    with place() as p:
        archive = p.pack('--key', p.key, '--without-documents')
        check(not [n for n in unzipped(archive) if n.startswith('documents/')], 'documents are in it')
        whole = [s for s in json.loads(payload_of(unzipped(p.pack())))['subject'] if not s['name'].startswith('report/')]
        here = [s for s in json.loads(payload_of(unzipped(archive)))['subject'] if not s['name'].startswith('report/')]
        check(whole == here, 'other digests')
        done = p.verify(archive, '--key', p.key + '.pub')
        check(done.returncode == 3 and 'not verified: the documents are not in the pack' in done.stdout, done.stdout)
        p.good(archive, '--against', p.folder)
        put(p.folder, {'architecture.md': '# Other\n'})
        done = p.verify(archive, '--against', p.folder)
        check(done.returncode == 1 and 'changed   architecture.md' in done.stdout and VERIFIED not in done.stdout, done.stdout)
        secret = unzipped(archive)
        secret['documents/architecture.md'] = FAULTY['architecture.md'].encode()
        p.refused(zipped(secret), 'documents to be left out')


def test_what_has_changed_since_is_named():
    with place() as p:
        archive = p.pack()
        check('against   ' + p.folder + ': 0 of' in p.good(archive, '--against', p.folder), 'not said')
        shutil.copy(p.path('pack.zip'), os.path.join(p.folder, 'pack.zip')) # the pack itself is no document
        done = review('verify', os.path.join(p.folder, 'pack.zip'), '--against', p.folder)
        check(done.returncode == 0, done.stdout)
        os.unlink(os.path.join(p.folder, 'pack.zip'))
        put(p.folder, {'threats.yaml': '# none\n', 'new\x1b[31m.md': 'x\n'})
        os.unlink(os.path.join(p.folder, 'hazards.yaml'))
        done = p.verify(archive, '--against', p.folder)
        for line in ('changed   threats.yaml', 'gone      hazards.yaml', 'new       new?[31m.md'):
            check(line in done.stdout, '%s not in %s' % (line, done.stdout))
        check(done.returncode == 1 and VERIFIED in done.stdout, 'the old documents have their old verdicts')


def test_each_change_of_a_signed_pack_is_refused_by_its_name():
    with place() as p:
        archive = p.pack('--key', p.key)
        files, pub = unzipped(archive), p.key + '.pub'
        payload = payload_of(files)
        p.good(archive, '--key', pub)

        def with_files(other):
            return zipped({**files, **other})
        envelope = json.loads(files[STATEMENT])
        swapped = {'documents/threats.yaml': files['documents/hazards.yaml'], 'documents/hazards.yaml': files['documents/threats.yaml']}
        upper = re.sub(rb'("sha256":")([0-9a-f]{64})', lambda m: m.group(1) + m.group(2).upper(), payload, count=1)
        ordered = json.dumps(json.loads(payload), sort_keys=True, separators=(',', ':')).encode()
        rows = [
            ('file swapped', with_files(swapped), 'has other bytes than were stated'),
            ('file changed', with_files({'report/index.html': b'<p>all is well'}), '"report/index.html" has other bytes'),
            ('file added', with_files({'documents/zz.md': b''}), '"documents/zz.md" is in the pack'),
            ('file added in front', with_files({'0': b''}), '"0" is in the pack'),
            ('file taken away', zipped({n: c for n, c in files.items() if n != 'report/matrix.csv'}), '"report/matrix.csv" is named and not there'),
            ('no statement', zipped({n: c for n, c in files.items() if n != STATEMENT}), 'no statement'),
            ('signature stripped', with_files({STATEMENT: enveloped(payload)}), 'nobody has signed'),
            ('signature of another key', with_files({STATEMENT: enveloped(payload, [p.other])}), 'no signature of the pack is by this key'),
            ('key id of the right key', with_files({STATEMENT: json.dumps({**envelope, 'signatures': [
                {'keyid': envelope['signatures'][0]['keyid'], 'sig': base64.b64encode(bytes(64)).decode()}]}).encode()}), 'no signature of the pack'),
            ('payload type changed', with_files({STATEMENT: json.dumps({**envelope, 'payloadType': 'application/json'}).encode()}), 'another type'),
            ('another payload type, signed', with_files({STATEMENT: enveloped(payload, [p.key], 'application/json')}), 'another type'),
            ('payload with another order', with_files({STATEMENT: enveloped(ordered, [p.key])}), 'not as statements are'),
            ('capitals in a digest, signed', with_files({STATEMENT: enveloped(upper, [p.key])}), 'hexadecimal digits in lower case'),
            ('another digest, signed', with_files({STATEMENT: enveloped(re.sub(rb'"sha256":"[0-9a-f]{64}', b'"sha256":"' + b'0' * 64, payload, count=1), [p.key])}), 'has other bytes'),
            ('a newer form, signed', with_files({STATEMENT: enveloped(payload.replace(b'"form":1', b'"form":2'), [p.key])}), 'newer holdfast-review'),
            ('10,000 signatures', with_files({STATEMENT: json.dumps({**envelope, 'signatures': envelope['signatures'] * 10000}).encode()}), 'too many signatures'),
            ('no JSON', with_files({STATEMENT: b'{'}), 'no JSON'),
            ('folded', zipped(files, method=zipfile.ZIP_DEFLATED), 'is compressed'),
            ('other order', zipped(files, order=lambda f: sorted(f, reverse=True)), 'out of order'),
            ('a symbolic link', zipped(files, info=lambda i: setattr(i, 'external_attr', 0o120777 << 16)), 'symbolic link'),
            ('a program', zipped(files, info=lambda i: setattr(i, 'external_attr', 0o100755 << 16)), 'no plain file'),
            ('a comment of a file', zipped(files, info=lambda i: setattr(i, 'comment', b'x')), 'another form'),
            ('a comment', zipped(files, comment=b'x'), 'expected'),
            ('behind the end', archive + b'\0', 'behind the end'),
            ('in front of it', b'MZ' + archive, 'expected'),
            ('nothing', b'', 'no end'),
            ('something else', b'%PDF-1.4\n' * 100, 'no end'),
        ]
        for name in ('../up', 'a/../../up', '/etc/cron.d/x', 'C:\\x', 'a\\b', 'x/', './x', 'documents//x', 'new\nline', '\u202egpj.md'):
            rows.append((repr(name), with_files({name: b'x'}), 'expected a name below'))
        for what, bad, words in rows:
            p.refused(bad, words, '--key', pub)
            if 'signed' not in what and 'signature' not in what and 'key id' not in what:
                p.refused(bad, words) # a key is not what it needs
        check(with_files({}) == archive, 'zipfile makes another archive, so the rows above say nothing')


def test_a_name_that_stands_twice_is_refused():
    with place() as p:
        archive = p.pack()
        twice = archive.replace(b'documents/hazards.yaml', b'documents/threats.yaml')
        check(twice != archive, 'no such name')
        p.refused(twice, 'expected')


def test_one_bit_flipped_in_each_part_is_refused():
    with place() as p:
        archive = p.pack('--key', p.key)
        z = zipfile.ZipFile(io.BytesIO(archive))
        parts = {'end record': len(archive) - 10, 'directory': z.start_dir + 20}
        for i in z.infolist():
            parts['head of ' + i.filename] = i.header_offset + 15
            parts['name of ' + i.filename] = i.header_offset + 31
            parts['start of ' + i.filename] = i.header_offset + 30 + len(i.filename.encode())
            parts['end of ' + i.filename] = i.header_offset + 29 + len(i.filename.encode()) + i.file_size
        own = z.getinfo(STATEMENT)
        start = own.header_offset + 30 + len(STATEMENT)
        for key in (b'"payload"', b'"payloadType"', b'"sig"'):
            at = archive.index(key, start)
            parts.update({'%s + %d' % (key.decode(), k): at + k for k in (1, 20, 33)})
        taken = []
        for what, at in parts.items():
            bad = bytearray(archive)
            bad[at] ^= 4
            done = p.verify(bytes(bad), '--key', p.key + '.pub')
            if done.returncode != 4 or VERIFIED in done.stdout:
                taken.append('%s: exit %d' % (what, done.returncode))
        check(not taken and len(parts) > 60, taken)


def test_a_pack_cut_off_anywhere_is_refused():
    with place() as p:
        archive = p.pack('--key', p.key)
        for percent in range(0, 100, 4):
            p.refused(archive[:len(archive) * percent // 100], 'expected')
        p.refused(archive[:-1], 'expected')


def test_a_directory_that_claims_more_than_there_is_ends_at_once():
    with place() as p:
        archive = bytearray(p.pack())
        archive[-14:-10] = b'\xff\xff\xff\xff'
        p.refused(bytes(archive), 'too many files')
        archive[-14:-10] = b'\xe8\xfd\xe8\xfd'
        p.refused(bytes(archive), 'expected')
        sparse = p.path('sparse.zip')
        with open(sparse, 'wb') as f:
            f.truncate(3 << 30)
        done = review('verify', sparse)
        check(done.returncode == 3 and 'too large' in done.stderr, done.stderr)
        for path, words in ((p.path('none.zip'), 'No such file'), (p.folder, 'no regular file'), ('/dev/zero', 'no regular file')):
            done = review('verify', path)
            check(done.returncode == 3 and words in done.stderr, done.stderr)


def test_several_may_sign_and_each_is_found():
    with place() as p:
        archive = p.pack('--key', p.key)
        done = review('sign', p.path('pack.zip'), '--key', p.other, '--output', p.path('both.zip'))
        check(done.returncode == 0 and done.stdout.count('signed    by key') == 2, done.stderr)
        with open(p.path('both.zip'), 'rb') as f:
            both = f.read()
        for k in (p.key, p.other):
            p.good(both, '--key', k + '.pub')
        p.refused(archive, 'no signature', '--key', p.other + '.pub')
        theirs = unzipped(archive) # a signature that somebody adds with tools of their own
        payload = payload_of(theirs)
        theirs[STATEMENT] = enveloped(payload, [p.other, p.key])
        p.good(zipped(theirs), '--key', p.other + '.pub')
        url = json.loads(theirs[STATEMENT])
        url['payload'] = base64.urlsafe_b64encode(payload).decode()
        url['signatures'] = [{'sig': base64.urlsafe_b64encode(base64.b64decode(s['sig'])).decode()} for s in url['signatures']]
        p.good(zipped({**theirs, STATEMENT: json.dumps(url, indent=2).encode()}), '--key', p.key + '.pub')
        broken = bytearray(archive)
        broken[len(archive) // 2] ^= 1
        with open(p.path('broken.zip'), 'wb') as f:
            f.write(broken)
        done = review('sign', p.path('broken.zip'), '--key', p.other, '--output', p.path('x.zip'))
        check(done.returncode == 4 and not os.path.exists(p.path('x.zip')), 'a broken pack is signed')


def spelled(s):
    """A statement in its one form: each row of a list on a line of its own, else no blanks."""
    def word(x):
        return json.dumps(x, ensure_ascii=False, separators=(',', ':'))

    def rows(x):
        return '[' + ','.join('\n' + word(row) for row in x) + ']'
    t = s['predicate']
    own = t['holdfastReview']
    short = ','.join('%s:%s' % (word(k), word(v)) for k, v in own.items() if k not in ('unread', 'verdicts'))
    return ('{"_type":%s,\n"subject":%s,\n"predicateType":%s,\n"predicate":{"result":%s' % (
        word(s['_type']), rows(s['subject']), word(s['predicateType']), word(t['result']))
        + ''.join(',\n"%s":%s' % (k, rows(t[k])) for k in ('configuration', 'passedTests', 'warnedTests', 'failedTests'))
        + ',\n"holdfastReview":{%s,\n"unread":%s,\n"verdicts":%s}}}\n' % (short, rows(own['unread']), rows(own['verdicts']))).encode()


def restated(p, files, change):
    """The pack with another statement, signed as if nothing were."""
    s = json.loads(payload_of(files))
    check(spelled(s) == payload_of(files), 'the form of a statement is another one')
    change(s, s['predicate'], s['predicate']['holdfastReview']['verdicts'])
    s['subject'].sort(key=lambda f: f['name'])
    for f in s['subject']:
        if f['name'] in files:
            f['digest']['sha256'] = sha256(files[f['name']])
    return zipped({**files, STATEMENT: enveloped(spelled(s), [p.key])})


def test_who_signs_what_the_documents_do_not_say_is_found_out():
    with place() as p:
        files = unzipped(p.pack('--key', p.key))
        p.good(restated(p, files, lambda s, t, verdicts: None), '--key', p.key + '.pub')

        def found(archive, *words):
            done = p.verify(archive, '--key', p.key + '.pub')
            check(done.returncode == 1 and VERIFIED not in done.stdout, done.stdout + done.stderr)
            for w in words:
                check(w in done.stdout, '"%s" not in %s' % (w, done.stdout))

        def leave_out(s, t, verdicts):
            gone = next(v for v in verdicts if v['kind'] == 'finding')
            verdicts.remove(gone)
            t['warnedTests'].remove('finding ' + gone['id'])

        def invent(s, t, verdicts):
            first = next(i for i, v in enumerate(verdicts) if v['kind'] == 'finding')
            verdicts.insert(first, {**verdicts[first], 'id': 'A-00000000'})
            named = next(i for i, n in enumerate(t['warnedTests']) if n.startswith('finding '))
            t['warnedTests'].insert(named, 'finding A-00000000')

        def embellish(s, t, verdicts):
            v = next(v for v in verdicts if v['kind'] == 'requirement' and v['id'] == 'SRS-002')
            check(v['state'] == 'not shown', v)
            v['state'] = 'verified'

        def one_page_more(s, t, verdicts):
            s['subject'].append({'name': 'report/approval.html', 'digest': {'sha256': ''}})
        found(restated(p, files, leave_out), 'added     finding ', 'not verified: verdicts that differ: 1')
        found(restated(p, files, invent), 'removed   finding A-00000000')
        found(restated(p, files, embellish), 'changed   requirement SRS-002: verified was stated, not shown is found')
        better = {**files, 'report/index.html': files['report/index.html'].replace(b'Open findings', b'No findings')}
        check(better != files, 'the report has no such words')
        found(restated(p, better, lambda s, t, verdicts: None), 'differs   report/index.html, line')
        found(restated(p, {**files, 'report/approval.html': b'OK'}, one_page_more), 'differs   report/approval.html')
        fewer = {n: c for n, c in files.items() if n != 'report/matrix.csv'}

        def one_page_less(s, t, verdicts):
            s['subject'] = [f for f in s['subject'] if f['name'] != 'report/matrix.csv']
        found(restated(p, fewer, one_page_less), 'differs   report/')


def test_where_verdicts_differ_and_there_are_pdfs_it_is_said_who_reads_them():
    words = "read by this machine's pdftotext"
    for files, said in ((FAULTY, False), ({**FAULTY, 'a.pdf': b'%PDF-1.4\n'}, True)):
        with place(files) as p:
            def embellish(s, t, verdicts):
                next(v for v in verdicts if v['id'] == 'SRS-002')['state'] = 'verified'
            done = p.verify(restated(p, unzipped(p.pack()), embellish))
            check(done.returncode == 1 and (words in done.stdout) == said, done.stdout)


def test_another_version_is_said_and_verdicts_are_compared():
    with place() as p:
        files = unzipped(p.pack('--key', p.key))
        said = 'verdicts are compared, not bytes'

        def older(s, t, verdicts):
            t['holdfastReview']['version'] = '0.0.9'

        def other_catalogue(s, t, verdicts):
            next(c for c in t['configuration'] if c['name'].startswith('builtin/'))['digest']['sha256'] = '0' * 64

        def less_catalogue(s, t, verdicts):
            t['configuration'] = [c for c in t['configuration'] if not c['name'].startswith('builtin/')]
        check(said not in p.good(zipped(files)), 'the same program is called another')
        for change in (older, other_catalogue, less_catalogue):
            check(said in p.good(restated(p, files, change), '--key', p.key + '.pub'), change.__name__)
        other = {**files, 'report/index.html': files['report/index.html'] + b'\n'} # its report may look otherwise
        p.good(restated(p, other, older))

        def embellish(s, t, verdicts):
            older(s, t, verdicts)
            next(v for v in verdicts if v['id'] == 'SRS-002')['state'] = 'verified'
        done = p.verify(restated(p, files, embellish))
        check(done.returncode == 1 and 'requirement SRS-002' in done.stdout, done.stdout)


def test_what_cannot_be_packed_is_named_and_nothing_is_written():
    with place() as p:
        def fails(code, words, *args):
            done = review('pack', p.folder, '--output', p.path('n.zip'), '--fail-on', 'never', *args)
            check(done.returncode == code and words in done.stderr and not os.path.exists(p.path('n.zip')), done.stderr)
            check(not os.path.exists(p.path('n.zip.part')), 'a part is left behind')
        os.chmod(p.key, 0o600)
        fails(2, 'mode is not 0400', '--key', p.key)
        os.chmod(p.key, 0o400)
        shutil.copy(p.key + '.pub', p.path('public'))
        os.chmod(p.path('public'), 0o400)
        fails(2, 'Ed25519', '--key', p.path('public'))
        fails(2, 'missing', '--key', p.path('none'))
        put(p.folder, {'a\\b.md': 'x\n'})
        fails(3, 'has a backslash')
        os.rename(os.path.join(p.folder, 'a\\b.md'), os.path.join(p.folder.encode(), b'a\xff.md').decode(errors='surrogateescape'))
        fails(3, 'is not printable UTF-8')
        os.unlink(os.path.join(p.folder.encode(), b'a\xff.md'))
        os.symlink('x', os.path.join(p.folder.encode(), b'link\xff'))
        fails(3, 'expected UTF-8')
        os.unlink(os.path.join(p.folder.encode(), b'link\xff'))
        shutil.rmtree(p.folder)
        os.mkdir(p.folder)
        fails(3, 'nothing could be read')
        done = review('pack', p.folder)
        check(done.returncode == 2 and '--output' in done.stderr, done.stderr)


def test_more_than_a_pack_holds_is_said_and_goes_by_digest():
    with place() as p:
        for i in range(5):
            with open(os.path.join(p.folder, '%d.bin' % i), 'wb') as f:
                f.truncate(60 << 20)
        done = review('pack', p.folder, '--output', p.path('n.zip'), '--fail-on', 'never')
        check(done.returncode == 3 and 'more than a pack holds: expected at most' in done.stderr, done.stderr)
        check(not os.path.exists(p.path('n.zip')), 'something is written')
        p.good(p.pack('--without-documents'), '--against', p.folder)


def test_a_pack_is_never_in_itself():
    with place() as p:
        inside = os.path.join(p.folder, 'evidence.zip')
        sizes = []
        for _ in range(3):
            done = review('pack', p.folder, '--output', inside, '--fail-on', 'never')
            check(done.returncode == 0, done.stderr)
            with open(inside, 'rb') as f:
                sizes.append(sha256(f.read()))
        check(len(set(sizes)) == 1, 'it grows')


def test_a_key_is_made_once_and_for_its_user():
    with place() as p:
        check(os.stat(p.key).st_mode & 0o7777 == 0o400 and os.stat(p.key + '.pub').st_mode & 0o777 == 0o644, 'modes')
        done = review('key', 'new', p.key)
        check(done.returncode == 3 and 'there already' in done.stderr, done.stderr)
        done = openssl('pkey', '-in', p.key, '-noout', '-text')
        check(b'ED25519' in done.stdout.upper(), done.stdout[:40])
        own = p.path('by-openssl') # a key of openssl's does as well
        openssl('genpkey', '-algorithm', 'ed25519', '-out', own)
        openssl('pkey', '-in', own, '-pubout', '-out', own + '.pub')
        os.chmod(own, 0o400)
        p.good(p.pack('--key', own), '--key', own + '.pub')
        rsa = p.path('rsa')
        openssl('genpkey', '-algorithm', 'rsa', '-out', rsa)
        os.chmod(rsa, 0o400)
        done = review('pack', p.folder, '--output', p.path('r.zip'), '--key', rsa)
        check(done.returncode == 2 and 'no Ed25519 key' in done.stderr, done.stderr)


def test_no_word_of_a_pack_reaches_the_terminal_as_more_than_a_word():
    files = {**FAULTY}
    with tempfile.TemporaryDirectory() as top:
        folder = os.path.join(top, 'evil\x1b]0;title\x07\u202e')
        os.mkdir(folder)
        put(folder, files)
        p = Place(top, folder)
        archive = p.pack('--key', p.key)
        said = p.good(archive)
        check('\x1b' not in said and '\x07' not in said and '\u202e' not in said and 'evil?' in said, said)
        files = unzipped(archive)
        envelope = json.loads(files[STATEMENT])
        envelope['signatures'][0]['keyid'] = '\x1b[2J\n verified: by me'
        said = p.good(zipped({**files, STATEMENT: json.dumps(envelope).encode()}))
        check('\x1b' not in said and '\n verified' not in said, said)
        bad = zipped({**files, 'z\x1b[31m': b''})
        done = p.verify(bad)
        check(done.returncode == 4 and '\x1b' not in done.stderr, done.stderr)


if __name__ == '__main__':
    main([v for k, v in list(globals().items()) if k.startswith('test_')])
