#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a long run says on the terminal while it goes on, and that nobody else gets to hear of it.

progress_test.py HOLDFAST_REVIEW. A run is made long by stopping the process that reads for it; a terminal is a pty.
"""
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from project import FILES, check, folder_of, main  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])
LONG_S, LIMIT_S = 1.6, 30


def children(pid):
    try:
        with open('/proc/%d/task/%d/children' % (pid, pid)) as f:
            return [int(c) for c in f.read().split()]
    except OSError:
        return []


def hold(tool):
    """Stop what the tool started, so that it waits."""
    until = time.monotonic() + LIMIT_S
    while tool.poll() is None and time.monotonic() < until:
        found = children(tool.pid)
        if found:
            for c in found:
                os.kill(c, signal.SIGSTOP)
            return found
    return []


def go_on(held):
    for c in held:
        os.kill(c, signal.SIGCONT)


def run(*args, long=True, out_too=False, term='xterm', piped=False):
    """(exit code, what came on the terminal, what came on standard output)"""
    ours, theirs = pty.openpty()
    told = b''
    tool = subprocess.Popen([TOOL, *args], stdout=theirs if out_too else subprocess.PIPE, stdin=subprocess.DEVNULL,
                            stderr=subprocess.PIPE if piped else theirs, env=dict(os.environ, TERM=term))
    os.close(theirs)
    held = hold(tool) if long else []
    began = time.monotonic()
    try:
        while tool.poll() is None or select.select([ours], [], [], 0)[0]:
            if time.monotonic() - began > LONG_S:
                go_on(held)
                held = []
            check(time.monotonic() - began < LIMIT_S, 'it does not end')
            if select.select([ours], [], [], 0.05)[0]:
                try:
                    more = os.read(ours, 65536)
                except OSError:  # the other end is closed
                    break
                told += more
    finally:
        go_on(held)
    err, out = (tool.stderr.read() if piped else b''), (b'' if out_too else tool.stdout.read())
    tool.wait()
    os.close(ours)
    return tool.returncode, (err if piped else told).decode(), out.decode()


def test_a_long_run_says_how_far_it_is_and_leaves_nothing_behind():
    with folder_of(FILES) as folder:
        code, told, out = run('scan', folder)
        check(code == 0 and out.startswith('holdfast-review '), out)
        steps = re.findall(r'\rreading documents: (\d+) of (\d+), (\d+) s\x1b\[K', told)
        check(steps or '\rreading documents:, 1 s' in told, repr(told))
        check(all(int(n) <= int(of) and int(s) >= 1 for n, of, s in steps), repr(told))
        check(told.endswith('\r\x1b[K') and '\n' not in told, repr(told))


def test_a_short_run_says_nothing():
    with folder_of(FILES) as folder:
        for _ in range(5):
            began = time.monotonic()
            code, told, _ = run('scan', folder, long=False)
            if time.monotonic() - began < 0.9:  # else it was long
                check(code == 0 and told == '', repr(told))
                return None
        return 'nothing is short on this machine now'


def test_nothing_is_said_where_nobody_looks_or_nobody_wants_it():
    with folder_of(FILES) as folder:
        check(run('scan', folder, piped=True)[1] == '', 'it talks into a pipe')
        check(run('scan', '--quiet', folder)[1] == '', 'it talks although it is to be quiet')
        check(run('scan', folder, term='dumb')[1] == '', 'it talks to a terminal that cannot clear a line')


def test_json_on_the_terminal_stays_json():
    with folder_of(FILES) as folder:
        code, told, _ = run('scan', '--json', folder, out_too=True)
        check(code == 0 and json.loads(told)['schema'] == 'holdfast-review/1', repr(told[:200]))
        _, told, out = run('scan', '--json', folder)  # to a file, with somebody at the terminal
        check('reading' in told and json.loads(out)['schema'] == 'holdfast-review/1', repr(told))


def test_the_page_on_the_same_terminal_is_whole():
    with folder_of(FILES) as folder:
        code, told, _ = run('scan', '--no-color', folder, out_too=True)
        check(code == 0 and 'reading' in told, repr(told))
        page = told[told.rindex('\r\x1b[K') + 4:].replace('\r\n', '\n')
        check(page == subprocess.run([TOOL, 'scan', '--no-color', folder], capture_output=True, text=True,
                                     timeout=LIMIT_S).stdout, repr(page[:300]))


def test_the_other_verbs_that_read_know_quiet():
    with folder_of(FILES) as folder:
        for args in (('report', '--output', folder + '-out'), ('change', folder), ('ask', '--in')):
            code, told, _ = run(*args[:1], '--quiet', *args[1:], folder)
            check(code in (0, 1) and told == '', '%s: %d %r' % (args[0], code, told))
            code, told, _ = run(*args, folder)
            check(code in (0, 1) and 'reading' in told and told.endswith('\r\x1b[K'), '%s: %d %r' % (args[0], code, told))


main([test_a_long_run_says_how_far_it_is_and_leaves_nothing_behind, test_a_short_run_says_nothing,
      test_nothing_is_said_where_nobody_looks_or_nobody_wants_it, test_json_on_the_terminal_stays_json,
      test_the_page_on_the_same_terminal_is_whole, test_the_other_verbs_that_read_know_quiet])
