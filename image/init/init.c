/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Init: process 1 of the image. Makes the machine narrow, then keeps holdfast-oximeter running.
 *
 * Order: no core dumps; the writable partition; the firewall, and only behind it the network; the
 * kernel's doors; the screen; then measuring. Whatever of it fails is said, and the device measures all the
 * same: without a partition it keeps nothing, without a firewall it has no network, without the folder of
 * kernel images it takes no release. The watchdog is fed while that goes on (watch_rule.h). When a release is to be started the machine is, in order. Nothing
 * here listens, and there is no program to log in to. On an ordinary installation systemd and
 * the units of packaging/ do this work (docs/decisions/0016-image.md).
 */
#include "core/base/limits.h"
#include "device/board/tally.h"
#include "image/init/address.h"
#include "image/init/boot_line.h"
#include "image/init/network_rule.h"
#include "image/init/say.h"
#include "image/init/trial_rule.h"
#include "image/init/watch_rule.h"
#include "image/init/watchdog.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kd.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OXIMETER   "/usr/bin/holdfast-oximeter"
#define DATA       "/data"
#define CONF       DATA "/etc/holdfast/"
#define BOOT       "/boot"
#define IMAGES     BOOT "/EFI/Linux"
#define UPDATER    "holdfast-updater"
#define LINE_FILE  "/proc/cmdline"
#define TPM        "/dev/tpmrm0"
#define BUTTON     "/dev/holdfast-button"
#define EGRESS     "/run/egress.nft"
#define IDENTITY   DATA "/var/lib/holdfast/keeper/identity"
#define INVITATION CONF "invitation"
#define TALLY      DATA "/run/holdfast/tally"

enum {
    FILE_LEN = 65536,
    AGAIN_S = 2,
    STEP_MS = 120000, /* for a program of the start: an enrolment waits for its cloud */
    ARGS = 24,
    ENDS_FOR_RESTART = 5 /* host/cli.h */,
    INPUTS = 32
};

static size_t read_file(const char *path, struct room into)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = fd < 0 ? 0 : read(fd, into.at, into.cap);

    if (fd >= 0)
        close(fd);
    return n < 0 ? 0 : (size_t)n;
}

/* --- the machine --- */

/* What cannot be set is said; a kernel without such a file has not that door. */
static void set(const char *path, const char *value)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);

    if (!good && errno != ENOENT)
        say("%s cannot be set: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
}

static void narrow(void)
{
    static const struct {
        const char *path, *value;
    } rules[] = {
        {"/proc/sys/kernel/core_pattern", "|/nonexistent"},
        {"/proc/sys/fs/suid_dumpable", "0"},
        {"/proc/sys/kernel/sysrq", "0"},
        {"/proc/sys/kernel/kptr_restrict", "2"},
        {"/proc/sys/kernel/dmesg_restrict", "1"},
        {"/proc/sys/kernel/perf_event_paranoid", "3"},
        {"/proc/sys/kernel/unprivileged_bpf_disabled", "1"},
        {"/proc/sys/kernel/kexec_load_disabled", "1"},
        {"/proc/sys/kernel/yama/ptrace_scope", "3"},
        {"/proc/sys/user/max_user_namespaces", "0"},
        {"/proc/sys/fs/protected_symlinks", "1"},
        {"/proc/sys/fs/protected_hardlinks", "1"},
        {"/proc/sys/net/ipv6/conf/all/disable_ipv6", "1"},
        {"/proc/sys/net/ipv4/conf/all/accept_redirects", "0"},
        {"/proc/sys/net/ipv4/conf/all/rp_filter", "1"},
        {"/proc/sys/net/ipv4/icmp_echo_ignore_broadcasts", "1"},
    };
    static const struct rlimit none = {0, 0};

    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        set(rules[i].path, rules[i].value);
    if (setrlimit(RLIMIT_CORE, &none) != 0 || reboot(RB_DISABLE_CAD) != 0)
        say("core dumps or the key combination cannot be turned off: %s",
            strerror(errno));
}

