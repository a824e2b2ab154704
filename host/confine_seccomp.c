/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The allow-list. Anything that is not on it gets EPERM; a call of another architecture ends
 * the process. Executable memory is on nobody's list: what is to be loaded is loaded before.
 */
#include "host/confine_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

struct group {
    unsigned right; /* 0: everybody */
    int calls[64];  /* ended by -1 */
};

/* clang-format off */
static const struct group groups[] = {
    {0, {
        SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(close),
        SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
        SCMP_SYS(shutdown), SCMP_SYS(getsockopt), SCMP_SYS(poll), SCMP_SYS(ppoll),
        SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait),
        SCMP_SYS(epoll_pwait), SCMP_SYS(fstat), SCMP_SYS(lseek), SCMP_SYS(dup), SCMP_SYS(pipe2),
        SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep),
        SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(timerfd_create),
        SCMP_SYS(timerfd_settime), SCMP_SYS(eventfd2), SCMP_SYS(signalfd4),
        SCMP_SYS(getrandom), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap),
        SCMP_SYS(madvise), SCMP_SYS(mlock), SCMP_SYS(munlock), SCMP_SYS(mlock2),
        SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(membarrier), SCMP_SYS(rseq),
        SCMP_SYS(set_robust_list), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigaction), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
        SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getppid), SCMP_SYS(getuid),
        SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getrusage),
        SCMP_SYS(exit), SCMP_SYS(exit_group), -1}},
    {CONFINE_UNIX, {
        SCMP_SYS(connect), SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(getpeername),
        SCMP_SYS(getsockname), SCMP_SYS(setsockopt), -1}},
    {CONFINE_INET_OUT, {
        SCMP_SYS(connect), SCMP_SYS(getpeername), SCMP_SYS(getsockname), SCMP_SYS(setsockopt),
        SCMP_SYS(sendmmsg), SCMP_SYS(recvmmsg), SCMP_SYS(uname), -1}},
    {CONFINE_INET_IN, {
        SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(getpeername), SCMP_SYS(getsockname),
        SCMP_SYS(setsockopt), -1}},
    {CONFINE_FILES, {
        SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat),
        SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
        SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(preadv), SCMP_SYS(pwritev),
        SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(msync), SCMP_SYS(ftruncate),
        SCMP_SYS(fallocate), SCMP_SYS(flock), SCMP_SYS(fchmod), SCMP_SYS(rename),
        SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
        SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(getdents64),
        SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd), SCMP_SYS(utimensat),
        SCMP_SYS(fadvise64), SCMP_SYS(sync_file_range), SCMP_SYS(fstatfs), SCMP_SYS(statfs), -1}},
    {CONFINE_THREADS, {
        SCMP_SYS(sched_getaffinity), SCMP_SYS(rt_sigtimedwait), -1}},
};
/* clang-format on */

static int allow_group(scmp_filter_ctx f, const struct group *g)
{
    int bad = 0;
    for (size_t i = 0; g->calls[i] != -1 && bad == 0; i++)
        bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, g->calls[i], 0);
    return bad;
}

#define ALLOW_IF(f, call, ...) \
    seccomp_rule_add((f), SCMP_ACT_ALLOW, SCMP_SYS(call), 1, __VA_ARGS__)
#define ALLOW_IF2(f, call, ...) \
    seccomp_rule_add((f), SCMP_ACT_ALLOW, SCMP_SYS(call), 2, __VA_ARGS__)

/* Memory that is not to be run; signals to oneself; what fcntl does to one descriptor. */
static int allow_narrow(scmp_filter_ctx f)
{
    static const int fcntls[] = {F_GETFL, F_SETFL, F_GETFD, F_SETFD, F_DUPFD_CLOEXEC};
    int bad = ALLOW_IF(f, mmap, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0))
        | ALLOW_IF(f, mprotect, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0))
        | ALLOW_IF(f, tgkill, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()))
        | ALLOW_IF(f, prlimit64, SCMP_A2(SCMP_CMP_EQ, 0)) |
        /* fstat() of glibc: an open descriptor and no path */
        ALLOW_IF(f, newfstatat, SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH));

    for (size_t i = 0; i < sizeof fcntls / sizeof fcntls[0]; i++)
        bad |= ALLOW_IF(f, fcntl, SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)fcntls[i]));
    return bad;
}

static int allow_sockets(scmp_filter_ctx f, unsigned rights)
{
    int bad = 0;

    if ((rights & CONFINE_UNIX) != 0)
        bad |= ALLOW_IF(f, socket, SCMP_A0(SCMP_CMP_EQ, AF_UNIX))
            | ALLOW_IF(f, socketpair, SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
    if ((rights & CONFINE_INET_OUT) != 0) {
        /* getaddrinfo asks the kernel which address families this machine has */
        bad |= ALLOW_IF(f, socket, SCMP_A0(SCMP_CMP_EQ, AF_INET))
            | ALLOW_IF(f, socket, SCMP_A0(SCMP_CMP_EQ, AF_INET6))
            | ALLOW_IF2(f, socket, SCMP_A0(SCMP_CMP_EQ, AF_NETLINK),
                SCMP_A2(SCMP_CMP_EQ, NETLINK_ROUTE))
            | ALLOW_IF(f, bind, SCMP_A2(SCMP_CMP_EQ, sizeof(struct sockaddr_nl)))
            | ALLOW_IF(f, ioctl, SCMP_A1(SCMP_CMP_EQ, FIONREAD));
    }
    return bad;
}

static int allow_files(scmp_filter_ctx f, unsigned rights)
{
    static const int fcntls[] = {F_GETLK, F_SETLK, F_SETLKW, F_OFD_SETLK};
    int bad = 0;

    for (size_t i = 0; (rights & CONFINE_FILES) != 0 && i < 4; i++)
        bad |= ALLOW_IF(f, fcntl, SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)fcntls[i]));
    return bad;
}

/* Threads of this very process; clone3 hides its flags, so libc is sent to clone. */
static int allow_threads(scmp_filter_ctx f, unsigned rights)
{
    if ((rights & CONFINE_THREADS) == 0)
        return 0;
    return ALLOW_IF(f, clone, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD))
        | seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

enum status confine_seccomp(const struct confine_plan *plan)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (f == NULL)
        return BROKEN;

    int bad = allow_narrow(f) | allow_sockets(f, plan->rights)
        | allow_files(f, plan->rights) | allow_threads(f, plan->rights);
    for (size_t i = 0; i < sizeof groups / sizeof groups[0] && bad == 0; i++)
        if (groups[i].right == 0 || (plan->rights & groups[i].right) != 0)
            bad = allow_group(f, &groups[i]);
    bad |= seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);
    if (bad == 0)
        bad = seccomp_load(f);
    seccomp_release(f);
    return bad == 0 ? OK : BROKEN;
}
