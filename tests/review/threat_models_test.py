#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Two threat models of another tool, compared: what the change did to boundaries, flows and mitigations.

threat_models_test.py HOLDFAST_REVIEW. One small system (a pump on a ward, a gate and a store in a cloud) written as
Threagile, OTM and Threat Dragon write it; each change is made in all three, and the findings are the same but for ids.
"""
import copy
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'integration'))
from harness import check, main  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])


class Threagile:
    file, upload, keep, risk = 'threagile.yaml', 'pump>upload', 'gate>keep', 'read-on-the-way@pump>upload'

    def __init__(self):
        self.model = {
            'threagile_version': '1.0.0', 'title': 'Pump',
            'technical_assets': {
                'Pump': {'id': 'pump', 'communication_links': {'Upload': {
                    'target': 'gate', 'protocol': 'https', 'authentication': 'client-certificate'}}},
                'Printer': {'id': 'printer'},
                'Gate': {'id': 'gate', 'communication_links': {'Keep': {
                    'target': 'store', 'protocol': 'sql-access-protocol-encrypted', 'authentication': 'credentials'}}},
                'Store': {'id': 'store'}},
            'trust_boundaries': {'Ward': {'id': 'ward', 'technical_assets_inside': ['pump', 'printer']},
                                 'Cloud': {'id': 'cloud', 'technical_assets_inside': ['gate', 'store']}},
            'risk_tracking': {self.risk: {'status': 'mitigated', 'justification': 'TLS with two roots'}}}

    def link(self, asset, name):
        return self.model['technical_assets'][asset]['communication_links'][name]

    def add_boundary_around_store(self):
        self.model['trust_boundaries']['Cloud']['technical_assets_inside'].remove('store')
        self.model['trust_boundaries']['Cloud']['trust_boundaries_nested'] = ['net']
        self.model['trust_boundaries']['Net'] = {'id': 'net', 'technical_assets_inside': ['store']}

    def remove_ward(self):
        del self.model['trust_boundaries']['Ward']

    def add_flow(self, of, to):
        self.model['technical_assets'][of.capitalize()].setdefault('communication_links', {})['More'] = {'target': to}
        return of + '>more'

    def weaken_protocol(self):
        self.link('Pump', 'Upload')['protocol'] = 'http'

    def weaken_encryption(self):
        self.link('Gate', 'Keep')['protocol'] = 'sql-access-protocol'

    def weaken_authentication(self):
        self.link('Pump', 'Upload')['authentication'] = 'credentials'

    def set_state(self, state):
        self.model['risk_tracking'][self.risk]['status'] = {'open': 'unchecked', 'accepted': 'accepted',
                                                           'aside': 'false-positive'}[state]

    def add_threat_to(self, flow):
        self.model['risk_tracking']['forged@' + flow] = {'status': 'mitigated', 'justification': 'signatures'}


class Otm:
    file, upload, keep, risk = 'model.otm', 'upload', 'keep', 'T-1@upload'

    def __init__(self):
        def part(i, zone):
            return {'id': i, 'name': i.capitalize(), 'type': 'x', 'parent': {'trustZone': zone}}
        self.model = {
            'otmVersion': '0.2.0', 'project': {'name': 'Pump', 'id': 'p'},
            'trustZones': [{'id': 'ward', 'name': 'Ward', 'risk': {'trustRating': 1}},
                           {'id': 'cloud', 'name': 'Cloud', 'risk': {'trustRating': 9}}],
            'components': [part('pump', 'ward'), part('printer', 'ward'), part('gate', 'cloud'), part('store', 'cloud')],
            'dataflows': [
                {'id': 'upload', 'name': 'Upload', 'source': 'pump', 'destination': 'gate',
                 'attributes': {'protocol': 'HTTPS', 'authentication': 'client certificate'},
                 'threats': [{'threat': 'T-1', 'state': 'mitigated',
                              'mitigations': [{'mitigation': 'M-1', 'state': 'implemented'}]}]},
                {'id': 'keep', 'name': 'Keep', 'source': 'gate', 'destination': 'store',
                 'attributes': {'protocol': 'JDBC, encrypted'}}],
            'threats': [{'id': 'T-1', 'name': 'Read on the way', 'risk': {'likelihood': 1, 'impact': 1}}],
            'mitigations': [{'id': 'M-1', 'name': 'TLS with two roots', 'riskReduction': 9}]}

    def add_boundary_around_store(self):
        self.model['trustZones'].append({'id': 'net', 'name': 'Net', 'parent': {'trustZone': 'cloud'},
                                         'risk': {'trustRating': 10}})
        self.model['components'][3]['parent'] = {'trustZone': 'net'}

    def remove_ward(self):
        del self.model['trustZones'][0]

    def add_flow(self, of, to):
        self.model['dataflows'].append({'id': 'more', 'name': 'More', 'source': of, 'destination': to})
        return 'more'

    def weaken_protocol(self):
        self.model['dataflows'][0]['attributes']['protocol'] = 'HTTP'

    def weaken_encryption(self):
        self.model['dataflows'][1]['attributes']['protocol'] = 'JDBC'

    def weaken_authentication(self):
        self.model['dataflows'][0]['attributes']['authentication'] = 'password'

    def set_state(self, state):
        met = self.model['dataflows'][0]['threats'][0]
        met['state'] = {'open': 'exposed', 'accepted': 'accepted', 'aside': 'not applicable'}[state]
        met['mitigations'][0]['state'] = 'recommended'

    def add_threat_to(self, flow):
        self.model['threats'].append({'id': 'T-2', 'name': 'Forged', 'risk': {'likelihood': 1, 'impact': 1}})
        self.model['dataflows'][2]['threats'] = [{'threat': 'T-2', 'state': 'mitigated', 'mitigations': [
            {'mitigation': 'M-1', 'state': 'implemented'}]}]


class Dragon:
    file, upload, keep, risk = 'dragon.json', 'upload', 'keep', 't1'

    def __init__(self):
        def cell(i, shape, x, width, **data):
            return {'id': i, 'shape': shape, 'position': {'x': x, 'y': 100}, 'size': {'width': width, 'height': 50},
                    'data': dict(data, name=i.capitalize())}
        self.cells = [
            {'id': 'ward', 'shape': 'trust-boundary-curve', 'source': {'x': 150, 'y': 0}, 'target': {'x': 150, 'y': 300},
             'vertices': [{'x': 160, 'y': 150}], 'data': {'name': 'Ward'}},
            dict(cell('cloud', 'trust-boundary-box', 190, 400), size={'width': 400, 'height': 300},
                 position={'x': 190, 'y': 0}),
            cell('pump', 'actor', 0, 50), cell('printer', 'actor', 70, 50), cell('gate', 'process', 200, 50),
            cell('store', 'store', 300, 50),
            self.flow('upload', 'pump', 'gate', protocol='HTTPS', isEncrypted=True, threats=[
                {'id': 't1', 'title': 'Read on the way', 'status': 'Mitigated', 'mitigation': 'TLS with two roots'}]),
            self.flow('keep', 'gate', 'store', protocol='JDBC', isEncrypted=True)]
        self.model = {'version': '2.2.0', 'summary': {'title': 'Pump'},
                      'detail': {'diagrams': [{'id': 0, 'title': 'All', 'cells': self.cells}]}}

    def flow(self, i, of, to, **data):
        return {'id': i, 'shape': 'flow', 'source': {'cell': of}, 'target': {'cell': to},
                'data': dict(data, name=i.capitalize())}

    def add_boundary_around_store(self):
        self.cells.append({'id': 'net', 'shape': 'trust-boundary-box', 'position': {'x': 290, 'y': 90},
                           'size': {'width': 70, 'height': 70}, 'data': {'name': 'Net'}})

    def remove_ward(self):
        del self.cells[0]

    def add_flow(self, of, to):
        self.cells.append(self.flow('more', of, to))
        return 'more'

    def weaken_protocol(self):
        self.cells[6]['data']['protocol'] = 'HTTP'

    def weaken_encryption(self):
        self.cells[7]['data']['isEncrypted'] = False

    weaken_authentication = None  # the tool has no field for it

    def set_state(self, state):
        self.cells[6]['data']['threats'][0]['status'] = {'open': 'Open', 'accepted': 'Accepted',
                                                         'aside': 'NotApplicable'}[state]

    def add_threat_to(self, flow):
        self.cells[8]['data']['threats'] = [{'id': 't2', 'title': 'Forged', 'status': 'Mitigated',
                                             'mitigation': 'signatures'}]


def judged(before, after):
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for side, m in (('before', before), ('after', after)):
            os.mkdir(os.path.join(folder, side))
            paths.append(os.path.join(folder, side, m.file))
            with open(paths[-1], 'w', encoding='utf-8') as f:
                json.dump(m.model, f, indent=1)
        done = subprocess.run([TOOL, 'change', *paths, '--json'], capture_output=True, text=True, timeout=60)
    check(done.returncode in (0, 1), done.stderr)
    got = json.loads(done.stdout)
    check(got['go'] == (done.returncode == 0), 'exit %d, go %s' % (done.returncode, got['go']))
    return got


def gates(got):
    return sorted((f['rule'], f['subject']) for f in got['findings'] if f['rule'].startswith(('GATE-', 'RISK-')))


def each(change, expected, formats=(Threagile, Otm, Dragon)):
    """`change` edits a model and may answer what `expected` needs to name the findings."""
    for f in formats:
        before, after = f(), f()
        told = change(after)
        wanted = sorted(expected(after, told))
        got = judged(before, after)
        check(gates(got) == wanted, '%s: found %s, expected %s' % (f.__name__, gates(got), wanted))
        check(got['go'] == (not got['findings']) and not (got['go'] and wanted), '%s: go is %s' % (f.__name__, got['go']))


def test_the_same_model_is_go_and_the_three_tell_the_same():
    each(lambda m: None, lambda m, _: [])


def test_a_boundary_that_is_new_or_gone_is_found():
    each(lambda m: m.add_boundary_around_store(),
         lambda m, _: [('GATE-BOUNDARY-NEW', 'net'), ('GATE-FLOW-NEW', m.keep)])
    each(lambda m: m.remove_ward(), lambda m, _: [('GATE-BOUNDARY-REMOVED', 'ward')])


def test_a_new_flow_across_a_boundary_needs_a_threat_and_one_inside_does_not():
    each(lambda m: m.add_flow('printer', 'gate'), lambda m, flow: [('GATE-FLOW-NEW', flow)])
    each(lambda m: m.add_flow('pump', 'printer'), lambda m, _: [])
    each(lambda m: m.add_threat_to(m.add_flow('printer', 'gate')), lambda m, _: [])


def test_a_weaker_protocol_or_authentication_is_found():
    each(lambda m: m.weaken_protocol(), lambda m, _: [('GATE-PROTOCOL-WEAKER', m.upload)])
    each(lambda m: m.weaken_encryption(), lambda m, _: [('GATE-PROTOCOL-WEAKER', m.keep)])
    each(lambda m: m.weaken_authentication(), lambda m, _: [('GATE-AUTH-WEAKER', m.upload)], (Threagile, Otm))


def test_a_mitigation_that_is_taken_back_is_found():
    def removed(m, _):
        # A control of its own is gone; one of a catalogue only mitigates no more.
        return [('GATE-MITIGATION-REMOVED', m.risk if m.file == Otm.file else m.risk + '/mitigation')]
    each(lambda m: m.set_state('open'), removed)
    each(lambda m: m.set_state('accepted'), lambda m, _: removed(m, _) + [('RISK-ACCEPTED', m.risk)])
    each(lambda m: m.set_state('aside'),
         lambda m, _: [('GATE-RISK-REMOVED', m.risk)] + (removed(m, _) if m.file != Otm.file else []))


def test_a_change_of_words_alone_is_go():
    for f in (Threagile, Otm, Dragon):
        after = f()
        text = json.dumps(after.model).replace('two roots', 'two pinned roots')
        after.model = json.loads(text)
        got = judged(f(), after)
        check(not gates(got) and got['changed'], '%s: %s' % (f.__name__, got['findings']))
        check(copy.deepcopy(after.model) != f().model, 'nothing was changed')


main([v for k, v in list(globals().items()) if k.startswith('test_')])
