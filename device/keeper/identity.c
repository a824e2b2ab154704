/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/identity.h"

#include "host/keyfile.h"

typedef enum status record_parse(struct bytes plain, void *out);

static enum status parse_identity(struct bytes plain, void *out)
{
    return identity_parse(plain, out);
}

static enum status parse_enrolment(struct bytes plain, void *out)
{
    return enrolment_parse(plain, out);
}

enum status identity_load(
    const char *path, uid_t owner, struct sealed_record *out, const char **why)
{
    return keyfile_read(path, owner, ROOM_OF(out->b), &out->len, why);
}

static enum status open_record(const struct sealed_record *sealed,
    const struct trust *trust, record_parse *parse, void *out, const char **why)
{
    uint8_t plain[IDENTITY_SEALED_MAX];
    size_t len = 0;

    *why = "not sealed by this device";
    enum status s = trust->open(
        trust->board, (struct bytes){sealed->b, sealed->len}, ROOM_OF(plain), &len);
    if (s == OK && parse((struct bytes){plain, len}, out) != OK)
        s = DAMAGED;
    wipe(plain, sizeof plain);
    return s;
}

enum status identity_open(const struct sealed_record *sealed, const struct trust *trust,
    struct identity_record *out, const char **why)
{
    return open_record(sealed, trust, parse_identity, out, why);
}

static enum status read_sealed(const char *path, uid_t owner, const struct trust *trust,
    record_parse *parse, void *out, const char **why)
{
    struct sealed_record sealed;

    TRY(identity_load(path, owner, &sealed, why));
    return open_record(&sealed, trust, parse, out, why);
}

/* Wipes `plain`. */
static enum status write_sealed(const char *path, uid_t owner, gid_t group,
    const struct trust *trust, struct room plain)
{
    uint8_t sealed[IDENTITY_SEALED_MAX];
    size_t len = 0;

    enum status s = trust->seal(
        trust->board, (struct bytes){plain.at, plain.cap}, ROOM_OF(sealed), &len);
    wipe(plain.at, plain.cap);
    TRY(s);
    return keyfile_write(path, owner, group, (struct bytes){sealed, len}, true);
}

enum status identity_read(const char *path, uid_t owner, const struct trust *trust,
    struct identity_record *out, const char **why)
{
    return read_sealed(path, owner, trust, parse_identity, out, why);
}

enum status identity_write(const char *path, uid_t owner, gid_t group,
    const struct trust *trust, const struct identity_record *r)
{
    uint8_t plain[IDENTITY_LEN];

    identity_build(r, plain);
    return write_sealed(path, owner, group, trust, ROOM_OF(plain));
}

enum status enrolment_read(const char *path, uid_t owner, const struct trust *trust,
    struct enrolment_record *out, const char **why)
{
    *why = "not settled";
    TRY(keyfile_settle(path));
    return read_sealed(path, owner, trust, parse_enrolment, out, why);
}

enum status enrolment_write(const char *path, uid_t owner, gid_t group,
    const struct trust *trust, const struct enrolment_record *r)
{
    uint8_t plain[ENROLMENT_LEN];

    enrolment_build(r, plain);
    return write_sealed(path, owner, group, trust, ROOM_OF(plain));
}
