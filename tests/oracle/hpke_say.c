/* SPDX-License-Identifier: Apache-2.0 */
/* Prints what our HPKE sender makes of seeded inputs, a JSON line each, for tests/oracle/hpke.mjs. */
#include "core/base/json.h"
#include "core/seal/hpke.h"
#include "host/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fill(struct room into)
{
    if (host_entropy_port()->fill(NULL, into) != OK)
        abort();
}

static void say(struct json *j, const char *key, struct bytes value)
{
    json_key(j, key);
    json_hex(j, value);
}

int main(int argc, char **argv)
{
    int lines = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 50;
    struct host_crypto *host;

    if (host_crypto_new(&host) != OK)
        return 1;
    const struct crypto *c = host_crypto_port(host);
    for (int n = 0; n < lines; n++) {
        struct x25519_private self, eph;
        struct x25519_public to, enc;
        uint8_t psk[32], id[20], info[16], aad[24], plain[100], sealed[100 + TAG_LEN],
            out[32];
        uint8_t text[4096];
        struct hpke h;
        size_t len = (size_t)n % sizeof plain;
        fill(ROOM_OF(self.b));
        fill(ROOM_OF(eph.b));
        fill(ROOM_OF(psk));
        fill(ROOM_OF(id));
        fill(ROOM_OF(info));
        fill(ROOM_OF(aad));
        fill(ROOM_OF(plain));
        if (c->x25519_public(c->board, &self, &to) != OK
            || hpke_sender(c, HPKE_AES_256_GCM, &to, BYTES_OF(info),
                   (struct hpke_psk){BYTES_OF(psk), BYTES_OF(id)}, &eph, &enc, &h)
                != OK
            || hpke_seal(
                   c, &h, BYTES_OF(aad), (struct bytes){plain, len}, ROOM_OF(sealed))
                != OK
            || hpke_export(c, &h, BYTES_OF(id), ROOM_OF(out)) != OK)
            return 1;
        struct json j = json_over(ROOM_OF(text));
        json_object(&j);
        say(&j, "self", BYTES_OF(self.b));
        say(&j, "enc", BYTES_OF(enc.b));
        say(&j, "psk", BYTES_OF(psk));
        say(&j, "id", BYTES_OF(id));
        say(&j, "info", BYTES_OF(info));
        say(&j, "aad", BYTES_OF(aad));
        say(&j, "plain", (struct bytes){plain, len});
        say(&j, "sealed", (struct bytes){sealed, len + TAG_LEN});
        say(&j, "context", BYTES_OF(id));
        say(&j, "exported", BYTES_OF(out));
        json_object_end(&j);
        if (!json_done(&j))
            return 1;
        printf("%.*s\n", (int)j.w.len, (const char *)text);
    }
    host_crypto_free(host);
    return 0;
}
