#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a reading asks of the kernel, watched by strace from outside: no network, nothing written, no program.

calls_test.py READ_TOOL BUILD. A file that a reading would harm stands in the folder: links, a pipe, a PDF.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'integration'))
from harness import Failed, check, main  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])
REVIEW = os.path.join(os.path.abspath(sys.argv[2]), 'holdfast-review')
WRITING = re.compile(r'O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND')
CHANGING = ('unlink', 'unlinkat', 'rename', 'renameat', 'renameat2', 'mkdir', 'mkdirat', 'rmdir', 'link', 'linkat',
            'symlink', 'symlinkat', 'chmod', 'fchmod', 'fchmodat', 'chown', 'fchown', 'fchownat', 'lchown', 'truncate',
            'utimensat', 'mknod', 'mknodat', 'setxattr', 'lsetxattr', 'fsetxattr', 'creat')
NETWORK = ('socket', 'connect', 'bind', 'listen', 'accept', 'accept4', 'sendto', 'sendmmsg')
PDF = (b'%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n'
       b'3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n')


def folder(path):
    os.makedirs(os.path.join(path, 'docs'))
    for name, text in (('README.md', b'# A\n\nThe device shall measure.\n'), ('docs/a.txt', b'text\n'),
                       ('docs/b.html', b'<p>text</p>'), ('docs/c.pdf', PDF), ('docs/empty.md', b'')):
        with open(os.path.join(path, name), 'wb') as f:
            f.write(text)
    os.symlink('/etc/hostname', os.path.join(path, 'link.md'))
    os.mkfifo(os.path.join(path, 'pipe.md'))
    with open(os.path.join(path, 'huge.md'), 'wb') as f:
        f.truncate(2 << 30)


def traced(log, *args, program=TOOL):
    """The calls of a reading: (name, arguments, result); None where nobody can be watched here. Descriptors stand
    with their paths."""
    command = ['strace', '-f', '-y', '-o', log, '-e', 'signal=none', program, *args]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    lines = open(log, errors='replace').read().splitlines() if os.path.exists(log) else []
    if not any('execve(' in line for line in lines):
        return None, done
    # A call that another process interrupts stands on two lines: its arguments are on the first.
    calls = [re.match(r'\d+ +(\w+)\((.*?)(?:\) += (.*)| <unfinished \.\.\.>)$', line) for line in lines]
    return [c.groups('') for c in calls if c], done


def below(output, name, args):
    """A file or folder that is made at or below `output`, by its path or by the descriptor of its folder."""
    paths = re.findall(r'^(?:\d+<([^>]*)>|AT_FDCWD(?:<[^>]*>)?), "([^"]*)"', args) or [('', p) for p in re.findall(r'^"([^"]*)"', args)]
    return bool(output and paths) and (os.path.join(*paths[0]) + '/').startswith(output + '/') and '..' not in paths[0][1]


def harmless(calls, output=None, program=TOOL):
    for name, args, result in calls:
        line = '%s(%s = %s' % (name, args, result)
        # send() to the small parent is sendto without an address
        check(name not in NETWORK or (name == 'sendto' and 'NULL, 0' in args), line)
        check(name != 'socketpair' or args.startswith('AF_UNIX'), line)
        check(name not in CHANGING or result.startswith('-1') or (name == 'mkdir' and below(output, name, args)), line)
        check(not (name.startswith('open') and WRITING.search(args)) or re.match(r'AT_FDCWD(<[^>]*>)?, "/dev/null"', args)
              or below(output, name, args), line)
        check(name != 'execve' or program in args or '"/usr/bin/pdftotext"' in args, line)
        check(name not in ('ptrace', 'process_vm_writev', 'bpf', 'io_uring_setup', 'mount'), line)


def test_a_reading_makes_no_connection_writes_nothing_and_starts_nothing_but_pdftotext():
    if shutil.which('strace') is None:
        return 'strace is not installed'
    with tempfile.TemporaryDirectory() as work:
        tree = os.path.join(work, 'tree')
        folder(tree)
        before = {n: os.lstat(os.path.join(tree, n)).st_mtime_ns for n in os.listdir(tree)}
        calls, done = traced(os.path.join(work, 'log'), tree)
        if calls is None:
            return 'strace may not trace here: ' + done.stderr[:100].replace('\n', ' ')
        check(done.returncode == 0, 'exit %d: %s' % (done.returncode, done.stderr[-300:]))
        check(len(calls) > 200, 'only %d calls were seen: the watch saw nothing' % len(calls))
        check(before == {n: os.lstat(os.path.join(tree, n)).st_mtime_ns for n in os.listdir(tree)},
              'the reviewed folder has changed')
        harmless(calls)
        check('huge.md: TOO-LARGE' in done.stdout and 'link.md: LINK' in done.stdout and
              'pipe.md: UNREADABLE' in done.stdout, done.stdout[-400:])
        opened = [args for name, args, _ in calls if name.startswith('open')]
        check(not any('pipe.md' in a or 'huge.md' in a or 'hostname' in a for a in opened),
              'a link, a pipe or a file beyond the limit was opened')


