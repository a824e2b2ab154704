/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/main/release.h"

#include "cloud/main/new_file.h"
#include "core/base/hex.h"
#include "core/update/bundle.h"
#include "host/cli.h"
#include "host/crypto.h"
#include "host/plain_file.h"
#include "host/sign_key.h"
#include "wire/release.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int release_key(const char *path)
{
    const char *why = NULL;
    char id[SIGN_KEY_ID_TEXT];
    struct sign_key *k = NULL;

    if (sign_key_make(path, &why) != OK || sign_key_open_private(path, &k, &why) != OK)
        return cli_error(EXIT_USAGE, path, 0, why, "a new file that may be written");
    sign_key_id(k, id);
    sign_key_free(k);
    printf(
        "second key %s; images carry %s.pub as /etc/holdfast/second.pub\n", id, path);
    return EXIT_DONE;
}

static int map_file(const char *path, struct bytes *out)
{
    struct stat st;
    int fd = plain_file_fd(path, &st);
    bool good = fd >= 0 && st.st_size > 0 && st.st_size <= LIMIT_UPDATE_BUNDLE;
    void *at = good ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0)
                    : MAP_FAILED;

    if (fd >= 0)
        close(fd);
    if (at == MAP_FAILED)
        return cli_error(EXIT_USAGE, path, 0, "is no bundle",
            "a file of 1 byte to 256 MiB that can be read");
    *out = (struct bytes){at, (size_t)st.st_size};
    return EXIT_DONE;
}

static bool version_of(const char *text, struct release_version *out)
{
    unsigned major = 0, minor = 0, patch = 0;
    char again[32];

    if (sscanf(text, "%5u.%5u.%5u", &major, &minor, &patch) != 3 || major > UINT16_MAX
        || minor > UINT16_MAX || patch > UINT16_MAX)
        return false;
    *out = (struct release_version){(uint16_t)major, (uint16_t)minor, (uint16_t)patch};
    (void)snprintf(again, sizeof again, "%u.%u.%u", major, minor, patch);
    return strcmp(again, text) == 0;
}

static int bad_product(void)
{
    return cli_error(
        EXIT_USAGE, NULL, 0, "--product", "a word of 1 to 32 of a-z 0-9 . _ -");
}

static int fill_words(const struct release_wish *w, struct release *r)
{
    struct bytes hex = {(const uint8_t *)w->build, strlen(w->build)};
    size_t len = strlen(w->product);

    if (!version_of(w->version, &r->version))
        return cli_error(EXIT_USAGE, NULL, 0, "--release", "three numbers, as 1.2.3");
    if (hex.len != 2 * BUILD_ID_LEN || hex_parse(hex, ROOM_OF(r->build.b)) != OK)
        return cli_error(EXIT_USAGE, NULL, 0, "--build", "32 hex digits");
    if (len >= sizeof r->product) /* what fits of it would name another class */
        return bad_product();
    memcpy(r->product, w->product, len + 1);
    r->security_version = (uint32_t)w->security_version;
    return EXIT_DONE;
}

static enum status digest_part(const struct crypto *c, struct bytes parts, size_t from,
    size_t len, struct release_part *out)
{
    out->len = (uint32_t)len;
    return c->sha256(c->board, (struct bytes){parts.at + from, len}, &out->digest);
}

static int fill_bytes(
    const struct release_wish *w, struct bytes bundle, struct release *r)
{
    struct update_bundle b;
    struct host_crypto *host = NULL;
    size_t root = (size_t)w->root_bytes;

    if (update_bundle_parse(bundle, &b) != OK || root >= b.parts.len)
        return cli_error(EXIT_USAGE, w->bundle, 0,
            "is no bundle of a root of --root-bytes and a boot image",
            "what packaging/release-bundle made");
    if (host_crypto_new(&host) != OK)
        return EXIT_INTERNAL;
    const struct crypto *c = host_crypto_port(host);
    r->bundle_len = (uint32_t)bundle.len;
    r->part_count = RELEASE_PARTS;
    bool good = c->sha256(c->board, bundle, &r->bundle_digest) == OK
        && digest_part(c, b.parts, 0, root, &r->parts[0]) == OK
        && digest_part(c, b.parts, root, b.parts.len - root, &r->parts[1]) == OK;
    host_crypto_free(host);
    if (!good)
        return EXIT_INTERNAL;
    return release_rules_hold(r) ? EXIT_DONE : bad_product();
}

static int sign(const struct release_wish *w, const struct release *r)
{
    uint8_t payload_room[SIGN1_PAYLOAD_MAX], to_sign[SIGN1_TO_SIGN_MAX];
    uint8_t room[LIMIT_RELEASE];
    struct signature s;
    struct sign_key *k = NULL;
    const char *why = NULL;

    if (sign_key_open_private(w->key, &k, &why) != OK)
        return cli_error(EXIT_ENVIRONMENT, w->key, 0, why,
            "the key that `holdfast-cloud release key` made, a file 0400 of this user");
    struct bytes payload = release_payload_build(r, ROOM_OF(payload_room));
    sign_key_sign(k, release_to_sign(payload, ROOM_OF(to_sign)), s.b);
    sign_key_free(k);
    return new_file_keep(w->statement, release_build(payload, &s, ROOM_OF(room)));
}

int release_sign(const struct release_wish *wish)
{
    struct release r;
    struct bytes bundle = {0};

    memset(&r, 0, sizeof r);
    int code = fill_words(wish, &r);
    if (code == EXIT_DONE)
        code = map_file(wish->bundle, &bundle);
    if (code == EXIT_DONE)
        code = fill_bytes(wish, bundle, &r);
    if (code == EXIT_DONE)
        code = sign(wish, &r);
    if (code == EXIT_DONE)
        printf("release %s %s, security version %u, %u bytes\n", r.product,
            wish->version, r.security_version, r.bundle_len);
    return code;
}
