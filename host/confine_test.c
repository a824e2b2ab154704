/* SPDX-License-Identifier: Apache-2.0 */
/* Each claim is tried in a process of its own: what is given up does not come back. */
#include "host/confine.h"

#include "host/loop.h"
#include "host/talk.h"
#include "tests/support/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NEEDED_BUT_DENIED = 90, NOT_CONFINED = 91 };

struct scene {
    char folder[64], inside[96], outside[96], socket[96];
    int listener, sister, null;
    struct loop *loop;
};

static void scene_open(struct scene *s)
{
    snprintf(s->folder, sizeof s->folder, "%s", "/tmp/confine_test.XXXXXX");
    CHECK(mkdtemp(s->folder) != NULL && chmod(s->folder, 0711) == 0);
    snprintf(s->inside, sizeof s->inside, "%s/inside", s->folder);
    snprintf(s->outside, sizeof s->outside, "%s/outside", s->folder);
    snprintf(s->socket, sizeof s->socket, "%s/socket", s->folder);
    CHECK(mkdir(s->inside, 0777) == 0 && chmod(s->inside, 0777) == 0);
    CHECK(mkdir(s->outside, 0777) == 0 && chmod(s->outside, 0777) == 0);
    CHECK(talk_listen(s->socket, &s->listener) == OK);
    s->sister =
        fork(); /* accepts nobody: turns every peer away, as talk_accept() does */
    if (s->sister == 0) {
        uid_t nobody = 65533;
        int fd;
        fcntl(s->listener, F_SETFL, 0);
        for (;;)
            if (talk_accept(s->listener, &nobody, 1, &fd, NULL) == BROKEN)
                _exit(0);
    }
}

static void scene_close(struct scene *s)
{
    char file[128];

    kill(s->sister, SIGKILL);
    waitpid(s->sister, NULL, 0);
    close(s->listener);
    unlink(s->socket);
    snprintf(file, sizeof file, "%s/file", s->inside);
    unlink(file);
    rmdir(s->inside);
    rmdir(s->outside);
    CHECK(rmdir(s->folder) == 0);
}

/* Runs `act` in a child under `plan`; its exit code, or 1000 + signal. */
static int confined(const struct confine_plan *plan, int (*act)(const struct scene *),
    const struct scene *s)
{
    fflush(stdout);
    pid_t pid = fork();
    int state = 0;

    if (pid == 0) {
        const char *what = NULL;
        umask(0);
        if (confine_enter(plan, &what) != OK) {
            dprintf(1, "# not confined: %s\n", what);
            _exit(NOT_CONFINED);
        }
        _exit(act(s));
    }
    CHECK(waitpid(pid, &state, 0) == pid);
    return WIFEXITED(state) ? WEXITSTATUS(state) : 1000 + WTERMSIG(state);
}

static const struct confine_plan bare = {.role = "test", .user = "nobody"};

static int try_all(const struct scene *s)
{
    int out =
        open("/dev/null", O_WRONLY); /* denied: then the lines go to the TAP stream */
    return confine_try_forbidden(out < 0 ? 2 : out, s->socket, s->sister);
}

/* Req: HF-LEAST-001 "Each process shall give up every right that its role does not need." */
static void test_ten_forbidden_acts_fail_under_every_set_of_rights(void)
{
    struct scene s;

    scene_open(&s);
    struct confine_path inside = {s.inside, CONFINE_READ | CONFINE_WRITE};
    int err = dup(2), null = open("/dev/null", O_WRONLY);
    dup2(null, 2);
    for (unsigned rights = 0; rights < 32; rights++) {
        struct confine_plan plan = bare;
        plan.rights = rights;
        plan.paths = &inside;
        plan.path_count = 1;
        plan.connect_port = 2;
        CHECK(confined(&plan, try_all, &s) == 0);
    }
    dup2(err, 2);
    close(err);
    close(null);
    scene_close(&s);
}

/* ---- two roles that try each other at the same time ---- */

struct pair {
    struct loop *loop;
    struct confine_try tries[2];
    int done, succeeded;
};

static void turn_away(void *ctx, int listener, uint32_t events)
{
    uid_t nobody = 65533;
    int fd;

    (void)ctx, (void)events;
    (void)!talk_accept(listener, &nobody, 1, &fd, NULL);
}

static void one_done(void *ctx, int succeeded)
{
    struct pair *p = ctx;

    p->succeeded += succeeded;
    if (++p->done == 2)
        loop_stop(p->loop);
}

