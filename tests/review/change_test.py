#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A change judged on a small git history: go or no-go, for the reasons that stand in the page.

change_test.py HOLDFAST_REVIEW. The history is made in a temporary folder, with fixed dates.
"""
import copy
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

import jsonschema

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from project import TOP, Repository, check, main  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])


def schema_of(name):
    with open(os.path.join(TOP, 'review', 'render', name), encoding='utf-8') as f:
        return json.load(f)


SCHEMA = jsonschema.Draft202012Validator(schema_of('change.schema.json'))

START = {
    'docs/architecture.md': """# Software architecture
## Gate
The path rule answers 403 to any other device (SEC-001).
## Courier
It keeps readings while it waits (SEC-002), up to 72 h.
""",
    'assurance/requirements.yaml': """
- {id: SEC-001, principle: least privilege, boundary: TB-1, threats: [T-01], verified_by: [tests/privilege],
   text: "A request of device A for a record of device B shall be answered 403."}
- {id: SEC-002, principle: fail secure, threats: [T-02], verified_by: [tests/away],
   text: "While the cloud cannot be reached the device shall keep measuring for 72 h."}
""",
    'assurance/trust-boundaries.yaml': "- {id: TB-1, name: device to cloud}\n",
    'assurance/flows.yaml': """
- {id: DF-1, name: telemetry, boundary: TB-1, protocol: TLS 1.3, authentication: mTLS}
""",
    'assurance/threats.yaml': """
- {id: T-01, boundary: TB-1, title: "A device reads another's records", mitigated_by: [SEC-001], hazards: [HS-01]}
- {id: T-02, boundary: TB-1, title: "The cloud is away", mitigated_by: [SEC-002]}
""",
    'assurance/hazards.yaml': '- {id: HS-01, situation: "Readings of another patient are shown", requirements: [SEC-001]}\n',
    'results.xml': """<testsuite name="all" timestamp="2026-11-02T00:00:00Z">
