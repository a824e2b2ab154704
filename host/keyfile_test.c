/* SPDX-License-Identifier: Apache-2.0 */
#include "host/keyfile.h"

#include "tests/support/check.h"
#include "tests/support/disk_fault.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct scene {
    char folder[64], path[96];
};

static void scene_open(struct scene *s)
{
    snprintf(s->folder, sizeof s->folder, "%s", "/tmp/keyfile_test.XXXXXX");
    CHECK(mkdtemp(s->folder) != NULL);
    snprintf(s->path, sizeof s->path, "%s/key", s->folder);
}

static void scene_close(struct scene *s)
{
    unlink(s->path);
    CHECK(rmdir(s->folder) == 0); /* nothing else was left there */
}

static enum status read_it(
    const struct scene *s, uid_t owner, uint8_t into[8], size_t *len)
{
    const char *why = NULL;
    enum status st = keyfile_read(s->path, owner, (struct room){into, 8}, len, &why);
    CHECK((st == OK) == (why == NULL));
    return st;
}

static void test_what_was_written_is_read_back_and_only_its_owner_may(void)
{
    static const uint8_t first[] = {1, 2, 3, 4, 5}, second[] = {9, 8, 7};
    struct scene s;
    uint8_t into[8];
    size_t len = 0;
    struct stat st;

    scene_open(&s);
    CHECK(read_it(&s, geteuid(), into, &len) == AGAIN);
    CHECK(keyfile_write(s.path, geteuid(), getegid(), BYTES_OF(first), false) == OK);
    CHECK(stat(s.path, &st) == 0 && (st.st_mode & 07777) == 0400);
    CHECK(read_it(&s, geteuid(), into, &len) == OK);
    CHECK(len == sizeof first && memcmp(into, first, len) == 0);

    CHECK(keyfile_write(s.path, geteuid(), getegid(), BYTES_OF(second), false)
        == REFUSED);
    CHECK(read_it(&s, geteuid(), into, &len) == OK && len == sizeof first);
    CHECK(keyfile_write(s.path, geteuid(), getegid(), BYTES_OF(second), true) == OK);
    CHECK(read_it(&s, geteuid(), into, &len) == OK && len == sizeof second);
    CHECK(memcmp(into, second, len) == 0);
    CHECK(read_it(&s, geteuid() + 1, into, &len) == REFUSED);
    scene_close(&s);
}

/* Req: HF-KEY-001 "A key file that anyone but its role may read shall be refused." */
static void test_every_mode_but_0400_is_refused_and_yields_no_byte(void)
{
    static const uint8_t secret[] = {0x5e, 0xc2, 0xe7};
    struct scene s;

    scene_open(&s);
    CHECK(keyfile_write(s.path, geteuid(), getegid(), BYTES_OF(secret), false) == OK);
    for (mode_t mode = 0; mode <= 07777; mode++) {
        uint8_t into[8] = {0};
        size_t len = 99;
        if (mode == 0400)
            continue;
        CHECK(chmod(s.path, mode) == 0);
        CHECK(read_it(&s, geteuid(), into, &len) == REFUSED);
        CHECK(len == 99 && into[0] == 0);
    }
    scene_close(&s);
}

static void test_links_folders_pipes_empty_and_long_files_are_refused(void)
{
    static const uint8_t exact[8] = {1}, longer[9] = {1};
    struct scene s;
    char other[128];
    uint8_t into[8];
    size_t len = 0;

    scene_open(&s);
    snprintf(other, sizeof other, "%s/other", s.folder);
    CHECK(keyfile_write(other, geteuid(), getegid(), BYTES_OF(exact), false) == OK);
    CHECK(symlink(other, s.path) == 0);
    CHECK(read_it(&s, geteuid(), into, &len) == REFUSED);
    CHECK(unlink(s.path) == 0 && unlink(other) == 0);

    CHECK(mkdir(s.path, 0400) == 0);
    CHECK(read_it(&s, geteuid(), into, &len) == REFUSED);
    CHECK(rmdir(s.path) == 0);

    CHECK(mkfifo(s.path, 0400) == 0);
    CHECK(read_it(&s, geteuid(), into, &len) == REFUSED);
    CHECK(unlink(s.path) == 0);

    CHECK(keyfile_write(s.path, geteuid(), getegid(), (struct bytes){0}, false) == OK);
    CHECK(read_it(&s, geteuid(), into, &len) == REFUSED);
    CHECK(keyfile_write(s.path, geteuid(), getegid(), BYTES_OF(longer), true) == OK);
    CHECK(read_it(&s, geteuid(), into, &len) == REFUSED);
    CHECK(keyfile_write(s.path, geteuid(), getegid(), BYTES_OF(exact), true) == OK);
    CHECK(read_it(&s, geteuid(), into, &len) == OK && len == 8);
    scene_close(&s);
}

/* Of every file that is written so: certificate, address, identity, records, sets of authorities. */
static void test_from_a_call_that_fails_the_file_is_the_old_or_the_new_one_whole(void)
{
    static const uint8_t first[] = {1, 2, 3, 4, 5}, second[] = {9, 8, 7};
    int old = 0, new = 0;

    for (struct disk_sweep w = {0}; disk_sweep_next(&w);) {
        struct scene s;
        uint8_t into[8];
        size_t len = 0;

        scene_open(&s);
        CHECK(keyfile_write(s.path, geteuid(), getegid(), BYTES_OF(first), true) == OK);
        disk_sweep_arm(&w);
        enum status st =
            keyfile_write(s.path, geteuid(), getegid(), BYTES_OF(second), true);
        disk_sweep_ends(&w);
        disk_cut(w.form);
        CHECK(read_it(&s, geteuid(), into, &len) == OK);
        bool is_new = len == sizeof second && memcmp(into, second, len) == 0;
        CHECK(is_new || (len == sizeof first && memcmp(into, first, len) == 0));
        CHECK(st != OK || is_new);
        old += !is_new;
        new += is_new;
        CHECK(
            keyfile_write(s.path, geteuid(), getegid(), BYTES_OF(second), true) == OK);
        disk_cut(0);
        CHECK(read_it(&s, geteuid(), into, &len) == OK && len == sizeof second);
        scene_close(&s);
    }
    CHECK(old > 4 && new > 0);
}

MAIN(TEST(test_what_was_written_is_read_back_and_only_its_owner_may),
    TEST(test_every_mode_but_0400_is_refused_and_yields_no_byte),
    TEST(test_links_folders_pipes_empty_and_long_files_are_refused),
    TEST(test_from_a_call_that_fails_the_file_is_the_old_or_the_new_one_whole))