static int try_each_other(const struct scene *s)
{
    struct pair p = {.loop = s->loop};

    if (loop_watch(p.loop, s->listener, EPOLLIN, turn_away, NULL) != OK)
        return NEEDED_BUT_DENIED;
    for (int i = 0; i < 2; i++)
        if (confine_try_begin(
                &p.tries[i], p.loop, s->null, s->socket, s->sister, one_done, &p)
            != OK)
            return NEEDED_BUT_DENIED;
    if (p.done != 0) /* judged without a word of who sits at the door */
        return 50;
    return loop_run(p.loop) == OK && p.done == 2 ? p.succeeded : NEEDED_BUT_DENIED;
}

/* Both doors are served by the loop that tries: a role that waited here would wait for itself. */
static void test_a_role_that_tries_a_sister_still_turns_others_away(void)
{
    struct confine_plan plan = bare;
    struct scene s;

    scene_open(&s);
    kill(s.sister, SIGSTOP); /* nobody else sits at the door */
    s.null = open("/dev/null", O_WRONLY);
    CHECK(loop_new(&s.loop) == OK);
    plan.rights = CONFINE_UNIX;
    CHECK(confined(&plan, try_each_other, &s) == 0);
    loop_free(s.loop);
    close(s.null);
    scene_close(&s);
}

/* The list itself must be able to fail: outside of confinement most of it works for root. */
static void test_the_forbidden_acts_are_possible_without_confinement(void)
{
    struct scene s;
    int state = 0;

    if (geteuid() != 0)
        return;
    scene_open(&s);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        int ends[2];
        if (pipe(ends) != 0)
            _exit(0);
        _exit(confine_try_forbidden(ends[1], s.socket, s.sister));
    }
    CHECK(waitpid(pid, &state, 0) == pid);
    CHECK(WIFEXITED(state) && WEXITSTATUS(state) >= 8);
    unlink("/tmp/holdfast-forbidden");
    unlink("/dev/shm/holdfast-forbidden");
    scene_close(&s);
}

static int use_files(const struct scene *s)
{
    char at[128];

    snprintf(at, sizeof at, "%s/file", s->inside);
    int fd = open(at, O_RDWR | O_CREAT, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) != 0 || ftruncate(fd, 0) != 0)
        return NEEDED_BUT_DENIED;
    snprintf(at, sizeof at, "%s/file", s->outside);
    if (open(at, O_RDWR | O_CREAT, 0600) >= 0)
        return 1;
    if (open("/etc/passwd", O_RDONLY) >= 0)
        return 2;
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0)
        return 3;
    return 0;
}

static void test_files_work_below_the_listed_paths_and_nowhere_else(void)
{
    struct scene s;

    scene_open(&s);
    struct confine_path paths[] = {{s.inside, CONFINE_READ | CONFINE_WRITE},
        {"/nonexistent/at/all", CONFINE_READ}};
    struct confine_plan plan = bare;
    plan.rights = CONFINE_FILES;
    plan.paths = paths;
    plan.path_count = 2;
    CHECK(confined(&plan, use_files, &s) == 0);
    scene_close(&s);
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return errno;
    int r = connect(fd, (const struct sockaddr *)&at, sizeof at) == 0 ? 0 : errno;
    close(fd);
    return r;
}

static int use_network(const struct scene *s)
{
    struct addrinfo *found = NULL;

    (void)s;
    if (connect_to(3) != ECONNREFUSED)
        return NEEDED_BUT_DENIED;
    if (connect_to(4) != EACCES)
        return 1;
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    if (getaddrinfo("127.0.0.1", "443", &hints, &found) != 0)
        return NEEDED_BUT_DENIED;
    freeaddrinfo(found);
    return 0;
}

static void test_only_the_one_port_may_be_connected_to(void)
{
    struct confine_plan plan = bare;
    struct scene s = {0};

    plan.rights = CONFINE_INET_OUT;
    plan.connect_port = 3;
    CHECK(confined(&plan, use_network, &s) == 0);
}

