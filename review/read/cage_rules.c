/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a child may still do. The filter is compiled once, in the small parent: a child that
 * lives for half a millisecond cannot afford to compile it.
 */
#include "host/confine_parts.h"
#include "review/read/cage_parts.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* clang-format off */
static const int work_calls[] = {
    SCMP_SYS(write), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    SCMP_SYS(exit_group), SCMP_SYS(exit), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time),
    SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(fstat), SCMP_SYS(close),
    SCMP_SYS(futex), SCMP_SYS(restart_syscall),
};

/* Reads files that Landlock lets it read: libgit2, or a program of others. */
static const int file_calls[] = {
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(writev),
    SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat),
    SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
    SCMP_SYS(lseek), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64),
    SCMP_SYS(getcwd), SCMP_SYS(statfs), SCMP_SYS(fstatfs), SCMP_SYS(fadvise64),
    SCMP_SYS(arch_prctl), SCMP_SYS(set_tid_address), SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq), SCMP_SYS(prlimit64), SCMP_SYS(getrlimit), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_yield), SCMP_SYS(sigaltstack), SCMP_SYS(uname), SCMP_SYS(sysinfo),
    SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
    SCMP_SYS(getppid), SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(fcntl), SCMP_SYS(dup),
};

/* Talks with its parent over a socket that it has, and hands out memory files. */
static const int talk_calls[] = {
    SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(memfd_create),
};
/* clang-format on */

static const char *const program_paths[] = {
    "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives"};

enum { FILE_PATHS_MAX = 4 };

static int allow(scmp_filter_ctx f, const int *calls, size_t count)
{
    int bad = 0;
    for (size_t i = 0; i < count && bad == 0; i++)
        bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0);
    return bad;
}

#define ALLOW(f, calls) allow((f), (calls), sizeof(calls) / sizeof(calls)[0])

/* abort() sends its signal with tgkill; memory that is made is never to be run. */
static scmp_filter_ctx filter_for_work(void)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int bad = f == NULL || ALLOW(f, work_calls) != 0
        || seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
               SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0))
            != 0
        || seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
               SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0))
            != 0
        || seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, SCMP_SYS(tgkill), 0) != 0
        || seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
               SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH))
            != 0;
    if (!bad)
        return f;
    seccomp_release(f);
    return NULL;
}

static enum status take_filter(int fd, struct cage_rules *r)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return BROKEN;
    size_t size = (size_t)st.st_size, count = size / sizeof(struct sock_filter);
    r->filter = malloc(size);
    r->filter_len = (unsigned short)count;
    return r->filter && count <= BPF_MAXINSNS
            && pread(fd, r->filter, size, 0) == (ssize_t)size
        ? OK
        : BROKEN;
}

static enum status compile(scmp_filter_ctx f, struct cage_rules *r)
{
    int fd = memfd_create("filter", MFD_CLOEXEC);
    if (fd < 0)
        return BROKEN;
    enum status s = seccomp_export_bpf(f, fd) == 0 ? take_filter(fd, r) : BROKEN;
    close(fd);
    return s;
}

static enum status landlock(
    struct cage_rules *r, struct confine_path *paths, size_t count)
{
    struct confine_plan none = {0}, programs = {.paths = paths, .path_count = count};
    for (size_t i = 0; i < count; i++)
        paths[i] = (struct confine_path){program_paths[i], CONFINE_READ | CONFINE_RUN};
    TRY(confine_landlock_rules(&none, &r->nothing));
    return confine_landlock_rules(&programs, &r->programs);
}

enum status cage_rules_make(struct cage_rules *r)
{
    struct confine_path paths[sizeof program_paths / sizeof program_paths[0]];

    TRY(landlock(r, paths, sizeof paths / sizeof paths[0]));
    scmp_filter_ctx f = filter_for_work();
    if (f == NULL)
        return BROKEN;
    enum status s = compile(f, r);
    seccomp_release(f);
    return s;
}

static void must(bool taken)
{
    if (!taken)
        _exit(EXIT_OPEN);
}

/* The hard limit is a signal that nobody can catch. */
static void limit(__rlimit_resource_t what, rlim_t soft, rlim_t hard)
{
    struct rlimit l = {soft, hard};
    must(setrlimit(what, &l) == 0);
}

static void limit_all(const struct cage_limits *l, rlim_t memory)
{
    limit(RLIMIT_CPU, l->cpu_s, l->cpu_s + 1);
    limit(RLIMIT_FSIZE, l->output_max, l->output_max);
    limit(RLIMIT_AS, memory, memory);
    limit(RLIMIT_CORE, 0, 0);
}

void cage_close_for_work(const struct cage_rules *r, unsigned first)
{
    const struct sock_fprog filter = {r->filter_len, r->filter};

    limit_all(&r->limits, r->limits.memory_max);
    must(confine_landlock_enter(r->nothing) == OK);
    must(syscall(SYS_close_range, first, ~0U, 0) == 0);
    must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0);
}

/* abort() may send its signal; nobody else gets one. */
static scmp_filter_ctx filter_for_files(void)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    must(f != NULL && ALLOW(f, work_calls) == 0 && ALLOW(f, file_calls) == 0
        && seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
               SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()))
            == 0);
    return f;
}

void cage_close_for_program(const struct cage_rules *r, unsigned first)
{
    limit_all(&r->limits, r->limits.memory_max * 2);
    limit(RLIMIT_NOFILE, 32, 32);
    must(confine_landlock_enter(r->programs) == OK);
    must(syscall(SYS_close_range, first, ~0U, 0) == 0);
    scmp_filter_ctx f = filter_for_files();
    must(seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(execve), 0) == 0
        && seccomp_load(f) == 0);
}

void cage_close_for_files(const char *const *paths, size_t count, unsigned first)
{
    static const struct cage_limits limits = {60, 0, 0, 268435456};
    static const rlim_t memory = 2147483648;
    struct confine_path allowed[FILE_PATHS_MAX] = {{0}};
    struct confine_plan plan = {.paths = allowed, .path_count = count};
    int rules = -1;

    assert(count <= FILE_PATHS_MAX);
    for (size_t i = 0; i < count; i++)
        allowed[i] = (struct confine_path){paths[i], CONFINE_READ};
    must(confine_landlock_rules(&plan, &rules) == OK);
    limit_all(&limits, memory);
    must(confine_landlock_enter(rules) == OK);
    must(syscall(SYS_close_range, first, ~0U, 0) == 0);
    scmp_filter_ctx f = filter_for_files();
    must(ALLOW(f, talk_calls) == 0 && seccomp_load(f) == 0);
}

void cage_give_up(void)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0}};
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0
        && syscall(SYS_capset, &head, none) == 0);
}
