/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pry: can who holds these bytes read this envelope? For script/leak.
 *
 *   pry ENVELOPE_FILE SECRETS_FOLDER RECORDS_FOLDER
 *
 * Tries every run of 32 bytes of every file of SECRETS_FOLDER as the key of the epoch; and every pair of its files of
 * 32 bytes as the key that wraps the records of keys (RECORDS_FOLDER, a copy) and as the cloud's own private key. Writes
 * the plaintext and ends with 0; ends with 1 when nothing opens it.
 */
#include "cloud/keys/cert_build.h"
#include "cloud/keys/keys.h"
#include "host/crypto.h"
#include "host/keyfile.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES = 64, SECRET_MAX = 65536, PATH = 4096 };

struct secrets {
    struct secret_file {
        uint8_t at[SECRET_MAX];
        size_t len;
    } file[FILES];
    size_t count;
};

struct prying {
    const struct crypto *crypto;
    struct envelope envelope;
    uint8_t plain[LIMIT_ENVELOPE];
    size_t len;
};

static void die(const char *what)
{
    fprintf(stderr, "pry: %s\n", what);
    exit(2);
}

static size_t read_file(const char *path, uint8_t *into, size_t max)
{
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(into, 1, max, f) : 0;
    if (!f || fgetc(f) != EOF)
        die(path);
    fclose(f);
    return n;
}

static void read_secrets(struct secrets *s, const char *folder)
{
    DIR *d = opendir(folder);
    if (!d)
        die(folder);
    for (struct dirent *e; (e = readdir(d));) {
        char path[PATH];
        if (e->d_name[0] == '.')
            continue;
        if (s->count == FILES)
            die("more than 64 secrets");
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        s->file[s->count].len = read_file(path, s->file[s->count].at, SECRET_MAX);
        s->count++;
    }
    closedir(d);
}

static bool opens(struct prying *p, const struct key *key)
{
    return open_batch(p->crypto, &p->envelope, key, ROOM_OF(p->plain), &p->len) == OK;
}

static bool as_epoch_key(struct prying *p, const struct secrets *s)
{
    struct key key;
    for (size_t i = 0; i < s->count; i++)
        for (size_t at = 0; at + sizeof key.b <= s->file[i].len; at++) {
            memcpy(key.b, s->file[i].at + at, sizeof key.b);
            if (opens(p, &key))
                return true;
        }
    return false;
}

/* What keys itself would do with this folder and these two. */
static bool as_keys(struct prying *p, const char *folder, const struct secret_file *kek,
    const struct secret_file *s)
{
    static struct keys keys;
    struct keys_secrets secrets = {.activation = {{0}}};
    static const struct keys_policy policy;
    struct door_epoch ask = {.kid = p->envelope.kid, .epoch = p->envelope.epoch};
    struct key key;
    EVP_PKEY *ca_key = NULL;
    X509 *ca = NULL;
    memcpy(secrets.kek.b, kek->at, sizeof secrets.kek.b);
    memcpy(secrets.s.b, s->at, sizeof secrets.s.b);
    if (cert_new_key(&ca_key) != OK || cert_authority(ca_key, "nobody", &ca) != OK)
        die("no authority of its own");
    if (keys_init(&keys, folder, p->crypto, host_entropy_port(), &secrets, &policy,
            ca_key, ca)
        != OK)
        return false;
    bool found = keys_epoch_key(&keys, 1000, &ask, &key) == OK && opens(p, &key);
    keys_end(&keys);
    return found;
}

static bool as_keys_folder(
    struct prying *p, const struct secrets *s, const char *folder)
{
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < s->count; k++)
            if (i != k && s->file[i].len == 32 && s->file[k].len == 32
                && as_keys(p, folder, &s->file[i], &s->file[k]))
                return true;
    return false;
}

int main(int argc, char **argv)
{
    static struct secrets secrets;
    static struct prying p;
    static uint8_t envelope[LIMIT_ENVELOPE + 1];
    struct host_crypto *crypto;

    if (argc != 4 || host_crypto_new(&crypto) != OK)
        die("ENVELOPE SECRETS RECORDS are wanted");
    p.crypto = host_crypto_port(crypto);
    size_t len = read_file(argv[1], envelope, sizeof envelope);
    if (envelope_parse(ENVELOPE_BATCH, (struct bytes){envelope, len}, &p.envelope)
        != OK)
        die("no envelope of a batch");
    read_secrets(&secrets, argv[2]);
    if (!as_epoch_key(&p, &secrets) && !as_keys_folder(&p, &secrets, argv[3]))
        return 1;
    return fwrite(p.plain, 1, p.len, stdout) == p.len ? 0 : 2;
}