<testcase classname="tests/privilege" name="B is refused"/><testcase classname="tests/away" name="it goes on"/>
</testsuite>
""",
    'CODEOWNERS': '* @lead\n/assurance/threats.yaml @security\n*.cdx.json @supply\n',
}


def bill(openssl='3.0.15', digest='aa' * 32, more=()):
    parts = [{'type': 'library', 'bom-ref': 'openssl', 'name': 'openssl', 'version': openssl,
              'purl': 'pkg:deb/debian/openssl@' + openssl, 'licenses': [{'license': {'id': 'Apache-2.0'}}],
              'hashes': [{'alg': 'SHA-256', 'content': digest}]},
             {'type': 'library', 'bom-ref': 'zlib', 'name': 'zlib', 'version': '1.2.13',
              'purl': 'pkg:deb/debian/zlib@1.2.13'}] + list(more)
    return json.dumps({'bomFormat': 'CycloneDX', 'specVersion': '1.5', 'components': parts,
                       'dependencies': [{'ref': 'openssl', 'dependsOn': ['zlib'] + [p['bom-ref'] for p in more]}]},
                      indent=1)


class Project(Repository):
    def __init__(self, folder):
        super().__init__(folder, dict(START, **{'sbom.cdx.json': bill()}))

    def commit_on(self, message, day):
        self.commit(message, '2026-11-%02dT12:00:00Z' % day)

    def page(self, *args):
        done = subprocess.run([TOOL, 'change', *(args or ('--base', 'main')), self.folder], capture_output=True,
                              text=True, timeout=60)
        check(done.returncode in (0, 1) and not done.stderr, done.stderr + done.stdout)
        return done.returncode, done.stdout

    def judged(self, *args):
        code, text = self.page(*(args or ('--base', 'main')), '--json')
        got = json.loads(text)
        check(got['go'] == (code == 0), 'exit %d, go %s' % (code, got['go']))
        wrong = ['%s: %s' % (e.json_path, e.message[:200]) for e in SCHEMA.iter_errors(got)]
        check(not wrong, wrong[:5])
        return got


def project(act):
    with tempfile.TemporaryDirectory() as folder:
        act(Project(folder))


def rules(got):
    return sorted({(f['rule'], f['subject']) for f in got['findings']})


def reopened(got, kind):
    return {r['what']: r['why'] for r in got['reopened'] if r['kind'] == kind}


def expect(got, *wanted):
    check(rules(got) == sorted(wanted), 'found %s, expected %s' % (rules(got), sorted(wanted)))


RECORD = """---
component: openssl
from: 3.0.15
to: 3.5.4
reviewer: A. Person
date: 2026-11-02
boundary: TB-1
impact: none on the requirements; the defaults for TLS 1.3 stay
decision: accepted
---
Read the change log from 3.0.15 to 3.5.4.
"""


def test_nothing_changed_is_go():
    def act(p):
        got = p.judged()
        expect(got)
        check(got['go'] and not got['changed'] and not got['reopened'] and not got['signers'], str(got))
    project(act)


def test_a_library_bumped_without_a_record_is_no_go_and_with_one_go():
    def act(p):
        p.write({'sbom.cdx.json': bill('3.5.4')})
        got = p.judged()
        expect(got, ('GATE-COMPONENT-VERSION', 'openssl'))
        check(not got['go'], 'go')
        check('component: openssl\nfrom: 3.0.15\nto: 3.5.4\n' in got['findings'][0]['skeleton'], 'no skeleton')
        p.write({'reviews/openssl.md': RECORD})
        got = p.judged()
        expect(got)
        check(got['go'], 'no-go')
        for field in ('reviewer', 'date', 'impact', 'decision'):
            p.write({'reviews/openssl.md': '\n'.join(x for x in RECORD.split('\n') if not x.startswith(field))})
            check(not p.judged()['go'], 'go without ' + field)
        p.write({'reviews/openssl.md': RECORD.replace('to: 3.5.4', 'to: 3.5.3')})
        check(not p.judged()['go'], 'go with a record of another version')
    project(act)


def test_the_record_may_stand_in_a_list():
    def act(p):
        p.write({'sbom.cdx.json': bill('3.5.4'), 'assurance/reviews.yaml':
                 '- {component: "pkg:deb/debian/openssl", from: 3.0.15, to: 3.5.4, reviewer: A, date: 2026-11-02, '
                 'impact: none, decision: accepted}\n'})
        expect(p.judged())
    project(act)


def test_same_version_with_other_bytes_is_critical_and_no_older_record_covers_it():
    def act(p):
        p.write({'sbom.cdx.json': bill(digest='bb' * 32),
                 'reviews/openssl.md': RECORD.replace('to: 3.5.4', 'to: 3.0.15')})
        got = p.judged()
        expect(got, ('GATE-COMPONENT-DIGEST', 'openssl'))
        check(got['findings'][0]['severity'] == 'critical', got['findings'][0]['severity'])
        p.write({'reviews/openssl.md': RECORD.replace('to: 3.5.4', 'to: 3.0.15\ndigest: ' + 'bb' * 8)})
        expect(p.judged())
    project(act)


def test_a_new_part_below_a_component_that_faces_a_boundary_is_named_so():
    def act(p):
        p.write({'assurance/components.yaml': '- {name: openssl, package: openssl, boundary_facing: true}\n'})
        p.commit_on('a register', 2)
        p.write({'sbom.cdx.json': bill(more=[{'type': 'library', 'bom-ref': 'brotli', 'name': 'brotli',
                                              'version': '1.1'}])})
        got = p.judged()
        expect(got, ('GATE-COMPONENT-TRANSITIVE', 'brotli'), ('SOUP-UNLISTED', 'brotli'))
    project(act)


def test_a_new_flow_across_a_boundary_needs_a_threat():
    def act(p):
        flow = '- {id: DF-2, name: updates, boundary: TB-1, protocol: TLS 1.3, authentication: signature}\n'
        p.write({'assurance/flows.yaml': START['assurance/flows.yaml'] + flow})
        got = p.judged()
        expect(got, ('GATE-FLOW-NEW', 'DF-2'))
        check(not got['go'], 'go')
        check(reopened(got, 'requirements')['SEC-001'] == 'DF-2 is new, which crosses TB-1, which SEC-001 guards',
              str(got['reopened']))
        p.write({'assurance/threats.yaml': START['assurance/threats.yaml'] +
                 '- {id: T-03, boundary: TB-1, flow: DF-2, title: "A forged update", mitigated_by: [SEC-001]}\n'})
        got = p.judged()
        expect(got)
        check(got['go'], 'no-go')
    project(act)


def test_a_weaker_channel_is_no_go_unless_somebody_decided():
    def act(p):
        p.edit('assurance/flows.yaml', 'TLS 1.3, authentication: mTLS', 'TLS 1.2, authentication: token')
        expect(p.judged(), ('GATE-AUTH-WEAKER', 'DF-1'), ('GATE-PROTOCOL-WEAKER', 'DF-1'))
        p.write({'assurance/decisions.yaml':
                 '- {id: DEC-001, about: DF-1, reason: one hospital, by: A. Person, date: 2026-11-02}\n'})
        expect(p.judged())
    project(act)


def test_a_loss_that_others_hide_is_told_and_a_move_is_none():
    def act(p):
        both = START['docs/architecture.md'] + '## Screen\nIt shows what the courier keeps (SEC-002).\n'
        tests = START['assurance/requirements.yaml'].replace('[tests/away]', '[tests/away, tests/night]')
        results = START['results.xml'].replace('</testsuite>', '<testcase classname="tests/night" name="dark"/></testsuite>')
        p.write({'docs/architecture.md': both, 'assurance/requirements.yaml': tests, 'results.xml': results})
        p.commit_on('two sections, two tests', 2)
        p.write({'docs/architecture.md': START['docs/architecture.md']})
        got = p.judged()
        expect(got, ('GATE-UNLINKED', 'SEC-002'))
        check('docs/architecture.md#Screen is gone' in got['findings'][0]['says'], got['findings'][0]['says'])
        p.write({'docs/architecture.md': both.replace('## Screen', '## Display')})
        expect(p.judged())
        p.write({'docs/architecture.md': both, 'assurance/requirements.yaml': START['assurance/requirements.yaml']})
        got = [f for f in p.judged()['findings'] if f['rule'] == 'GATE-UNLINKED']
        check([f['subject'] for f in got] == ['SEC-002'] and 'tests/night' in got[0]['says'], str(got))
    project(act)


def tool(*args):
    done = subprocess.run([TOOL, *args], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


DECIDED = ('--reason', 'read what changed; nothing that we call', '--by', 'A. Person', '--until', '2099-12-31')


def test_a_gate_is_opened_by_a_decision_about_this_change_and_shut_again_by_another():
    def act(p):
        p.write({'sbom.cdx.json': bill('3.5.4')})
        finding = p.judged()['findings'][0]
        check(finding['rule'] == 'GATE-COMPONENT-VERSION' and not finding['accepted'], str(finding))
        code, _, error = tool('accept', finding['id'], '--in', p.folder, *DECIDED)
        check(code == 2 and '--base' in error and error.count('\n') == 1, error)
        for left_out in ('--reason', '--by', '--until'):
            at = DECIDED.index(left_out)
            code, _, error = tool('accept', finding['id'], '--in', p.folder, '--base', 'main',
                                  *DECIDED[:at], *DECIDED[at + 2:])
            check(code == 2 and left_out in error, 'accepted without ' + left_out)
        code, said, error = tool('accept', finding['id'], '--in', p.folder, '--base', 'main', *DECIDED)
        check(code == 0, error)
        got = p.judged()
        check(got['go'] and rules(got) == [('GATE-COMPONENT-VERSION', 'openssl')], str(got['findings']))
        decision = got['findings'][0]['decision']
        check(decision['by'] == 'A. Person' and decision['until'] == '2099-12-31' and 'nothing that we call' in
              decision['reason'], str(decision))
        code, page = p.page()
        check(code == 0 and 'accepted  a component' in page and 'A. Person, until 2099-12-31' in page, page)
        code, said, error = tool('why', finding['id'], '--in', p.folder, '--base', 'main')
        check(code == 0 and ', accepted' in said and 'A. Person' in said, said + error)
        p.write({'sbom.cdx.json': bill('3.5.5')})
        got = p.judged()
        expect(got, ('DECISION-SUSPECT', decision['id']), ('GATE-COMPONENT-VERSION', 'openssl'))
        check(not got['go'] and not any(f['accepted'] for f in got['findings']), str(got['findings']))
        anew = [f['id'] for f in got['findings'] if f['rule'].startswith('GATE')][0]
        tool('accept', anew, '--in', p.folder, '--base', 'main', *DECIDED)
        got = p.judged()
        check(got['go'] and [f['id'] for f in got['findings']] == [anew], str(got['findings']))
    project(act)


def test_a_gate_between_two_folders_is_accepted_without_git():
    with tempfile.TemporaryDirectory() as top:
        before, after = os.path.join(top, 'before'), os.path.join(top, 'after')
        for folder, version in ((before, '3.0.15'), (after, '3.5.4')):
            os.mkdir(folder)
            with open(os.path.join(folder, 'bom.cdx.json'), 'w', encoding='utf-8') as f:
                f.write(bill(version))
        finding = json.loads(tool('change', '--json', before, after)[1])['findings'][0]['id']
        code, _, error = tool('accept', finding, '--in', after, '--before', before, *DECIDED)
        check(code == 0, error)
        check(tool('change', before, after)[0] == 0, 'no-go')


def test_what_a_change_of_one_requirement_re_opens():
    def act(p):
        p.edit('assurance/requirements.yaml', 'be answered 403', 'be answered 404')
        got = p.judged()
        check(reopened(got, 'requirements') == {'SEC-001': 'its text changed'}, str(got['reopened']))
        check(reopened(got, 'tests to run again') ==
              {'tests/privilege': 'SEC-001 changed, which tests/privilege verifies'}, str(got['reopened']))
        check(reopened(got, 'hazardous situations') == {'HS-01': 'SEC-001 changed, which controls HS-01'},
              str(got['reopened']))
        check('docs/architecture.md' in reopened(got, 'documents to issue again'), str(got['reopened']))
        check({s['who'] for s in got['signers']} >= {'product owner', 'risk management', 'verification', '@lead'},
              str(got['signers']))
    project(act)


def test_a_changed_section_of_the_architecture_asks_for_its_requirements_tests():
    def act(p):
        p.edit('docs/architecture.md', 'up to 72 h', 'up to 24 h')
        got = p.judged()
        check(list(reopened(got, 'tests to run again')) == ['tests/away'], str(got['reopened']))
        check(not reopened(got, 'hazardous situations'), str(got['reopened']))
    project(act)


def test_faults_that_were_there_before_are_not_held_against_a_change():
    def act(p):
        p.edit('assurance/requirements.yaml', 'verified_by: [tests/away],', '')
        p.commit_on('no test', 2)
        text = START['assurance/requirements.yaml'].replace('verified_by: [tests/away],', '')
        p.write({'assurance/requirements.yaml': text.replace('72 h', '48 h')})
        got = p.judged()
        check(not [f for f in got['findings'] if f['rule'] == 'TRACE-NO-CASE'], str(rules(got)))
        got = p.judged('--base', 'main~1')
        check(('TRACE-NO-CASE', 'SEC-002') in rules(got), str(rules(got)))
        check(('GATE-UNLINKED', 'SEC-002') not in rules(got), 'its test is gone with its only name')
    project(act)


def test_two_commits_compare_as_the_folder_does_and_the_same_history_gives_the_same_bytes():
    def act(p):
        p.write({'sbom.cdx.json': bill('3.5.4')})
        p.edit('assurance/threats.yaml', ', mitigated_by: [SEC-002]', '')
        folder = p.judged()
        p.commit_on('change', 3)
        commit = p.judged('--base', 'main~1', '--at', 'main')
        check(rules(folder) == rules(commit), '%s, %s' % (rules(folder), rules(commit)))
        args = ('--base', 'main~1', '--at', 'main')
        first, second = p.page(*args), p.page(*args)
        check(first == second, 'the page differs')
        other = []
        project(lambda q: (q.write({'sbom.cdx.json': bill('3.5.4')}),
                           q.edit('assurance/threats.yaml', ', mitigated_by: [SEC-002]', ''),
                           q.commit_on('change', 3), other.append(q.page(*args))))
        same = [page.split('\n', 1)[1] for _, page in (first, other[0])]  # the first line names the folder
        check(same[0] == same[1], 'the same history somewhere else gives another page')
    project(act)


def test_the_page_fits_a_terminal_and_says_why():
    def act(p):
        p.write({'sbom.cdx.json': bill('3.5.4')})
        p.edit('assurance/requirements.yaml', 'be answered 403', 'be answered 404')
        code, page = p.page()
        lines = page.split('\n')
        check(code == 1 and any(x.startswith('NO-GO') for x in lines), page)
        check(all(len(x) <= 80 for x in lines), [x for x in lines if len(x) > 80])
        check(len(lines) <= 60, '%d lines' % len(lines))
        for said in ('openssl', '3.0.15 becomes 3.5.4', 'reviews/openssl-3.5.4.md', 'who must sign'):
            check(said in page, said)
    project(act)


def test_two_folders_and_two_files_are_compared_without_git():
    with tempfile.TemporaryDirectory() as folder:
        for name, version in (('before', '3.0.15'), ('after', '3.5.4')):
            os.makedirs(os.path.join(folder, name))
            for file in ('a/' + name, name):
                path = os.path.join(folder, name, 'bom.cdx.json') if file.startswith('a/') else \
                    os.path.join(folder, name + '.cdx.json')
                with open(path, 'w', encoding='utf-8') as f:
                    f.write(bill(version))
        for end in ('', '.cdx.json'):
            done = subprocess.run([TOOL, 'change', '--json', os.path.join(folder, 'before' + end),
                                   os.path.join(folder, 'after' + end)], capture_output=True, text=True, timeout=60)
            check(done.returncode == 1, done.stderr + done.stdout)
            expect(json.loads(done.stdout), ('GATE-COMPONENT-VERSION', 'openssl'))
        empty = os.path.join(folder, 'empty.json')
        with open(empty, 'w', encoding='utf-8') as f:
            f.write('')
        done = subprocess.run([TOOL, 'change', os.path.join(folder, 'before.cdx.json'), empty], capture_output=True,
                              text=True, timeout=60)
        check(done.returncode == 3, 'an empty file compared: exit %d' % done.returncode)


def test_the_published_schema_holds_for_a_page_with_everything_in_it_and_for_no_other():
    """Every other page of these tests is held to it as well, where it is read."""
    schema = schema_of('change.schema.json')
    jsonschema.Draft202012Validator.check_schema(schema)
    report = schema_of('review.schema.json')
    for name in sorted(set(schema['$defs']) & set(report['$defs'])):
        check(schema['$defs'][name] == report['$defs'][name], 'the two schemas differ in ' + name)

    def act(p):
        p.edit('assurance/requirements.yaml', ' boundary: TB-1,', '')  # the boundary has other links, and the same text
        p.edit('assurance/threats.yaml', ', mitigated_by: [SEC-002]', '')
        p.edit('assurance/hazards.yaml', START['assurance/hazards.yaml'], '')
        p.write({'sbom.cdx.json': bill('3.5.4'), 'assurance/controls.yaml':
                 '- {id: CTL-001, requirement: SEC-001, threat: T-01, test: tests/privilege}\n'})
        got = p.judged()
        for name in ('findings', 'changed', 'reopened', 'questions', 'signers'):
            check(got[name], name + ' is empty')
        check({c['what'] for c in got['changed']} == {'new', 'gone', 'text', 'links'}, str(got['changed']))
        for spoil in (lambda x: x.pop('go'), lambda x: x.update(more=1), lambda x: x['changed'][0].update(what='moved'),
                      lambda x: x['findings'][0].update(severity='bad'), lambda x: x['files'].update(new=-1),
                      lambda x: x['reopened'][0].update(kind='all'), lambda x: x['signers'][0].update(who=''),
                      lambda x: x.update(schema='holdfast-review/1'), lambda x: x['findings'][0].pop('place')):
            other = copy.deepcopy(got)
            spoil(other)
            check(not SCHEMA.is_valid(other), 'the schema takes %s' % json.dumps(other)[:200])
    project(act)


def cpu_s(folder, components):
    def name(n):
        return os.path.join(folder, '%d-%s.cdx.json' % (components, n))
    for n, version in (('old', '1'), ('new', '2')):
        with open(name(n), 'w', encoding='utf-8') as f:
            json.dump({'bomFormat': 'CycloneDX', 'specVersion': '1.5', 'components': [
                {'type': 'library', 'bom-ref': 'c%d' % i, 'name': 'same', 'version': '%s.%d' % (version, i)}
                for i in range(components)],
                'dependencies': [{'ref': 'c%d' % i, 'dependsOn': ['c0', 'c%d' % (i // 2)]}
                                 for i in range(1, components)]}, f)
    least = None
    for _ in range(3):
        was = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([TOOL, 'change', '--json', name('old'), name('new')], capture_output=True, text=True,
                              timeout=100)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        check(done.returncode == 1 and len(json.loads(done.stdout)['findings']) >= components, done.stderr)
        took = now.ru_utime + now.ru_stime - was.ru_utime - was.ru_stime
        least = took if least is None or took < least else least
    return least


def test_eight_times_the_components_cost_no_square():
    """All of one name, all new, one of them needed by all the others: where a square would hide."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = cpu_s(folder, 2000), cpu_s(folder, 16000)
        print('# %.3f s for 2,000, %.3f s for 16,000' % (small, large))
        check(large < 24 * small, '%.3f s for 2,000, %.3f s for 16,000' % (small, large))


