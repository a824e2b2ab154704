# SPDX-License-Identifier: Apache-2.0
"""A version that differs from a built one in files of its root, and is signed as that one is: what a maker could release by mistake.

No tool of the image's build is needed: the root is packed again and padded to the length that it had, its hash tree is made here,
and hash and salt take the place of the old ones, of the same length, in the kernel image and its initramfs.
"""
import hashlib
import json
import os
import shutil
import struct
import subprocess

import machine as m
from harness import check, run

BLOCK = 4096
# A program whose verb `run` does nothing, for ever: pause() again and again; any other ends with 1. ELF header, one segment, code.
_CODE = (b'\x48\x8b\x44\x24\x10\x80\x38r\x75\x09'  # rax = argv[1]; on, unless it begins with r
         b'\xb8\x22\x00\x00\x00\x0f\x05\xeb\xf7'  # pause(), again
         b'\xbf\x01\x00\x00\x00\xb8\x3c\x00\x00\x00\x0f\x05')  # exit(1)
HANGS = (b'\x7fELF\2\1\1' + bytes(9) + struct.pack('<HHIQQQIHHHHHH', 2, 62, 1, 0x400078, 64, 0, 0, 64, 56, 1, 0, 0, 0) +
         struct.pack('<IIQQQQQQ', 1, 5, 0, 0x400000, 0x400000, 120 + len(_CODE), 120 + len(_CODE), 4096) + _CODE)


def hash_tree(data, salt):
    """-> (root hash, tree) of dm-verity with SHA-256 and blocks of 4096 bytes, without its own header."""
    digest = lambda block: hashlib.sha256(salt + block).digest()  # noqa: E731
    level, levels = data, []
    while len(level) > BLOCK:
        level = b''.join(digest(level[i:i + BLOCK]) for i in range(0, len(level), BLOCK))
        level += bytes(-len(level) % BLOCK)
        levels.append(level)
    return digest(level).hex(), b''.join(reversed(levels))


def replaced(data, pairs):
    for old, new in pairs:
        check(data.count(old) == 1 and len(old) == len(new), '%r is there %d times' % (old, data.count(old)))
        data = data.replace(old, new)
    return data


def section(pe, name):
    """(where, length) of a section of a program for the firmware."""
    head = struct.unpack_from('<I', pe, 0x3c)[0]
    count, optional = struct.unpack_from('<H', pe, head + 6)[0], struct.unpack_from('<H', pe, head + 20)[0]
    for i in range(count):
        found, length, _, _, at = struct.unpack_from('<8sIIII', pe, head + 24 + optional + 40 * i)
        if found.rstrip(b'\0') == name:
            return at, length
    raise LookupError('no section %s' % name.decode())


def altered(version, files, folder):
    """-> (root image, signed kernel image) of this version with other files: {path in the root: bytes}."""
    built = next(i for i in json.load(open(os.path.join(m.OUT, 'expected.json')))['images'] if i['version'] == version)
    whole, length = open(os.path.join(m.OUT, 'root_%d.img' % version), 'rb').read(), built['root_data_len']
    pe = open(os.path.join(m.OUT, 'holdfast_%d.unsigned.efi' % version), 'rb').read()
    old_salt = hashlib.sha256(whole[:length]).hexdigest()
    check(hash_tree(whole[:length], bytes.fromhex(old_salt)) == (built['root_hash'], whole[length:]), 'the hash tree made here is not the one of the build')

    tree, root, kernel, signed = (os.path.join(folder, n) for n in ('altered', 'altered.img', 'altered.efi', 'altered.signed.efi'))
    run('unsquashfs', '-q', '-n', '-d', tree, os.path.join(m.OUT, 'root_%d.img' % version))
    for name, data in files.items():
        check(os.path.isfile(os.path.join(tree, name)), 'the root has no ' + name)
        with open(os.path.join(tree, name), 'wb') as f:
            f.write(data)
    run('mksquashfs', tree, root, '-comp', 'zstd', '-all-root', '-no-xattrs', '-noappend', '-quiet', '-no-progress')
    shutil.rmtree(tree)
    data = open(root, 'rb').read()
    check(len(data) <= length, 'the altered root is longer')
    data += bytes(length - len(data))
    salt = hashlib.sha256(data).hexdigest()
    top, hashes = hash_tree(data, bytes.fromhex(salt))
    with open(root, 'wb') as f:
        f.write(data + hashes)

    pairs = [(built['root_hash'].encode(), top.encode()), (old_salt.encode(), salt.encode())]
    at, size = section(pe, b'.initrd')
    initramfs = subprocess.run(['zstd', '-dc'], input=pe[at:at + size].rstrip(b'\0'), capture_output=True).stdout
    packed = subprocess.run(['zstd', '-q', '-19', '-c'], input=replaced(initramfs, pairs), capture_output=True, check=True).stdout
    check(len(packed) <= size, 'the altered initramfs is longer')
    pe = pe[:at] + packed + bytes(size - len(packed)) + pe[at + size:]
    with open(kernel, 'wb') as f:
        f.write(replaced(pe, pairs))
    run('sbsign', '--key', os.path.join(m.KEYS, 'db.key'), '--cert', os.path.join(m.KEYS, 'db.crt'), '--output', signed, kernel)
    return root, signed
