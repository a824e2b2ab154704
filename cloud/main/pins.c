/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/main/pins.h"

#include "cloud/main/new_file.h"
#include "cloud/main/pinned.h"
#include "host/authority.h"
#include "host/cli.h"
#include "host/crypto.h"
#include "host/plain_file.h"
#include "host/sign_key.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int read_authority(const char *path, struct pin *out)
{
    FILE *f = plain_file_open(path);
    X509 *cert = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
    int n = cert ? i2d_X509(cert, NULL) : -1;
    uint8_t *at = out->der;

    if (n > 0 && n <= PIN_CERT_MAX) {
        out->len = (uint16_t)n;
        i2d_X509(cert, &at);
    }
    X509_free(cert);
    if (f)
        fclose(f);
    if (out->len > 0 && authority_may_sign(out))
        return EXIT_DONE;
    return cli_error(EXIT_USAGE, path, 0, "no certificate of an authority",
        "a PEM file of at most 600 bytes as DER, of a CA that may sign certificates");
}

static int fill(const struct pins_wish *w, struct pin_set *set)
{
    set->version = (uint32_t)w->version;
    for (int i = 0; i < PINS_MOST && w->authorities[i] != NULL; i++) {
        int code = read_authority(w->authorities[i], &set->pins[set->count]);
        if (code != EXIT_DONE)
            return code;
        set->count++;
    }
    if (pins_rules_hold(set) && authorities_have_own_keys(set))
        return EXIT_DONE;
    return cli_error(EXIT_USAGE, NULL, 0, "the set",
        "a version from 1, and two or three authorities, each with a key of its own");
}

int pins_make(const struct pins_wish *w)
{
    static uint8_t payload_room[PINS_PAYLOAD_MAX], tbs[PINS_SIGNED_BYTES_MAX],
        room[LIMIT_PIN_SET];
    struct pin_set set = {0};
    struct signature signature;
    struct sign_key *k = NULL;
    const char *why = NULL;

    int code = fill(w, &set);
    if (code != EXIT_DONE)
        return code;
    if (sign_key_open_private(w->key, &k, &why) != OK)
        return cli_error(EXIT_ENVIRONMENT, w->key, 0, why,
            "pins.key as `holdfast-cloud init` made it, a file 0400 of this user");
    struct bytes payload = pins_payload_build(&set, ROOM_OF(payload_room));
    sign_key_sign(k, pins_signed_bytes(payload, ROOM_OF(tbs)), signature.b);
    sign_key_free(k);
    return new_file_keep(w->file, pins_build(payload, &signature, ROOM_OF(room)));
}

static bool is_signed(const struct signed_pins *p, const struct ed25519_public *key)
{
    static uint8_t tbs[PINS_SIGNED_BYTES_MAX];
    struct host_crypto *c = NULL;
    bool good = false;

    if (host_crypto_new(&c) == OK) {
        const struct crypto *port = host_crypto_port(c);
        good = port->ed25519_verify(port->board, key,
                   pins_signed_bytes(p->payload, ROOM_OF(tbs)), &p->signature)
            == OK;
    }
    host_crypto_free(c);
    return good;
}

bool pins_signed_set(
    struct bytes set, const struct ed25519_public *key, struct signed_pins *out)
{
    return pins_parse(set, out) == OK && is_signed(out, key);
}

int pins_read(const char *root, const char *path, struct room out, size_t *len)
{
    struct ed25519_public key;
    struct signed_pins p;
    FILE *f = plain_file_open(path);

    *len = f ? fread(out.at, 1, out.cap, f) : 0;
    if (f)
        fclose(f);
    int code = pinned_read(root, "pins.pub", &key);
    if (code != EXIT_DONE)
        return code;
    if (pins_signed_set((struct bytes){out.at, *len}, &key, &p))
        return EXIT_DONE;
    return cli_error(EXIT_NO, path, 0, "no pin set signed by this cloud's key",
        "what `holdfast-cloud pins make` wrote with pins.key");
}
