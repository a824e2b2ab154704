/* SPDX-License-Identifier: Apache-2.0 */
#include "host/plain_file.h"

#include "tests/support/check.h"

#include <errno.h>
#include <unistd.h>

static void test_a_file_is_read_and_what_is_none_makes_nobody_wait(void)
{
    char folder[] = "/tmp/plain_file_test.XXXXXX", fifo[64], file[64], got[8] = "";
    struct stat st;

    CHECK(mkdtemp(folder) != NULL);
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    snprintf(file, sizeof file, "%s/file", folder);
    CHECK(mkfifo(fifo, 0600) == 0);
    FILE *f = fopen(file, "w");
    CHECK(f != NULL && fputs("bytes", f) >= 0 && fclose(f) == 0);

    f = plain_file_open(file);
    CHECK(f != NULL && fread(got, 1, sizeof got, f) == 5 && strcmp(got, "bytes") == 0);
    fclose(f);
    int fd = plain_file_fd(file, &st);
    CHECK(fd >= 0 && st.st_size == 5);
    close(fd);
    const char *const others[] = {fifo, folder, "/dev/null", "/dev/zero"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        CHECK(plain_file_open(others[i]) == NULL && errno == EINVAL);
        CHECK(plain_file_fd(others[i], &st) == -1 && errno == EINVAL);
    }
    unlink(file);
    CHECK(plain_file_open(file) == NULL && errno == ENOENT);
    unlink(fifo);
    rmdir(folder);
}

MAIN(TEST(test_a_file_is_read_and_what_is_none_makes_nobody_wait))