if shutil.which('git') is None:
    print('1..0 # SKIP no git')
    sys.exit(0)
main([
    test_nothing_changed_is_go,
    test_a_library_bumped_without_a_record_is_no_go_and_with_one_go,
    test_the_record_may_stand_in_a_list,
    test_same_version_with_other_bytes_is_critical_and_no_older_record_covers_it,
    test_a_new_part_below_a_component_that_faces_a_boundary_is_named_so,
    test_a_new_flow_across_a_boundary_needs_a_threat,
    test_a_weaker_channel_is_no_go_unless_somebody_decided,
    test_a_loss_that_others_hide_is_told_and_a_move_is_none,
    test_a_gate_is_opened_by_a_decision_about_this_change_and_shut_again_by_another,
    test_a_gate_between_two_folders_is_accepted_without_git,
    test_what_a_change_of_one_requirement_re_opens,
    test_a_changed_section_of_the_architecture_asks_for_its_requirements_tests,
    test_faults_that_were_there_before_are_not_held_against_a_change,
    test_two_commits_compare_as_the_folder_does_and_the_same_history_gives_the_same_bytes,
    test_the_page_fits_a_terminal_and_says_why,
    test_two_folders_and_two_files_are_compared_without_git,
    test_the_published_schema_holds_for_a_page_with_everything_in_it_and_for_no_other,
    test_eight_times_the_components_cost_no_square,
])
