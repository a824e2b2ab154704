/* SPDX-License-Identifier: Apache-2.0 */
#include "device/trust/tls_pair.h"

#include "core/base/limits.h"
#include "device/trust/trust_file.h"
#include "host/keyfile.h"

#include <fcntl.h>
#include <limits.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum status path_of(
    const struct tls_pair *p, const char *file, char out[PATH_MAX])
{
    int n = snprintf(out, PATH_MAX, "%s/%s", p->folder, file);
    return n > 0 && n < PATH_MAX ? OK : REFUSED;
}

static enum status public_of(
    const struct tls_pair *p, enum trust_part part, uint8_t out[P256_PUBLIC_LEN])
{
    struct trust_file t;
    const char *why = NULL;

    TRY(trust_file_open(&t, part, p->folder, p->owner, NULL, NULL, &why));
    enum status s = t.port.tls_public(t.port.board, out);
    trust_file_close(&t);
    return s;
}

static bool is_for(struct bytes cert_der, const uint8_t point[P256_PUBLIC_LEN])
{
    const unsigned char *at = cert_der.at;
    X509 *cert = d2i_X509(NULL, &at, (long)cert_der.len);
    const ASN1_BIT_STRING *key = cert != NULL ? X509_get0_pubkey_bitstr(cert) : NULL;
    bool same = key != NULL && ASN1_STRING_length(key) == P256_PUBLIC_LEN
        && memcmp(ASN1_STRING_get0_data(key), point, P256_PUBLIC_LEN) == 0;

    X509_free(cert);
    return same;
}

/* The certificate is of the key to come: that key takes its place. */
static enum status promote(const struct tls_pair *p)
{
    char from[PATH_MAX], to[PATH_MAX];

    TRY(path_of(p, "tls.next.key", from));
    TRY(path_of(p, "tls.key", to));
    int fd = open(p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && rename(from, to) == 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good ? OK : BROKEN;
}

enum status tls_pair_next(const struct tls_pair *p, const struct entropy *entropy,
    uint8_t out[P256_PUBLIC_LEN])
{
    TRY(trust_file_create(TRUST_TLS_NEXT, p->folder, p->owner, p->group, entropy));
    return public_of(p, TRUST_TLS_NEXT, out);
}

enum status tls_pair_certify(const struct tls_pair *p,
    const uint8_t point[P256_PUBLIC_LEN], struct bytes cert_der)
{
    char path[PATH_MAX];

    TRY(path_of(p, "tls.crt", path));
    if (!is_for(cert_der, point))
        return REFUSED;
    return keyfile_write(path, p->owner, p->group, cert_der, true);
}

enum status tls_pair_install(const struct tls_pair *p, struct bytes cert_der)
{
    uint8_t now[P256_PUBLIC_LEN], next[P256_PUBLIC_LEN];
    char path[PATH_MAX];

    TRY(path_of(p, "tls.crt", path));
    TRY(public_of(p, TRUST_TLS, now));
    bool in_force = is_for(cert_der, now);
    if (!in_force) {
        enum status s = public_of(p, TRUST_TLS_NEXT, next);
        if (s != OK || !is_for(cert_der, next))
            return s == BROKEN ? BROKEN : REFUSED;
    }
    TRY(keyfile_write(path, p->owner, p->group, cert_der, true));
    return in_force ? OK : promote(p);
}

enum status tls_pair_settle(const struct tls_pair *p)
{
    uint8_t cert[LIMIT_CERT], next[P256_PUBLIC_LEN];
    char path[PATH_MAX];
    const char *why = NULL;
    size_t len = 0;

    TRY(path_of(p, "tls.crt", path));
    TRY(keyfile_settle(path)); /* a pair that a cut could take back is not taken up */
    if (public_of(p, TRUST_TLS_NEXT, next) != OK
        || keyfile_read(path, p->owner, ROOM_OF(cert), &len, &why) != OK)
        return OK; /* nothing is under way; what is wrong with the pair its reader says */
    return is_for((struct bytes){cert, len}, next) ? promote(p) : OK;
}
