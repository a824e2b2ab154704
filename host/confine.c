/* SPDX-License-Identifier: Apache-2.0 */
#include "host/confine.h"

#include "host/confine_parts.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CAPABILITIES_MAX = 63 };

enum status confine_user(const char *user, unsigned *uid, unsigned *gid, bool *reduced)
{
    if (geteuid() != 0) {
        *uid = geteuid();
        *gid = getegid();
        *reduced = true;
        return OK;
    }
    const struct passwd *p = getpwnam(user);
    if (p == NULL || p->pw_uid == 0)
        return REFUSED;
    *uid = p->pw_uid;
    *gid = p->pw_gid;
    *reduced = false;
    return OK;
}

/* Unknown capabilities end the list with EINVAL; without SETPCAP there is nothing to drop. */
static bool drop_bounding_set(void)
{
    for (int cap = 0; cap <= CAPABILITIES_MAX; cap++) {
        int has = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);
        if (has < 0)
            break;
        if (has == 1 && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0)
            return false;
    }
    return true;
}

static bool become(const char *user)
{
    unsigned uid = 0, gid = 0;
    bool reduced = false;

    if (confine_user(user, &uid, &gid, &reduced) != OK)
        return false;
    if (reduced)
        return true;
    return drop_bounding_set() && setgroups(0, NULL) == 0
        && setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0
        && getuid() == uid && geteuid() == uid && getgid() == gid
        && setresuid(0, 0, 0) != 0;
}

static bool drop_capabilities(void)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0}};

    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0
        && errno != EINVAL)
        return false;
    return syscall(SYS_capset, &head, none) == 0;
}

/* Req: HF-SEC-028 "No process of the programs shall leave a core dump." */
bool confine_no_core(void)
{
    struct rlimit none = {0, 0};

    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0
        && setrlimit(RLIMIT_CORE, &none) == 0;
}

/* A change of user undoes what was said of dumps and of the parent's death: it is said here. */
static bool close_up(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && confine_no_core()
        && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0;
}

/* Req: HF-LEAST-001 "Each process shall give up every right that its role does not need." */
enum status confine_enter(const struct confine_plan *plan, const char **what_failed)
{
    int rules = -1;

    *what_failed = "landlock rules";
    TRY(confine_landlock_rules(plan, &rules)); /* opens the paths: while it still may */
    *what_failed = "user";
    if (!become(plan->user))
        return BROKEN;
    *what_failed = "capabilities";
    if (!drop_capabilities())
        return BROKEN;
    *what_failed = "privileges";
    if (!close_up())
        return BROKEN;
    *what_failed = "landlock";
    TRY(confine_landlock_enter(rules));
    *what_failed = "seccomp";
    TRY(confine_seccomp(plan));
    *what_failed = NULL;
    return OK;
}
