#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Req: HF-SEC-003 on a network of the test's own: two namespaces, a wire between them, a capture on it.

What leaves the device, byte by byte: nothing but TCP and TLS handshake bytes until the pinned handshake is done, nothing
to anybody but the cloud, and with the egress list of `holdfast-oximeter egress` nothing else could.
"""
import contextlib
import os
import pwd
import shutil
import struct
import subprocess
import time

from harness import OXIMETER, PATIENCE_S, Cloud, Device, Program, bench, check, main, run, wait_for
from twins import Authority

DEV, CLD = 'hfdev%d' % os.getpid(), 'hfcld%d' % os.getpid()
DEV_IP, CLD_IP = '10.251.7.1', '10.251.7.2'
IN_DEV, IN_CLD = ['ip', 'netns', 'exec', DEV], ['ip', 'netns', 'exec', CLD]


def missing():
    if os.geteuid() != 0:
        return 'needs root for network namespaces'
    for tool in ('ip', 'tcpdump', 'nft'):
        if not shutil.which(tool) and not os.path.exists('/usr/sbin/' + tool):
            return 'needs ' + tool
    if subprocess.run(['ip', 'netns', 'add', DEV], capture_output=True).returncode:
        return 'this machine gives no network namespaces'
    run('ip', 'netns', 'del', DEV)


@contextlib.contextmanager
def wire(b):
    for n in (DEV, CLD):
        run('ip', 'netns', 'add', n)
    try:
        run('ip', 'link', 'add', 'hfd', 'netns', DEV, 'type', 'veth', 'peer', 'name', 'hfc', 'netns', CLD)
        for inside, link, address in ((IN_DEV, 'hfd', DEV_IP), (IN_CLD, 'hfc', CLD_IP)):
            run(*inside, 'ip', 'addr', 'add', address + '/24', 'dev', link)
            run(*inside, 'ip', 'link', 'set', link, 'up')
            run(*inside, 'ip', 'link', 'set', 'lo', 'up')
        yield
    finally:
        b.close()
        for n in (DEV, CLD):
            subprocess.run(['ip', 'netns', 'del', n], capture_output=True)


class Capture:
    def __init__(self, b):
        self.path = os.path.join(b.folder, 'wire.pcap')
        self.program = Program(IN_DEV + ['tcpdump', '-i', 'hfd', '-s', '0', '-U', '--immediate-mode', '-w', self.path, 'ip'])
        b.things.append(self)
        wait_for('tcpdump to listen', lambda: any('listening' in l for l in self.program.log.other))

    def stop(self):
        self.program.end()

    def sent(self):
        """Packets that left the device: (destination, port, TCP payload); port 0: not TCP."""
        last = b'nothing of the device is after this'
        run(*IN_DEV, '/usr/bin/python3', '-c', 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(%r, (%r, 9))'
            % (last, CLD_IP))
        wait_for('what was sent last to reach the file', lambda: last in open(self.path, 'rb').read())
        self.stop()
        data = open(self.path, 'rb').read()
        order = '<' if data[:4] == b'\xd4\xc3\xb2\xa1' else '>'
        at, out = 24, []
        while at + 16 <= len(data):
            length = struct.unpack(order + 'IIII', data[at:at + 16])[2]
            frame = data[at + 16:at + 16 + length]
            at += 16 + length
            ip = frame[14:]
            if len(ip) < 20 or ip[0] >> 4 != 4:
                continue
            source, target = ['.'.join(map(str, ip[i:i + 4])) for i in (12, 16)]
            if source != DEV_IP:
                continue
            total, head = struct.unpack('>H', ip[2:4])[0], (ip[0] & 15) * 4
            if last in ip:
                break
            if ip[9] != 6:
                out.append((target, 0, ip[head:total]))
                continue
            tcp = ip[head:total]
            out.append((target, struct.unpack('>H', tcp[2:4])[0], tcp[(tcp[12] >> 4) * 4:]))
        return out


def cloud_and_device(b):
    cloud = Cloud(os.path.join(b.folder, 'cloud'), CLD_IP, IN_CLD)
    b.things.append(cloud)
    cloud.serve()
    device = Device(os.path.join(b.folder, 'device'), IN_DEV).enrol(cloud, 'wired')
    b.things.append(device)
    return cloud, device


IMPOSTOR = '''
import socket, ssl, sys
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
c.minimum_version = ssl.TLSVersion.TLSv1_3
c.load_cert_chain(sys.argv[1], sys.argv[2])
c.set_alpn_protocols(['holdfast/1'])
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('%s', int(sys.argv[3])))
s.listen(8)
print('ready', flush=True)
for _ in range(200):
    p, _ = s.accept()
    p.settimeout(5)
    try:
        c.wrap_socket(p, server_side=True).recv(65536)
    except Exception:
        pass
    p.close()
''' % CLD_IP


def test_before_the_pinned_handshake_only_handshake_bytes_leave():
    with bench() as b, wire(b):
        cloud, device = cloud_and_device(b)
        port = cloud.ports['device']
        cloud.stop()
        cert, key = Authority(os.path.join(b.folder, 'other')).server()
        script = os.path.join(b.folder, 'impostor.py')
        open(script, 'w').write(IMPOSTOR)
        impostor = Program(IN_CLD + ['/usr/bin/python3', script, cert, key, str(port)])
        b.things.append(type('T', (), {'stop': lambda self: impostor.end()})())
        wait_for('the impostor', lambda: impostor.out)
        capture = Capture(b)
        device.start('--for', '600')
        wait_for('the device to have met it', lambda: 'not_trusted' in (device.status() or {}).get('notes', []))
        device.stop()
        hello = sealed = 0
        for target, to, payload in capture.sent():
            check((target, to) == (CLD_IP, port), 'the device spoke to %s port %d: %r' % (target, to, payload[:40]))
            if not payload:
                continue
            check(payload[0] in (0x14, 0x15, 0x16, 0x17) and payload[1] == 3, 'not a TLS record: %r' % payload[:40])
            check(b'POST' not in payload and device.id.encode() not in payload, 'said in the clear: %r' % payload[:60])
            hello += payload[0] == 0x16
            if payload[0] == 0x17:  # in TLS 1.3 the refusal itself is an encrypted alert: two bytes in its record
                sealed = max(sealed, len(payload))
        check(hello > 0, 'the capture saw no handshake at all: %r' % [(t, p, d[:8]) for t, p, d in capture.sent()][:12])
        check(sealed < 64, '%d encrypted bytes went to an impostor' % sealed)


def test_all_that_leaves_goes_to_the_cloud_as_tls_records():
    with bench() as b, wire(b):
        cloud, device = cloud_and_device(b)
        capture = Capture(b)
        device.start('--batches', '3', '--once')
        check(device.program.wait() == 0, 'not everything was acknowledged: ' + device.program.log.tail())
        carried = 0
        for target, to, payload in capture.sent():
            check((target, to) == (CLD_IP, cloud.ports['device']), 'the device spoke to %s port %d' % (target, to))
            check(device.id.encode() not in payload and b'Holdfast-Nonce' not in payload, 'in the clear: %r' % payload[:60])
            carried += len(payload)
        check(carried > 1000, 'the capture saw %d bytes only' % carried)


def test_with_its_egress_list_courier_can_reach_nothing_but_the_cloud():
    with bench() as b, wire(b):
        cloud, device = cloud_and_device(b)
        rules = run(OXIMETER, 'egress', '--root', device.root).stdout
        run(*IN_DEV, 'nft', '-f', '-', stdin=rules)
        courier = pwd.getpwnam('holdfast-courier').pw_uid
        reach = ('import os,socket,sys; os.setuid(%d); s=socket.socket(); s.settimeout(float(sys.argv[2]))\n'
                 'try: s.connect(("%s", int(sys.argv[1])))\nexcept OSError: sys.exit(1)' % (courier, CLD_IP))
        tried, patience = {}, PATIENCE_S / 2
        for name in ('device', 'enrol', 'people'):
            began = time.monotonic()
            tried[name] = run(*IN_DEV, '/usr/bin/python3', '-c', reach, str(cloud.ports[name]), str(patience),
                              code=None).returncode == 0
            patience = 2 + 5 * (time.monotonic() - began)  # the first is let through, and is the measure of the others
        check(tried == {'device': True, 'enrol': False, 'people': False}, 'courier reached %r' % tried)
        device.start('--batches', '2', '--once')
        check(device.program.wait() == 0, 'under its egress list the device cannot deliver: ' + device.program.log.tail())


why = missing()
claims = [test_before_the_pinned_handshake_only_handshake_bytes_leave,
          test_all_that_leaves_goes_to_the_cloud_as_tls_records,
          test_with_its_egress_list_courier_can_reach_nothing_but_the_cloud]
if why:
    for i, c in enumerate(claims):
        print('ok %d - %s # skip %s' % (i + 1, c.__name__, why))
else:
    main(claims)
