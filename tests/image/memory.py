# SPDX-License-Identifier: Apache-2.0
"""The processes and sockets of a guest, read from its memory: no program in the guest takes part, and none can lie.

Where things lie in the kernel's structures is told by the kernel's own type information (BTF), which comes with its file. Memory
is the machine's from address 0 on; the kernel's window onto all of it begins at an address that is drawn at each
start and found here by the first process.
"""
import glob
import mmap
import os
import struct
import subprocess

from machine import TOP

STAGE = os.path.join(TOP, 'build/image/stage')
TCP_LISTEN, AF_UNIX, AF_INET, S_IFMT, S_IFSOCK = 10, 1, 2, 0o170000, 0o140000
STRUCT, UNION, TYPEDEF, CONST, VOLATILE = 4, 5, 8, 10, 9
EXTRA = {1: 4, 3: 12, 14: 4, 17: 4}  # bytes behind a type, by kind
EACH = {4: 12, 5: 12, 6: 8, 13: 8, 15: 12, 19: 12}  # and for each of its members


class Types:
    """Offsets of members, by name, from a kernel's file."""

    def __init__(self):
        packed = open(glob.glob(os.path.join(STAGE, 'boot/vmlinuz-*'))[0], 'rb').read()
        kernel = subprocess.run(['zstd', '-dc'], input=packed[packed.index(b'\x28\xb5\x2f\xfd'):], capture_output=True).stdout
        at = kernel.index(struct.pack('<HBBI', 0xeb9f, 1, 0, 24))
        types_at, types_len, text_at, text_len = struct.unpack_from('<IIII', kernel, at + 8)
        self.raw = kernel[at + 24 + types_at:at + 24 + types_at + types_len]
        self.text = kernel[at + 24 + text_at:at + 24 + text_at + text_len]
        self.where, self.structs, at = [None], {}, 0
        while at < len(self.raw):
            name, info = struct.unpack_from('<II', self.raw, at)
            kind = info >> 24 & 31
            if kind == STRUCT:
                self.structs.setdefault(self._text(name), len(self.where))
            self.where.append(at)
            at += 12 + EXTRA.get(kind, 0) + EACH.get(kind, 0) * (info & 0xffff)

    def _text(self, at):
        return self.text[at:self.text.index(b'\0', at)].decode()

    def _members(self, number):
        at = self.where[number]
        _, info, _ = struct.unpack_from('<III', self.raw, at)
        for i in range(info & 0xffff):
            name, kind, offset = struct.unpack_from('<III', self.raw, at + 12 + 12 * i)
            yield self._text(name), kind, (offset & 0xffffff if info >> 31 else offset) // 8

    def _find(self, number, member):
        for name, kind, offset in self._members(number):
            if name == member:
                return offset, kind
            if not name:  # a structure without a name: its members are ours
                deeper = self._find(kind, member)
                if deeper:
                    return offset + deeper[0], deeper[1]
        return None

    def offset(self, struct_name, *members):
        number, at = self.structs[struct_name], 0
        for i, member in enumerate(members):
            offset, number = self._find(number, member)
            at += offset
            while i + 1 < len(members) and struct.unpack_from('<I', self.raw, self.where[number] + 4)[0] >> 24 & 31 in (TYPEDEF, CONST, VOLATILE):
                number = struct.unpack_from('<I', self.raw, self.where[number] + 8)[0]
        return at


class Memory:
    def __init__(self, path, types):
        self.types = types
        with open(path, 'rb') as f:
            self.bytes = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)
        self.comm, self.tasks, self.pid = (types.offset('task_struct', m) for m in ('comm', 'tasks', 'pid'))
        self.idle = self._task(b'swapper/0', 0)
        self.window = 0
        first = self._task(b'holdfast-init', 1)
        self.window = self._number(self.idle + self.tasks) - (first + self.tasks)

    def _number(self, at, form='<Q'):
        return struct.unpack_from(form, self.bytes, at)[0]

    def _task(self, name, pid):
        at = -1
        while True:
            at = self.bytes.find(name.ljust(16, b'\0'), at + 1)
            if at < 0:
                raise LookupError('no process %d named %s in this memory' % (pid, name.decode()))
            task = at - self.comm
            if task >= 0 and self._number(task + self.pid, '<I') == pid and self._number(task + self.tasks) >> 56 == 0xff:
                return task

    def follow(self, at, *path):
        """The address in this memory that a pointer at `at` + offset leads to; 0: nowhere."""
        for struct_name, *members in path:
            to = self._number(at + self.types.offset(struct_name, *members))
            if to == 0:
                return 0
            at = to - self.window
            if not 0 <= at < len(self.bytes):
                raise LookupError('a pointer out of this memory')
        return at

    def _programs(self):
        """-> (task, pid, name) of every process with memory of its own: threads of the kernel have none."""
        task, found = self.idle, []
        for _ in range(2000):
            to = self._number(task + self.tasks) - self.window - self.tasks
            if not 0 <= to < len(self.bytes):  # the idle task lies in the kernel, outside the window: round
                return found
            task = to
            if self._number(task + self.types.offset('task_struct', 'mm')):
                name = self.bytes[task + self.comm:task + self.comm + 16].split(b'\0')[0].decode('latin-1')
                found.append((task, self._number(task + self.pid, '<I'), name))
        raise LookupError('a list of processes without an end')

    def processes(self):
        """-> [(pid, name, user id, sockets)]"""
        user = lambda task: self._number(self.follow(task, ('task_struct', 'cred')) + self.types.offset('cred', 'uid'), '<I')  # noqa: E731
        return [(pid, name, user(task), self.sockets(task)) for task, pid, name in self._programs()]

    def limits(self, which):
        """-> [(pid, name, (soft, hard))] of a resource limit."""
        found = []
        for task, pid, name in self._programs():
            at = self.follow(task, ('task_struct', 'signal')) + self.types.offset('signal_struct', 'rlim') + 16 * which
            found.append((pid, name, (self._number(at), self._number(at + 8))))
        return found

    def _files(self, task):
        """The open files of a process."""
        table = self.follow(task, ('task_struct', 'files'), ('files_struct', 'fdt'))
        count = self._number(table + self.types.offset('fdtable', 'max_fds'), '<I')
        files = self.follow(table, ('fdtable', 'fd'))
        for i in range(count):
            to = self._number(files + 8 * i)
            if to != 0:
                yield to - self.window

    def holders(self, name):
        """-> [(pid, name)] of the processes that have a file of this name open."""
        own = lambda file: self.follow(file, ('file', 'f_path', 'dentry')) + self.types.offset('dentry', 'd_iname')  # noqa: E731
        text = name.encode() + b'\0'
        return [(pid, of) for task, pid, of in self._programs() for file in self._files(task) if self.bytes[own(file):own(file) + len(text)] == text]

    def sockets(self, task):
        """-> [(family, state, own port, peer's port)] of a process."""
        found = []
        for file in self._files(task):
            inode = self.follow(file, ('file', 'f_inode'))
            if self._number(inode + self.types.offset('inode', 'i_mode'), '<H') & S_IFMT != S_IFSOCK:
                continue
            sock = self.follow(file, ('file', 'private_data'), ('socket', 'sk'))
            common = lambda member, form: self._number(sock + self.types.offset('sock', '__sk_common', member), form)  # noqa: E731
            family = common('skc_family', '<H')
            found.append((family, self._number(sock + self.types.offset('sock', '__sk_common', 'skc_state'), '<B'),
                          common('skc_num', '<H') if family == AF_INET else 0, common('skc_dport', '>H') if family == AF_INET else 0))
        return found
