/* SPDX-License-Identifier: Apache-2.0 */
#include "host/confine_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * What the kernel knows by its Landlock version; the headers of Debian 12 end at version 2.
 * 3: truncate. 4: TCP. 5: ioctl on devices. 6: abstract sockets and signals stay inside.
 */
enum { WITH_TRUNCATE = 3, WITH_NET = 4, WITH_IOCTL = 5, WITH_SCOPE = 6 };

#define FS_TRUNCATE   (UINT64_C(1) << 14)
#define FS_IOCTL_DEV  (UINT64_C(1) << 15)
#define NET_BIND      UINT64_C(1)
#define NET_CONNECT   UINT64_C(2)
#define SCOPE_ALL     UINT64_C(3)
#define RULE_NET_PORT 2

#define FS_BASE                                                          \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE          \
        | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR     \
        | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE \
        | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR     \
        | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK     \
        | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK   \
        | LANDLOCK_ACCESS_FS_MAKE_SYM)
#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_WRITE                                                       \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG       \
        | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE \
        | LANDLOCK_ACCESS_FS_REMOVE_DIR | FS_TRUNCATE)
#define FS_OF_FILES                                               \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE \
        | LANDLOCK_ACCESS_FS_EXECUTE | FS_TRUNCATE)

struct ruleset_attr {
    uint64_t handled_fs, handled_net, scoped;
};

struct net_port_attr {
    uint64_t allowed, port;
};

static struct ruleset_attr handled_by(long abi, const struct confine_plan *plan)
{
    struct ruleset_attr a = {.handled_fs = FS_BASE};
    bool any_port = (plan->rights & CONFINE_INET_OUT) != 0 && plan->connect_port == 0;

    if (abi >= 2)
        a.handled_fs |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= WITH_TRUNCATE)
        a.handled_fs |= FS_TRUNCATE;
    if (abi >= WITH_NET)
        a.handled_net = any_port ? NET_BIND : NET_BIND | NET_CONNECT;
    if (abi >= WITH_IOCTL)
        a.handled_fs |= FS_IOCTL_DEV;
    if (abi >= WITH_SCOPE)
        a.scoped = SCOPE_ALL;
    return a;
}

/* An older kernel wants a shorter struct. */
static size_t attr_len(long abi)
{
    return abi >= WITH_SCOPE ? 24 : abi >= WITH_NET ? 16 : 8;
}

static uint64_t allowed_on(const struct confine_path *p, mode_t mode, uint64_t handled)
{
    uint64_t a = 0;

    if ((p->access & CONFINE_READ) != 0)
        a |= FS_READ;
    if ((p->access & CONFINE_WRITE) != 0)
        a |= FS_WRITE;
    if ((p->access & CONFINE_RUN) != 0)
        a |= LANDLOCK_ACCESS_FS_EXECUTE;
    if (!S_ISDIR(mode))
        a &= FS_OF_FILES;
    return a & handled;
}

/* CONFINE_SOCKET needs no rule: Landlock does not rule over paths of sockets; the folder's mode
 * and the listener's look at SO_PEERCRED do. */
static enum status add_path(int rules, const struct confine_path *p, uint64_t handled)
{
    struct stat st;
    int fd = open(p->path, O_PATH | O_CLOEXEC);

    if (fd < 0)
        return errno == ENOENT ? OK : BROKEN;
    if (fstat(fd, &st) != 0) {
        close(fd);
        return BROKEN;
    }
    struct landlock_path_beneath_attr a = {
        .allowed_access = allowed_on(p, st.st_mode, handled), .parent_fd = fd};
    long r = a.allowed_access == 0
        ? 0
        : syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &a, 0);
    close(fd);
    return r == 0 ? OK : BROKEN;
}

static enum status add_port(
    int rules, const struct confine_plan *plan, uint64_t handled)
{
    struct net_port_attr a = {NET_CONNECT, plan->connect_port};

    if ((plan->rights & CONFINE_INET_OUT) == 0 || (handled & NET_CONNECT) == 0)
        return OK;
    return syscall(SYS_landlock_add_rule, rules, RULE_NET_PORT, &a, 0) == 0 ? OK
                                                                            : BROKEN;
}

enum status confine_landlock_rules(const struct confine_plan *plan, int *ruleset_fd)
{
    long abi =
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1)
        return BROKEN;

    struct ruleset_attr attr = handled_by(abi, plan);
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, attr_len(abi), 0);
    if (rules < 0)
        return BROKEN;

    enum status s = add_port(rules, plan, attr.handled_net);
    for (size_t i = 0; i < plan->path_count && s == OK; i++)
        s = add_path(rules, &plan->paths[i], attr.handled_fs);
    if (s == OK)
        *ruleset_fd = rules;
    else
        close(rules);
    return s;
}

enum status confine_landlock_enter(int ruleset_fd)
{
    long r = syscall(SYS_landlock_restrict_self, ruleset_fd, 0);
    close(ruleset_fd);
    return r == 0 ? OK : BROKEN;
}
