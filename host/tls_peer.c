/* SPDX-License-Identifier: Apache-2.0 */
#include "host/tls.h"

#include "core/base/hex.h"

#include <openssl/x509v3.h>
#include <string.h>

static bool only_for_clients(X509 *cert)
{
    return (X509_get_extension_flags(cert) & EXFLAG_XKUSAGE) != 0
        && X509_get_extended_key_usage(cert) == XKU_SSL_CLIENT;
}

static enum status id_of(const GENERAL_NAMES *names, uint8_t id[16])
{
    static const char prefix[] = "urn:uuid:";
    enum { PREFIX_LEN = sizeof prefix - 1 };

    if (sk_GENERAL_NAME_num(names) != 1)
        return REFUSED;
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, 0);
    if (name->type != GEN_URI)
        return REFUSED;
    struct bytes uri = {ASN1_STRING_get0_data(name->d.uniformResourceIdentifier),
        (size_t)ASN1_STRING_length(name->d.uniformResourceIdentifier)};
    if (uri.len <= PREFIX_LEN || memcmp(uri.at, prefix, PREFIX_LEN) != 0)
        return REFUSED;
    struct bytes uuid = {uri.at + PREFIX_LEN, uri.len - PREFIX_LEN};
    return uuid_parse(uuid, id) == OK ? OK : REFUSED;
}

enum status tls_peer_device(SSL *ssl, uint8_t id[16])
{
    X509 *cert = SSL_get0_peer_certificate(ssl);

    if (cert == NULL || SSL_get_verify_result(ssl) != X509_V_OK
        || !only_for_clients(cert))
        return REFUSED;
    int critical = -1; /* -1: absent, -2: more than one */
    GENERAL_NAMES *names =
        X509_get_ext_d2i(cert, NID_subject_alt_name, &critical, NULL);
    if (names == NULL)
        return REFUSED;
    enum status s = id_of(names, id);
    GENERAL_NAMES_free(names);
    return s;
}