static void mount_tmpfs(const char *where, const char *how)
{
    if (mount("tmpfs", where, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, how) != 0)
        say("%s cannot be mounted: %s", where, strerror(errno));
}

static bool read_line(struct boot_line *line)
{
    static uint8_t text[4096];
    size_t len = read_file(LINE_FILE, ROOM_OF(text));

    return boot_line_parse((struct bytes){text, len}, line) == OK;
}

static void mount_data(const struct boot_line *line)
{
    if (line == NULL
        || mount(line->data, DATA, "ext4", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)
            != 0) {
        say("no writable partition (%s): nothing is kept over the next start",
            strerror(errno));
        mount_tmpfs(DATA, "mode=0755,size=64m");
    }
    if ((mkdir(DATA "/run", 0755) != 0 && errno != EEXIST))
        say("%s cannot be made: %s", DATA "/run", strerror(errno));
    watchdog_feed();
    mount_tmpfs(DATA "/run", "mode=0755,size=8m");
}

static bool find_user(const char *name, uid_t *uid, gid_t *gid)
{
    FILE *users = fopen("/etc/passwd", "re");
    const struct passwd *p = NULL;

    while (users != NULL && (p = fgetpwent(users)) != NULL
        && strcmp(p->pw_name, name) != 0)
        continue;
    if (p != NULL) {
        *uid = p->pw_uid;
        *gid = p->pw_gid;
    }
    if (users != NULL)
        fclose(users);
    return p != NULL;
}

/* A device file is one role's, as the table of users has it; who is not root and not that role has none. */
static void give(const char *user, const char *path, mode_t mode)
{
    uid_t uid = 0;
    gid_t gid = 0;
    bool known = find_user(user, &uid, &gid);

    if (!known || chmod(path, mode) != 0 || chown(path, uid, gid) != 0)
        say("%s has no %s: %s", user, path, known ? strerror(errno) : "such user");
}

/* The folder of kernel images, for updater alone: FAT knows no owners, so the mount has one. */
static bool mount_boot(const struct boot_line *line)
{
    char how[64];
    uid_t uid = 0;
    gid_t gid = 0;

    if (line == NULL || !find_user(UPDATER, &uid, &gid))
        return false;
    (void)snprintf(how, sizeof how, "uid=%u,gid=%u,umask=077", uid, gid);
    return mount(line->boot, BOOT, "vfat", MS_NOSUID | MS_NODEV | MS_NOEXEC, how) == 0;
}

/* The one key of the machine. A keyboard has another name, and stays root's. */
static void give_button(void)
{
    static const char name[] = "Power Button\n";
    char text[64], path[64];

    for (int n = 0; n < INPUTS; n++) {
        (void)snprintf(path, sizeof path, "/sys/class/input/event%d/device/name", n);
        size_t len = read_file(path, (struct room){(uint8_t *)text, sizeof text});
        if (len != sizeof name - 1 || memcmp(text, name, len) != 0)
            continue;
        (void)snprintf(path, sizeof path, "/dev/input/event%d", n);
        give("holdfast-keeper", path, 0400);
        if (symlink(path, BUTTON) != 0)
            say("%s cannot be made: %s", BUTTON, strerror(errno));
        return;
    }
    say("there is no button: nobody can let service in");
}

/* The kernel's letters leave the screen to the device, and a keyboard has nobody to talk to. */
static void take_screen(void)
{
    int fd = open("/dev/tty0", O_RDWR | O_CLOEXEC | O_NOCTTY);

    if (fd < 0 || ioctl(fd, KDSETMODE, KD_GRAPHICS) != 0)
        say("the screen keeps its letters: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
}

/* --- programs --- */

static int open_null(void)
{
    return open("/dev/null", O_RDWR);
}

/* The ring of the kernel is the log: bounded, in memory only, and nobody in here may read it. */
static void become(const char *const *args, const char *out_path)
{
    char *argv[ARGS];
    static char text[ARGS][128];
    size_t n = 0;

    for (; args[n] != NULL && n + 1 < ARGS; n++) {
        (void)snprintf(text[n], sizeof text[n], "%s", args[n]);
        argv[n] = text[n];
    }
    argv[n] = NULL;
    char *const env[] = {NULL};
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)setpgid(0, 0);
    int in = open_null();
    int out = out_path == NULL
        ? open_null()
        : open(out_path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
    int err = open("/dev/kmsg", O_WRONLY | O_NONBLOCK);
    if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0
        || dup2(err, STDERR_FILENO) < 0)
        _exit(127);
    for (int fd = STDERR_FILENO + 1; fd < 16; fd++)
        close(fd);
    execve(argv[0], argv, env);
    _exit(127);
}