/* What the product has no use for: no right opens it. A family that the kernel does not have would be EAFNOSUPPORT. */
static int use_other_interfaces(const struct scene *s)
{
    static const int families[] = {
        AF_BLUETOOTH, AF_PACKET, AF_CAN, AF_VSOCK, AF_ALG, AF_NFC, AF_TIPC, AF_KEY};

    (void)s;
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        for (int type = SOCK_STREAM; type <= SOCK_SEQPACKET; type++)
            if (socket(families[i], type, 0) >= 0 || errno != EPERM)
                return 1;
    if (socket(AF_NETLINK, SOCK_RAW, 15 /* device events of USB and others */) >= 0
        || errno != EPERM)
        return 2;
    if (open("/dev/null", O_RDWR) >= 0 || open("/dev", O_RDONLY) >= 0)
        return 3;
    if (ioctl(0, TIOCSTI, "x") == 0 || (errno != EPERM && errno != EACCES))
        return 4;
    return 0;
}

/* Req: HF-SEC-029 "a role that opens a device file, or a socket that is neither Unix, IP nor the kernel's table of
 * routes, shall be refused." */
static void test_no_right_opens_bluetooth_a_bus_or_a_device_file(void)
{
    struct scene s;

    scene_open(&s);
    struct confine_path inside = {s.inside, CONFINE_READ | CONFINE_WRITE};
    for (unsigned rights = 0; rights < 32; rights++) {
        struct confine_plan plan = bare;
        plan.rights = rights;
        plan.paths = &inside;
        plan.path_count = 1;
        CHECK(confined(&plan, use_other_interfaces, &s) == 0);
    }
    scene_close(&s);
}

static void *answer(void *p)
{
    int *n = p;
    *n = 42;
    return NULL;
}

static int use_threads(const struct scene *s)
{
    pthread_t t;
    int n = 0;

    (void)s;
    if (pthread_create(&t, NULL, answer, &n) != 0 || pthread_join(t, NULL) != 0
        || n != 42)
        return NEEDED_BUT_DENIED;
    if (fork() >= 0)
        return 1;
    return 0;
}

static int use_no_threads(const struct scene *s)
{
    pthread_t t;
    int n = 0;
    (void)s;
    return pthread_create(&t, NULL, answer, &n) == 0 ? 1 : 0;
}

static void test_threads_are_a_right_and_processes_are_not(void)
{
    struct confine_plan plan = bare;
    struct scene s = {0};

    CHECK(confined(&plan, use_no_threads, &s) == 0);
    plan.rights = CONFINE_THREADS;
    CHECK(confined(&plan, use_threads, &s) == 0);
}

static int look_at_self(const struct scene *s)
{
    struct rlimit core;

    (void)s;
    if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0)
        return 1;
    if (geteuid() == 0 || getuid() == 0)
        return 2;
    raise(SIGUSR1); /* to oneself: allowed, and the default is to end */
    return 3;
}

static void test_the_role_has_its_own_user_no_core_and_may_end_itself(void)
{
    struct scene s = {0};

    if (geteuid() != 0)
        return;
    CHECK(confined(&bare, look_at_self, &s) == 1000 + SIGUSR1);
}

static void test_root_without_the_roles_user_is_refused(void)
{
    unsigned uid = 7, gid = 7;
    bool reduced = false;
    struct scene s = {0};

    if (geteuid() != 0)
        return;
    CHECK(confine_user("holdfast-nobody-has-this", &uid, &gid, &reduced) == REFUSED);
    CHECK(confine_user("root", &uid, &gid, &reduced) == REFUSED);
    CHECK(uid == 7 && gid == 7);
    struct confine_plan plan = bare;
    plan.user = "holdfast-nobody-has-this";
    fflush(stdout);
    int out = dup(1), null = open("/dev/null", O_WRONLY);
    dup2(null, 1);
    int code = confined(&plan, look_at_self, &s);
    dup2(out, 1);
    close(out);
    close(null);
    CHECK(code == NOT_CONFINED);
}

MAIN(TEST(test_ten_forbidden_acts_fail_under_every_set_of_rights),
    TEST(test_a_role_that_tries_a_sister_still_turns_others_away),
    TEST(test_the_forbidden_acts_are_possible_without_confinement),
    TEST(test_files_work_below_the_listed_paths_and_nowhere_else),
    TEST(test_only_the_one_port_may_be_connected_to),
    TEST(test_no_right_opens_bluetooth_a_bus_or_a_device_file),
    TEST(test_threads_are_a_right_and_processes_are_not),
    TEST(test_the_role_has_its_own_user_no_core_and_may_end_itself),
    TEST(test_root_without_the_roles_user_is_refused))
