/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/identity.h"

#include "host/keyfile.h"

static enum status read_sealed(const char *path, uid_t owner, const struct trust *trust,
    struct room plain, size_t *len, const char **why)
{
    uint8_t sealed[IDENTITY_SEALED_MAX];
    size_t sealed_len = 0;

    TRY(keyfile_read(path, owner, ROOM_OF(sealed), &sealed_len, why));
    *why = "not sealed by this device";
    return trust->open(trust->board, (struct bytes){sealed, sealed_len}, plain, len);
}

static enum status write_sealed(const char *path, uid_t owner, gid_t group,
    const struct trust *trust, struct bytes plain)
{
    uint8_t sealed[IDENTITY_SEALED_MAX];
    size_t len = 0;

    TRY(trust->seal(trust->board, plain, ROOM_OF(sealed), &len));
    return keyfile_write(path, owner, group, (struct bytes){sealed, len}, true);
}

enum status identity_read(const char *path, uid_t owner, const struct trust *trust,
    struct identity_record *out, const char **why)
{
    uint8_t plain[IDENTITY_SEALED_MAX];
    size_t len = 0;
    enum status s = read_sealed(path, owner, trust, ROOM_OF(plain), &len, why);

    if (s == OK && identity_parse((struct bytes){plain, len}, out) != OK)
        s = DAMAGED;
    wipe(plain, sizeof plain);
    return s;
}

enum status identity_write(const char *path, uid_t owner, gid_t group,
    const struct trust *trust, const struct identity_record *r)
{
    uint8_t plain[IDENTITY_LEN];

    identity_build(r, plain);
    enum status s = write_sealed(path, owner, group, trust, BYTES_OF(plain));
    wipe(plain, sizeof plain);
    return s;
}

enum status enrolment_read(const char *path, uid_t owner, const struct trust *trust,
    struct enrolment_record *out, const char **why)
{
    uint8_t plain[IDENTITY_SEALED_MAX];
    size_t len = 0;
    enum status s = read_sealed(path, owner, trust, ROOM_OF(plain), &len, why);

    if (s == OK && enrolment_parse((struct bytes){plain, len}, out) != OK)
        s = DAMAGED;
    wipe(plain, sizeof plain);
    return s;
}

enum status enrolment_write(const char *path, uid_t owner, gid_t group,
    const struct trust *trust, const struct enrolment_record *r)
{
    uint8_t plain[ENROLMENT_LEN];

    enrolment_build(r, plain);
    enum status s = write_sealed(path, owner, group, trust, BYTES_OF(plain));
    wipe(plain, sizeof plain);
    return s;
}