static pid_t start(const char *const *args, const char *out_path)
{
    pid_t pid = fork();

    if (pid == 0)
        become(args, out_path);
    return pid;
}

static uint64_t now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* What a program that runs is watched for, once a second; true: the watchdog is fed. */
typedef bool goes_on_fn(pid_t pid, void *ctx);

/* Exit code, or -1. Whoever else ends meanwhile is ours to bury. */
static int run_watched(
    const char *const *args, const char *out_path, goes_on_fn *goes_on, void *ctx)
{
    const struct timespec second = {1, 0};
    pid_t pid = start(args, out_path), who = 0;
    sigset_t child;
    int state = 0;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD); /* blocked since main() */
    while (pid > 0 && (who = waitpid(-1, &state, WNOHANG)) != pid) {
        if (who < 0 && errno != EINTR)
            return -1;
        if (who > 0)
            continue;
        if (goes_on(pid, ctx))
            watchdog_feed();
        (void)sigtimedwait(&child, NULL, &second);
    }
    return pid > 0 && WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}

/* A program of the start has its time, and does not keep the device from measuring any longer. If even its death does not
 * come, nobody feeds. */
static bool in_time(pid_t pid, void *ctx)
{
    const uint64_t *until_ms = ctx;

    if (now_ms() < *until_ms)
        return true;
    (void)kill(-pid, SIGKILL);
    return false;
}

static int run(const char *const *args, const char *out_path)
{
    uint64_t until_ms = now_ms() + STEP_MS;

    return run_watched(args, out_path, in_time, &until_ms);
}

/* --- the network --- */

static bool load_rules(const char *path)
{
    const char *const args[] = {"/usr/sbin/nft", "-f", path, NULL};
    int code = run(args, NULL);

    if (code != 0)
        say("the firewall's rules %s are not in force: nft ended with %d", path, code);
    return code == 0;
}

static bool firewall(void *ctx)
{
    (void)ctx;
    return load_rules("/etc/holdfast/firewall.nft");
}

static bool set_up(void *ctx)
{
    static uint8_t text[FILE_LEN];
    struct address a;
    struct conf_error err = {0};

    (void)ctx;
    size_t len = read_file(CONF "network.conf", ROOM_OF(text));
    if (address_parse((struct bytes){text, len}, &a, &err) != OK)
        say("network.conf:%u: %s: expected %s: no network", err.line, err.what,
            err.expected);
    else if (address_set(&a) != OK)
        say("the network cannot be set up: %s", strerror(errno));
    else
        return true;
    return false;
}

static void open_network(void)
{
    const struct network_steps steps = {NULL, firewall, set_up};
    (void)network_open(&steps);
}

/* An invitation is used once; afterwards its secret is of no use, and it goes. */
static void enrol(void)
{
    const char *const args[] = {OXIMETER, "enrol", INVITATION, "--root", DATA, NULL};
    struct stat st;

    if (stat(IDENTITY, &st) != 0 && stat(INVITATION, &st) == 0) {
        int code = run(args, NULL);
        say("enrolment ended with %d", code);
        if (code == 0 && unlink(INVITATION) != 0)
            say("the invitation cannot be removed: %s", strerror(errno));
    }
}

/* courier may speak to its cloud only: known from the enrolment on. */
static void narrow_egress(void)
{
    const char *const args[] = {OXIMETER, "egress", "--root", DATA, NULL};
    struct stat st;

    if (stat(IDENTITY, &st) == 0 && run(args, EGRESS) == 0)
        (void)load_rules(EGRESS);
}

