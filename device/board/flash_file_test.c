/* SPDX-License-Identifier: Apache-2.0 */
#include "device/board/flash_file.h"

#include "device/board/flash_part.h"

#include "tests/support/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 16 * FLASH_FILE_SECTOR };

static char folder[64];
static char path[128];

static void set_up(void)
{
    memcpy(folder, "/tmp/flash_file_test.XXXXXX", sizeof "/tmp/flash_file_test.XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/flash", folder);
}

static void tear_down(void)
{
    unlink(path);
    CHECK(rmdir(folder) == 0); /* nothing else was left behind */
}

static bool all_are(const struct flash *f, uint32_t at, size_t len, uint8_t want)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t got;
        if (f->read(f->board, at + (uint32_t)i, (struct room){&got, 1}) != OK
            || got != want)
            return false;
    }
    return true;
}

static void test_a_new_file_is_erased_flash_of_its_whole_size_and_private(void)
{
    struct flash_file f;
    struct stat st;

    set_up();
    CHECK(flash_file_open(&f, path, SIZE) == OK);
    CHECK(stat(path, &st) == 0 && st.st_size == SIZE && (st.st_mode & 0777) == 0600);
    CHECK(st.st_blocks * 512 >= SIZE); /* its space is taken */
    CHECK(f.port.sector_count == 16 && f.port.sector_len == 4096
        && f.port.unit_len == 16);
    CHECK(all_are(&f.port, 0, SIZE, 0xff));
    flash_file_close(&f);
    tear_down();
}

static void test_what_was_synced_is_there_after_it_is_opened_anew(void)
{
    static const uint8_t unit[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct flash_file f;
    uint8_t got[32];

    set_up();
    CHECK(flash_file_open(&f, path, SIZE) == OK);
    CHECK(f.port.program(f.port.board, 4096, BYTES_OF(unit)) == OK);
    CHECK(f.port.program(f.port.board, 8192, BYTES_OF(unit)) == OK);
    CHECK(f.port.erase(f.port.board, 2) == OK);
    CHECK(f.port.sync(f.port.board) == OK);
    flash_file_close(&f);
    CHECK(flash_file_open(&f, path, 2 * SIZE) == OK);
    CHECK(f.port.sector_count == 16); /* keeps its own size */
    CHECK(f.port.read(f.port.board, 4096, ROOM_OF(got)) == OK);
    CHECK(memcmp(got, unit, sizeof unit) == 0);
    CHECK(all_are(&f.port, 8192, 4096, 0xff));
    flash_file_close(&f);
    tear_down();
}

static void test_a_second_writer_is_told_to_wait_and_a_reader_is_not(void)
{
    static const uint8_t unit[16] = {7};
    struct flash_file f;
    struct flash_file second;

    set_up();
    CHECK(flash_file_open_to_read(&second, path) == BROKEN && errno == ENOENT);
    CHECK(flash_file_open(&f, path, SIZE) == OK);
    CHECK(flash_file_open(&second, path, SIZE) == AGAIN);
    CHECK(flash_file_open_to_read(&second, path) == OK);
    CHECK(all_are(&second.port, 0, 100, 0xff));
    CHECK(second.port.program(second.port.board, 0, BYTES_OF(unit)) == BROKEN);
    CHECK(second.port.erase(second.port.board, 0) == BROKEN);
    CHECK(second.port.sync(second.port.board) == OK);
    CHECK(f.port.program(f.port.board, 0, BYTES_OF(unit)) == OK);
    CHECK(all_are(&second.port, 0, 1, 7));
    flash_file_close(&second);
    flash_file_close(&f);
    CHECK(flash_file_open(&second, path, SIZE) == OK);
    flash_file_close(&second);
    tear_down();
}

static void test_what_is_not_a_private_file_of_whole_sectors_is_refused(void)
{
    struct flash_file f;
    char target[160];

    set_up();
    CHECK(flash_file_open(&f, path, SIZE) == OK);
    flash_file_close(&f);
    CHECK(chmod(path, 0640) == 0);
    CHECK(flash_file_open(&f, path, SIZE) == REFUSED);
    CHECK(chmod(path, 0600) == 0 && truncate(path, SIZE - 1) == 0);
    CHECK(flash_file_open(&f, path, SIZE) == DAMAGED);
    CHECK(truncate(path, 0) == 0);
    CHECK(flash_file_open(&f, path, SIZE) == DAMAGED);
    snprintf(target, sizeof target, "%s/other", folder);
    CHECK(rename(path, target) == 0 && symlink(target, path) == 0);
    CHECK(flash_file_open(&f, path, SIZE) == REFUSED);
    CHECK(unlink(path) == 0 && unlink(target) == 0 && mkfifo(path, 0600) == 0);
    CHECK(flash_file_open(&f, path, SIZE) == REFUSED);
    CHECK(unlink(path) == 0);
    CHECK(flash_file_open(&f, "/nonexistent/flash", SIZE) == BROKEN);
    tear_down();
}

static void test_a_failed_call_poisons_it_until_it_is_opened_or_settled_anew(void)
{
    static const uint8_t unit[16] = {9};
    struct flash_file f;

    set_up();
    CHECK(flash_file_open(&f, path, SIZE) == OK);
    int kept = dup(f.fd);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC); /* no fdatasync on it: EINVAL */
    CHECK(kept >= 0 && null >= 0 && dup2(null, f.fd) == f.fd);
    CHECK(f.port.sync(f.port.board) == BROKEN);
    CHECK(dup2(kept, f.fd) == f.fd); /* the disk is well again */
    CHECK(f.port.sync(f.port.board) == BROKEN);
    CHECK(f.port.program(f.port.board, 0, BYTES_OF(unit)) == BROKEN);
    CHECK(f.port.erase(f.port.board, 0) == BROKEN);
    CHECK(!all_are(&f.port, 0, 1, 0xff));
    CHECK(dup2(null, f.fd) == f.fd && flash_file_settle(&f) == BROKEN);
    CHECK(dup2(kept, f.fd) == f.fd && f.port.sync(f.port.board) == BROKEN);
    CHECK(flash_file_settle(&f) == OK && all_are(&f.port, 0, SIZE, 0xff));
    CHECK(f.port.sync(f.port.board) == OK);
    close(kept);
    close(null);
    flash_file_close(&f);
    CHECK(flash_file_open(&f, path, SIZE) == OK);
    CHECK(all_are(&f.port, 0, SIZE, 0xff));
    CHECK(f.port.sync(f.port.board) == OK);
    flash_file_close(&f);
    tear_down();
}