def test_reading_a_commit_makes_no_connection_writes_nothing_and_starts_nothing():
    if shutil.which('strace') is None or shutil.which('git') is None:
        return 'strace or git is not installed'
    with tempfile.TemporaryDirectory() as work:
        tree = os.path.join(work, 'tree')
        folder(tree)
        os.unlink(os.path.join(tree, 'huge.md'))
        quiet = dict(os.environ, GIT_CONFIG_GLOBAL='/dev/null', GIT_CONFIG_SYSTEM='/dev/null')
        run = ['git', '-C', tree, '-c', 'user.name=a', '-c', 'user.email=a@b.test']
        for words in (['init', '-q'], ['add', 'README.md', 'docs'], ['commit', '-q', '-m', 'x']):
            subprocess.run(run + words, check=True, env=quiet)
        with open(os.path.join(tree, '.git', 'config'), 'a') as f:  # what git itself would run
            f.write('[core]\n\tfsmonitor = touch %s/ran\n\tsshCommand = touch %s/ran\n' % (work, work))
        calls, done = traced(os.path.join(work, 'log'), '--commit', 'HEAD', tree)
        if calls is None:
            return 'strace may not trace here: ' + done.stderr[:100].replace('\n', ' ')
        check(done.returncode == 0 and done.stdout.splitlines()[-1].startswith('5 documents'),
              'exit %d: %s %s' % (done.returncode, done.stdout[-300:], done.stderr[-300:]))
        harmless(calls)
        check(not os.path.exists(os.path.join(work, 'ran')), 'a command of the configuration ran')
        check(any('libgit2' in args for name, args, _ in calls if name.startswith('open')), 'libgit2 was not watched')


def test_the_whole_program_writes_below_its_output_folder_only_and_opens_no_socket():
    if shutil.which('strace') is None:
        return 'strace is not installed'
    with tempfile.TemporaryDirectory() as work:
        tree, output = os.path.join(work, 'tree'), os.path.join(work, 'out')
        folder(tree)
        before = {n: os.lstat(os.path.join(tree, n)).st_mtime_ns for n in os.listdir(tree)}
        calls, done = traced(os.path.join(work, 'log'), 'report', '--fail-on', 'never', '--output', output, tree,
                             program=REVIEW)
        if calls is None:
            return 'strace may not trace here: ' + done.stderr[:100].replace('\n', ' ')
        check(done.returncode == 0, 'exit %d: %s' % (done.returncode, done.stderr[-300:]))
        written = [args for name, args, _ in calls if name.startswith('open') and WRITING.search(args) and 'index.html' in args]
        check(len(calls) > 200 and written, '%d calls, index.html not among them: the watch saw nothing' % len(calls))
        check(before == {n: os.lstat(os.path.join(tree, n)).st_mtime_ns for n in os.listdir(tree)} and
              sorted(os.listdir(work)) == ['log', 'out', 'tree'], 'the reviewed folder or what is beside it has changed')
        harmless(calls, output=output, program=REVIEW)


def test_a_pack_is_verified_without_a_connection_and_nothing_is_written():
    if shutil.which('strace') is None:
        return 'strace is not installed'
    with tempfile.TemporaryDirectory() as work:
        tree, pack = os.path.join(work, 'tree'), os.path.join(work, 'pack.zip')
        folder(tree)
        done = subprocess.run([REVIEW, 'pack', '--fail-on', 'never', '--output', pack, tree], capture_output=True, text=True)
        check(done.returncode == 0, done.stderr[-300:])
        shutil.rmtree(tree)
        calls, done = traced(os.path.join(work, 'log'), 'verify', pack, program=REVIEW)
        if calls is None:
            return 'strace may not trace here: ' + done.stderr[:100].replace('\n', ' ')
        check(done.returncode == 0 and 'verified: same verdicts' in done.stdout, done.stdout + done.stderr[-300:])
        check(len(calls) > 200 and any('pack.zip' in args for name, args, _ in calls if name.startswith('open')),
              '%d calls: the watch saw nothing' % len(calls))
        harmless(calls, program=REVIEW)
        check(sorted(os.listdir(work)) == ['log', 'pack.zip'], 'something was written: %s' % os.listdir(work))


def test_a_reading_links_no_tls_no_database_and_no_web_library():
    said = [subprocess.run(['ldd', p], capture_output=True, text=True, timeout=30) for p in (TOOL, REVIEW)]
    if any(d.returncode for d in said):
        return 'ldd cannot read the program'
    check(all('libxml2' in d.stdout for d in said), 'ldd does not see what is linked')
    found = [word for word in ('libssl', 'libmbedtls', 'libgnutls', 'libssh2', 'libgit2', 'libsqlite3', 'libmicrohttpd',
                               'libcurl') if any(word in d.stdout for d in said)]
    check(not found, 'linked: %s' % ', '.join(found))


main([test_a_reading_makes_no_connection_writes_nothing_and_starts_nothing_but_pdftotext,
      test_reading_a_commit_makes_no_connection_writes_nothing_and_starts_nothing,
      test_the_whole_program_writes_below_its_output_folder_only_and_opens_no_socket,
      test_a_pack_is_verified_without_a_connection_and_nothing_is_written,
      test_a_reading_links_no_tls_no_database_and_no_web_library])