/* The boot loader's own mark: this version has so many starts left, and is not confirmed. */
static bool on_trial(const struct boot_line *line)
{
    char mark[] = "holdfast-a+";
    DIR *images = line == NULL ? NULL : opendir(IMAGES);
    const struct dirent *e = NULL;

    if (images == NULL)
        return false;
    mark[sizeof "holdfast-" - 1] = (char)('a' + line->slot);
    while (
        (e = readdir(images)) != NULL && strncmp(e->d_name, mark, sizeof mark - 1) != 0)
        continue;
    closedir(images);
    return e != NULL;
}

/* What is on the disks is whole before the machine goes down. */
static void restart(const char *why)
{
    static const char *const mounts[] = {DATA "/run", DATA, BOOT};

    say("%s: the machine starts anew", why);
    sync();
    for (size_t i = 0; i < sizeof mounts / sizeof mounts[0]; i++)
        if (umount(mounts[i]) != 0 && errno != EINVAL
            && mount(NULL, mounts[i], NULL, MS_REMOUNT | MS_RDONLY, NULL) != 0)
            say("%s is not closed: %s", mounts[i], strerror(errno));
    sync();
    reboot(RB_AUTOBOOT);
}

/* measure tells of its readings in a file that only it and root may read. Without one none is told of. */
static bool readings_go_on(pid_t pid, void *ctx)
{
    struct tally t = {0};
    size_t len = read_file(TALLY, (struct room){(uint8_t *)&t, sizeof t});

    (void)pid;
    if (len != sizeof t)
        t = (struct tally){0};
    return watch_feeds(ctx, t.next, t.over != 0, now_ms());
}

/* line: NULL: there is no folder of kernel images, and so no release is taken. What started the machine is said to the
 * first program only. */
static void keep_measuring(const struct boot_line *line)
{
    const char *args[ARGS] = {OXIMETER, "run", "--root", DATA, "--image", "/",
        "--screen", "framebuffer:/dev/fb0", "--log-json"};
    const char *const slots[] = {"--slot-a", line == NULL ? NULL : line->slots[0],
        "--slot-b", line == NULL ? NULL : line->slots[1], "--boot-folder", IMAGES};
    unsigned ends = 0;
    size_t n = 0;

    while (args[n] != NULL)
        n++;
    for (size_t i = 0; line != NULL && i < sizeof slots / sizeof slots[0]; i++)
        args[n++] = slots[i];
    /* Req: HF-IMG-007 "A start by the watchdog shall be told to the cloud." */
    if (watchdog_fired())
        args[n] = "--watchdog";
    for (;;) {
        struct watch watch = {0, now_ms()};
        (void)unlink(TALLY); /* of the program before: this one has told of nothing */
        int code = run_watched(args, NULL, readings_go_on, &watch);
        watchdog_feed();
        args[n] = NULL;
        if (code == ENDS_FOR_RESTART)
            restart("a release");
        say("holdfast-oximeter ended with %d, and is started again", code);
        if (trial_gives_up(on_trial(line), ++ends))
            restart("this version is on trial and does not stay up");
        sleep(AGAIN_S);
    }
}

int main(void)
{
    static struct boot_line said;
    const struct boot_line *line = read_line(&said) ? &said : NULL;
    sigset_t child;

    watchdog_keep();
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &child, NULL); /* waited for: run_watched() */
    umask(022);
    narrow();
    mount_tmpfs("/run", "mode=0755,size=8m");
    mount_data(line);
    if (!mount_boot(line)) {
        say("no folder of kernel images (%s): no release is taken", strerror(errno));
        line = NULL;
    }
    open_network();
    set("/proc/sys/kernel/modules_disabled", "1");
    take_screen();
    give("holdfast-agent", TPM, 0600);
    give_button();
    enrol();
    narrow_egress();
    say("measuring begins");
    keep_measuring(line);
}
