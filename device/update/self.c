/* SPDX-License-Identifier: Apache-2.0 */
#include "device/update/self.h"

#include "core/base/limits.h"
#include "wire/service_log.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct told {
    char product[WORD_MAX + 1];
    int64_t major, minor, patch, security_version;
    uint8_t build[BUILD_ID_LEN];
};

#define AT(field) offsetof(struct told, field)

/* clang-format off */
static const struct conf_key keys[] = {
    {"", "product", CONF_TEXT, 1, WORD_MAX, NULL, "class of devices", AT(product)},
    {"", "major", CONF_INT, 0, UINT16_MAX, NULL, "version", AT(major)},
    {"", "minor", CONF_INT, 0, UINT16_MAX, NULL, "version", AT(minor)},
    {"", "patch", CONF_INT, 0, UINT16_MAX, NULL, "version", AT(patch)},
    {"", "security_version", CONF_INT, 0, UINT32_MAX, NULL, "never falls", AT(security_version)},
    {"", "build", CONF_HEX, 0, BUILD_ID_LEN, NULL, "build id", AT(build)},
};
/* clang-format on */

/* AGAIN: cannot be read. */
static enum status read_text(const char *path, struct room into, struct bytes *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t n = fd < 0 ? -1 : read(fd, into.at, into.cap);

    if (fd >= 0)
        close(fd);
    if (n < 0)
        return AGAIN;
    *out = (struct bytes){into.at, (size_t)n};
    return OK;
}

enum status self_read(const char *path, struct update_self *out, struct conf_error *err)
{
    uint8_t room[2048];
    struct told t = {0};
    struct bytes text;

    *err = (struct conf_error){
        .what = "cannot be read", .expected = "the release file of this image"};
    if (read_text(path, ROOM_OF(room), &text) != OK)
        return REFUSED;
    if (conf_parse(text, keys, sizeof keys / sizeof keys[0], &t, sizeof t, err) != OK)
        return REFUSED;
    *err =
        (struct conf_error){.what = "product", .expected = "a word of a-z 0-9 . _ -"};
    if (!log_word_holds(t.product))
        return REFUSED;
    memset(out, 0, sizeof *out);
    memcpy(out->product, t.product, sizeof out->product);
    out->version = (struct release_version){
        (uint16_t)t.major, (uint16_t)t.minor, (uint16_t)t.patch};
    out->security_version = (uint32_t)t.security_version;
    memcpy(out->build.b, t.build, sizeof out->build.b);
    return OK;
}

enum status self_slot(const char *path, uint8_t *out)
{
    uint8_t room[4096];
    struct bytes text;
    static const char key[] = "holdfast.slot=";
    enum { KEY = sizeof key - 1 };

    TRY(read_text(path, ROOM_OF(room), &text));
    for (size_t i = 0; i + KEY < text.len; i++) {
        bool starts = i == 0 || text.at[i - 1] == ' ';
        uint8_t letter = text.at[i + KEY];
        bool ends = i + KEY + 1 == text.len || text.at[i + KEY + 1] == ' '
            || text.at[i + KEY + 1] == '\n';
        if (starts && ends && memcmp(text.at + i, key, KEY) == 0
            && (letter == 'a' || letter == 'b')) {
            *out = (uint8_t)(letter - 'a');
            return OK;
        }
    }
    return AGAIN;
}
