/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/conf.h"
#include "core/base/utf8.h"

#include <stdlib.h>
#include <string.h>

struct settings {
    int64_t port, shift;
    bool quiet;
    char name[9], wards[17];
    uint8_t id[2];
    CONF_BLOB(6) blob;
};

static const struct conf_key keys[] = {
    {"", "port", CONF_INT, 1, 65535, "8443", "port", offsetof(struct settings, port)},
    {"", "shift", CONF_INT, -5, 5, "0", "shift", offsetof(struct settings, shift)},
    {"", "quiet", CONF_BOOL, 0, 0, "false", "quiet", offsetof(struct settings, quiet)},
    {"", "name", CONF_TEXT, 1, 8, "\"x\"", "name", offsetof(struct settings, name)},
    {"s", "wards", CONF_LIST, 1, 16, "\"a\"", "wards",
        offsetof(struct settings, wards)},
    {"s", "id", CONF_HEX, 2, 2, "\"0000\"", "id", offsetof(struct settings, id)},
    {"s", "blob", CONF_BASE64, 1, 6, "\"AA==\"", "blob",
        offsetof(struct settings, blob)},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings s = {.port = -7};
    struct conf_error e;

    if (conf_parse((struct bytes){data, size}, keys, sizeof keys / sizeof keys[0], &s,
            sizeof s, &e)
        != OK) {
        if (s.port != -7 || e.what[0] == 0 || !memchr(e.what, 0, sizeof e.what)
            || !memchr(e.expected, 0, sizeof e.expected))
            abort();
        return 0;
    }
    size_t name = strnlen(s.name, sizeof s.name),
           wards = strnlen(s.wards, sizeof s.wards);
    if (s.port < 1 || s.port > 65535 || s.shift < -5 || s.shift > 5 || name < 1
        || name > 8 || wards < 1 || wards > 16 || s.blob.len < 1 || s.blob.len > 6
        || !utf8_printable((struct bytes){(const uint8_t *)s.name, name}))
        abort();
    return 0;
}
