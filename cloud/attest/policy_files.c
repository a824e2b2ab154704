/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/attest/policy_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* One byte more than a file may have, so that one that is too long is seen to be. */
static enum status read_whole(const char *path, uint8_t **text, size_t *len)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0)
        return errno == ENOENT ? AGAIN : BROKEN;
    /* As host/plain_file, which this folder does not know: a FIFO makes nobody wait. */
    FILE *f = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? fdopen(fd, "r") : NULL;
    if (f == NULL) {
        close(fd);
        return BROKEN;
    }
    *text = malloc(LIMIT_CONF_FILE + 1);
    *len = *text ? fread(*text, 1, LIMIT_CONF_FILE + 1, f) : 0;
    bool good = *text != NULL && ferror(f) == 0;
    (void)fclose(f);
    if (!good)
        free(*text);
    return good ? OK : BROKEN;
}

enum status makers_read(const char *path, struct makers *out, const char **why)
{
    uint8_t *text = NULL;
    size_t len = 0;

    *why = "a file that can be read, certificates in PEM";
    TRY(read_whole(path, &text, &len));
    enum status s = makers_parse((struct bytes){text, len}, out, why);
    free(text);
    return s;
}

enum status known_read(const char *path, struct known *out, struct conf_error *err)
{
    uint8_t *text = NULL;
    size_t len = 0;

    *err = (struct conf_error){.what = "cannot be read",
        .expected =
            "the registers and the released versions, as docs/attestation.md has them"};
    TRY(read_whole(path, &text, &len));
    enum status s = known_parse((struct bytes){text, len}, out, err);
    free(text);
    return s;
}
