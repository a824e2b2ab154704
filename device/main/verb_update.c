/* SPDX-License-Identifier: Apache-2.0 */
#include "core/journal/slots.h"
#include "core/update/record.h"
#include "device/board/flash_file.h"
#include "device/main/verbs.h"
#include "device/talk/place.h"
#include "device/talk/role.h"
#include "host/plain_file.h"
#include "wire/event.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 20 };

static int wrong(const char *path, const char *what, const char *expected)
{
    return cli_error(EXIT_USAGE, path, 0, what, expected);
}

static bool pour(int from, int to)
{
    ssize_t n;

    while ((n = sendfile(to, from, NULL, PIECE)) > 0)
        ;
    return n == 0 && fsync(to) == 0;
}

/* Whole or not at all, for the updater alone. */
static bool put_as(const char *path, int from, const struct role_env *env)
{
    char fresh[PLACE_MAX + 8];

    (void)snprintf(fresh, sizeof fresh, "%s.new", path);
    (void)unlink(fresh);
    int to = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
    bool good = to >= 0 && pour(from, to)
        && (geteuid() != 0
            || fchown(to, env->uids[ROLE_UPDATER], env->gids[ROLE_UPDATER]) == 0);
    if (to >= 0)
        close(to);
    if (good && rename(fresh, path) == 0)
        return true;
    (void)unlink(fresh);
    return false;
}

/* fd: of a part that may be one. */
static int open_one(const char *from, off_t most, int *fd)
{
    struct stat st;

    *fd = plain_file_fd(from, &st);
    return *fd >= 0 && st.st_size > 0 && st.st_size <= most
        ? EXIT_DONE
        : wrong(from, "cannot be a part of a release",
            "a file that can be read and is no longer than one may be");
}

static int put_one(
    int fd, enum place place, const char *root, const struct role_env *env)
{
    char path[PLACE_MAX];

    if (place_of(root, place, path) != OK)
        return wrong(NULL, "--root", "a shorter path");
    return put_as(path, fd, env)
        ? EXIT_DONE
        : cli_error(EXIT_ENVIRONMENT, path, 0, strerror(errno),
            "the folder of a device that has run, and the right to write there");
}

static int open_both(const struct cli_args *a, int *bundle, int *statement)
{
    int code = open_one(a->operand[0], LIMIT_UPDATE_BUNDLE, bundle);

    return code == EXIT_DONE ? open_one(a->operand[1], LIMIT_RELEASE, statement) : code;
}

/* The statement last: the updater looks for it, and for the bundle then. Neither is placed if one
 * of them cannot be a part. */
int verb_update_put(const struct cli_args *a)
{
    const char *root = cli_word(a, "root", "/");
    struct role_env env = {0};
    int bundle = -1, statement = -1;

    if (role_users(&env) != OK)
        return cli_error(EXIT_ENVIRONMENT, NULL, 0, "no user for a role",
            "the users of packaging/sysusers.d (script/setup)");
    int code = open_both(a, &bundle, &statement);
    if (code == EXIT_DONE)
        code = put_one(bundle, PLACE_BUNDLE, root, &env);
    if (code == EXIT_DONE)
        code = put_one(statement, PLACE_STATEMENT, root, &env);
    if (bundle >= 0)
        close(bundle);
    if (statement >= 0)
        close(statement);
    return code;
}

static void print_record(const struct update_record *r)
{
    const struct release *x = &r->release;

    printf("state %s\nslot %c\n", update_state_name(r->state), 'a' + r->active);
    if (r->has_release)
        printf("release %u.%u.%u security %u\n", x->version.major, x->version.minor,
            x->version.patch, x->security_version);
    if (r->state == UPDATE_TRIAL)
        printf("boot %u\n", r->boots);
    if (r->why != 0)
        printf("why %s: %s\n", event_name(r->why), event_meaning(r->why));
}

int verb_update_status(const struct cli_args *a)
{
    char path[PLACE_MAX];
    uint8_t room[UPDATE_RECORD_LEN];
    struct flash_file file;
    struct slots slots;
    struct update_record r;
    size_t len = 0;

    if (place_of(cli_word(a, "root", "/"), PLACE_UPDATE_RECORD, path) != OK)
        return wrong(NULL, "--root", "a shorter path");
    if (flash_file_open_to_read(&file, path) != OK)
        return cli_error(
            EXIT_ENVIRONMENT, path, 0, "cannot be read", "a device with slots");
    enum status s = slots_open(&slots, &file.port, 0);
    if (s == OK)
        s = slots_read(&slots, ROOM_OF(room), &len);
    if (s == OK)
        s = update_record_parse((struct bytes){room, len}, &r);
    flash_file_close(&file);
    if (s == OK)
        print_record(&r);
    else if (s == AGAIN)
        printf("state idle\n");
    else
        return cli_error(
            EXIT_NO, path, 0, "damaged", "a record that the updater wrote");
    return EXIT_DONE;
}
