/* SPDX-License-Identifier: Apache-2.0 */
#include "device/net/cloud_file.h"

#include "host/keyfile.h"

enum status cloud_file_read(
    const char *path, uid_t owner, struct bundle *out, const char **why)
{
    uint8_t text[8192];
    size_t len = 0;
    struct conf_error err;

    TRY(keyfile_read(path, owner, ROOM_OF(text), &len, why));
    *why = "malformed";
    return bundle_parse((struct bytes){text, len}, out, &err);
}

enum status cloud_file_write(
    const char *path, uid_t owner, gid_t group, const struct bundle *bundle)
{
    struct bundle open = *bundle;
    uint8_t text[8192];
    size_t len = 0;

    open.secret = (struct key){{0}};
    TRY(bundle_build(&open, ROOM_OF(text), &len));
    return keyfile_write(path, owner, group, (struct bytes){text, len}, true);
}