/* In a child: the limit on file size stands in for a full disk. */
static void test_without_space_nothing_is_made_and_nothing_left_behind(void)
{
    set_up();
    pid_t child = fork();
    if (child == 0) {
        struct flash_file f;
        struct rlimit small = {SIZE / 2, SIZE / 2};
        signal(SIGXFSZ, SIG_IGN);
        bool right = setrlimit(RLIMIT_FSIZE, &small) == 0
            && flash_file_open(&f, path, SIZE) == BROKEN;
        _exit(right ? 0 : 1);
    }
    int how;
    CHECK(waitpid(child, &how, 0) == child && how == 0);
    CHECK(access(path, F_OK) != 0);
    tear_down();
}

static void test_a_part_reaches_its_own_sectors_only(void)
{
    static const uint8_t unit[16] = {5};
    struct flash_file f;
    struct flash_part a;
    struct flash_part b;

    set_up();
    CHECK(flash_file_open(&f, path, SIZE) == OK);
    flash_part_init(&a, &f.port, 0, 2);
    flash_part_init(&b, &f.port, 2, 14);
    CHECK(a.port.sector_count == 2 && b.port.sector_count == 14);
    CHECK(b.port.program(b.port.board, 0, BYTES_OF(unit)) == OK);
    CHECK(b.port.program(b.port.board, 4096, BYTES_OF(unit)) == OK);
    CHECK(a.port.program(a.port.board, 4096 + 16, BYTES_OF(unit)) == OK);
    CHECK(all_are(&f.port, 2 * 4096, 1, 5) && all_are(&f.port, 3 * 4096, 1, 5));
    CHECK(all_are(&f.port, 4096 + 16, 1, 5));
    CHECK(b.port.erase(b.port.board, 1) == OK && b.port.sync(b.port.board) == OK);
    CHECK(all_are(&f.port, 3 * 4096, 4096, 0xff));
    CHECK(all_are(&b.port, 0, 1, 5) && all_are(&a.port, 4096 + 16, 1, 5));
    flash_file_close(&f);
    tear_down();
}

MAIN(TEST(test_a_new_file_is_erased_flash_of_its_whole_size_and_private),
    TEST(test_what_was_synced_is_there_after_it_is_opened_anew),
    TEST(test_a_second_writer_is_told_to_wait_and_a_reader_is_not),
    TEST(test_what_is_not_a_private_file_of_whole_sectors_is_refused),
    TEST(test_a_failed_call_poisons_it_until_it_is_opened_or_settled_anew),
    TEST(test_without_space_nothing_is_made_and_nothing_left_behind),
    TEST(test_a_part_reaches_its_own_sectors_only))
