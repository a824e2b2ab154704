#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Two builds of the image, held against each other file by file (script/image --twice).

Signatures hold the time at which they were made and are taken off first; all that they sign must be the same, and the disk but for them.
  twice.py OUT OUT
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine as m  # noqa: E402
import version  # noqa: E402
from harness import Failed, check, run  # noqa: E402

ROOTS = ('root_1.img', 'root_2.img')
KERNELS = ('holdfast_1.unsigned.efi', 'holdfast_2.unsigned.efi')
SIGNED = ('holdfast_1.efi', 'holdfast_2.efi', 'loader.efi')
SAME = ROOTS + KERNELS + ('root.files', 'initrd.files', 'kernel.config.zst', 'modules.builtin', 'layout.json', 'enrol/PK.esl', 'enrol/KEK.esl', 'enrol/db.esl')
NOT_COMPARED = {'build.log'}  # what the compiler said
ESP_FILES = ('::/EFI/BOOT/BOOTX64.EFI', '::/EFI/Linux/holdfast-a.efi', '::/loader/loader.conf')


def tree(folder):
    """{path: what it is} below a folder."""
    found = {}
    for at, folders, files in os.walk(folder):
        for n in folders + files:
            path = os.path.join(at, n)
            s = os.lstat(path)
            what = os.readlink(path) if os.path.islink(path) else open(path, 'rb').read() if os.path.isfile(path) else b''
            found[os.path.relpath(path, folder)] = (s.st_mode, int(s.st_mtime), what)
    return found


def unpacked(image, into):
    run('unsquashfs', '-q', '-n', '-d', into, image)
    return tree(into)


def members(archive):
    """{name: (head, content)} of an initramfs."""
    data, at, found = subprocess.run(['zstd', '-dc'], input=archive.rstrip(b'\0'), capture_output=True).stdout, 0, {}
    while data[at:at + 6] == b'070701':
        fields = [int(data[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
        name = data[at + 110:at + 110 + fields[11] - 1].decode()
        head, at = data[at:at + 110], (at + 110 + fields[11] + 3) & ~3
        found[name] = (head, data[at:at + fields[6]])
        at = (at + fields[6] + 3) & ~3
    return found


def other(a, b):
    return sorted(n for n in a.keys() | b.keys() if a.get(n) != b.get(n))


def parts_of(name, one, two, folder):
    """In words: where two files differ."""
    if name in ROOTS:
        try:
            return 'in it: %s' % (other(*(unpacked(f, os.path.join(folder, n)) for f, n in ((one, 'a'), (two, 'b')))) or 'order, padding or hash tree')
        except Failed as e:
            return 'it cannot be unpacked: %s' % e
    if name in KERNELS:
        a, b = open(one, 'rb').read(), open(two, 'rb').read()
        cut = lambda pe, n: pe[version.section(pe, n)[0]:][:version.section(pe, n)[1]]  # noqa: E731
        sections = [n for n in (b'.osrel', b'.cmdline', b'.uname', b'.sbat', b'.linux', b'.initrd') if cut(a, n) != cut(b, n)]
        inside = other(members(cut(a, b'.initrd')), members(cut(b, b'.initrd'))) if b'.initrd' in sections else []
        return 'in it: %s %s' % ([n.decode() for n in sections] or 'its head', inside or '')
    return ''


def bare(path, folder):
    """A signed program without its signature."""
    out = os.path.join(folder, 'bare')
    shutil.copyfile(path, out)
    run('sbattach', '--remove', out)
    return open(out, 'rb').read()


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def from_esp(disk, name, folder):
    out = os.path.join(folder, 'from-esp')
    run('mcopy', '-n', '-o', '-i', '%s@@%d' % (disk, m.layout()['esp_at']), name, out)
    return bare(out, folder) if name.lower().endswith('.efi') else open(out, 'rb').read()


def without_signed(disk, folder):
    """The disk with nothing in the places of what is signed."""
    data, out = open(disk, 'rb').read(), os.path.join(folder, 'from-esp')
    for name in ESP_FILES[:2]:
        run('mcopy', '-n', '-o', '-i', '%s@@%d' % (disk, m.layout()['esp_at']), name, out)
        content = open(out, 'rb').read()
        check(data.count(content) == 1, name + ' does not lie in one piece')
        data = data.replace(content, bytes(len(content)))
    return data


def promised(out):
    """What a verifier is told, but for the digest of what was signed."""
    return [{k: v for k, v in i.items() if k != 'sha256'} for i in json.load(open(os.path.join(out, 'expected.json')))['images']]


def compare(one, two, folder):
    """-> [(file, digest if it is the same, else None, words)]"""
    at = lambda n: (os.path.join(one, n), os.path.join(two, n))  # noqa: E731
    rows = []

    def row(name, a, b, words=''):
        rows.append((name, digest(a) if a == b else None, words))
    for name in SAME:
        a, b = (open(f, 'rb').read() for f in at(name))
        row(name, a, b, parts_of(name, *at(name), tempfile.mkdtemp(dir=folder)) if a != b else '')
    for name in SIGNED:
        row(name + ' without its signature', *(bare(f, folder) for f in at(name)))
    row('expected.json but for sha256 of what is signed', *(json.dumps(promised(o)).encode() for o in (one, two)))
    for name in ESP_FILES:
        row('disk.img: %s without a signature' % name[3:], *(from_esp(f, name, folder) for f in at('disk.img')))
    row('disk.img but for these two', *(without_signed(f, folder) for f in at('disk.img')))
    return rows


def main(one, two):
    seen = {f for o in (one, two) for f, w, _ in [(os.path.relpath(os.path.join(d, n), o), 0, 0) for d, _, files in os.walk(o) for n in files]}
    unknown = sorted(seen - set(SAME) - set(SIGNED) - NOT_COMPARED - {'expected.json', 'disk.img'})
    with tempfile.TemporaryDirectory(prefix='holdfast-twice-') as folder:
        rows = compare(one, two, folder)
        # The control: a bit of each kind of file, changed, is seen and named.
        planted = os.path.join(folder, 'planted')
        shutil.copytree(one, planted)
        for name, place in (('root_1.img', 1 << 20), ('holdfast_2.unsigned.efi', 8 << 20), ('holdfast_1.efi', 8 << 20), ('disk.img', m.layout()['slot_a_at'] + 4096)):
            m.flip_bit(os.path.join(planted, name), place)
        blind = 4 - sum(found is None for _, found, _ in compare(one, planted, folder))
    for name, found, words in rows:
        print('%-9s %-58s %s' % ('same' if found else 'DIFFERENT', name, found or words))
    for name in unknown:
        print('UNKNOWN   %s is not compared' % name)
    different = sum(found is None for _, found, _ in rows)
    if blind:
        print('BLIND     %d of 4 changed bits were not seen' % blind)
    print('image: %d of %d the same in two builds' % (len(rows) - different, len(rows)))
    sys.exit(bool(different or unknown or blind))


if __name__ == '__main__':
    main(*sys.argv[1:])
