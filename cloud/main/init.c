/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/main/init.h"

#include "cloud/keys/cert_build.h"
#include "cloud/keys/vault.h"
#include "cloud/main/pinned.h"
#include "cloud/main/service.h"
#include "cloud/main/settings.h"
#include "cloud/store/db.h"
#include "cloud/talk/role.h"
#include "core/base/hex.h"
#include "host/cli.h"
#include "host/confine.h"
#include "host/crypto.h"
#include "host/keyfile.h"
#include "host/sign_key.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct owner {
    unsigned uid, gid;
};

struct making {
    const char *root, *name, *address;
    EVP_PKEY *active_key, *backup_key, *device_key;
    X509 *active, *backup, *device;
    const char *what; /* under way, for the one line when it fails */
};

static const char *const roles[] = {"gate", "enrol", "people", "view", "store", "keys"};
enum { ROLES = sizeof roles / sizeof roles[0] };

static enum status owner_of(const char *role, struct owner *out)
{
    char user[32];
    bool reduced;
    snprintf(user, sizeof user, "holdfast-%s", role);
    return confine_user(user, &out->uid, &out->gid, &reduced);
}

static enum status make_folder(const char *path, mode_t mode, const struct owner *owner)
{
    char part[PLACE_MAX];
    for (size_t i = 1; path[i]; i++)
        if (path[i] == '/') {
            snprintf(part, sizeof part, "%.*s", (int)i, path);
            if (mkdir(part, 0755) != 0 && errno != EEXIST)
                return BROKEN;
        }
    if (mkdir(path, mode) != 0 && errno != EEXIST)
        return BROKEN;
    if (chmod(path, mode) != 0)
        return BROKEN;
    return !owner || chown(path, owner->uid, owner->gid) == 0 ? OK : BROKEN;
}

static bool is_empty(const char *path)
{
    DIR *d = opendir(path);
    if (!d)
        return errno == ENOENT;
    bool empty = true;
    for (const struct dirent *e; (e = readdir(d));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            empty = false;
    closedir(d);
    return empty;
}

static enum status write_public(
    const char *path, struct bytes b, const struct owner *owner)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (fd < 0)
        return BROKEN;
    enum status s =
        write(fd, b.at, b.len) == (ssize_t)b.len && fsync(fd) == 0 ? OK : BROKEN;
    if (s == OK && owner && fchown(fd, owner->uid, owner->gid) != 0)
        s = BROKEN;
    close(fd);
    return s;
}

static enum status write_cert(struct making *m, const char *role, const char *file,
    X509 *cert, const struct owner *owner)
{
    uint8_t der[4096];
    size_t len = 0;
    char path[PLACE_MAX];
    TRY(cert_der(cert, ROOM_OF(der), &len));
    TRY(place_of(m->root, PLACE_VAR, role, file, path));
    return write_public(path, (struct bytes){der, len}, owner);
}

static enum status write_key(struct making *m, const char *role, const char *file,
    EVP_PKEY *key, const struct owner *owner)
{
    uint8_t der[512];
    size_t len = 0;
    char path[PLACE_MAX];
    TRY(place_of(m->root, PLACE_VAR, role, file, path));
    TRY(cert_key_der(key, ROOM_OF(der), &len));
    enum status s =
        keyfile_write(path, owner->uid, owner->gid, (struct bytes){der, len}, false);
    OPENSSL_cleanse(der, sizeof der);
    return s;
}

static enum status write_secret(
    struct making *m, const char *file, const struct owner *owner)
{
    struct key secret;
    char path[PLACE_MAX];
    const struct entropy *e = host_entropy_port();
    TRY(place_of(m->root, PLACE_VAR, "keys", file, path));
    TRY(e->fill(e->board, ROOM_OF(secret.b)));
    enum status s =
        keyfile_write(path, owner->uid, owner->gid, BYTES_OF(secret.b), false);
    wipe(&secret, sizeof secret);
    return s;
}

/* ---- steps ---- */

static enum status check_empty(struct making *m)
{
    char path[PLACE_MAX];
    m->what = "the place is in use already";
    TRY(place_of(m->root, PLACE_VAR, NULL, NULL, path));
    if (!is_empty(path))
        return REFUSED;
    TRY(place_of(m->root, PLACE_ETC, NULL, "cloud.conf", path));
    return access(path, F_OK) == 0 ? REFUSED : OK;
}

static enum status make_folders(struct making *m)
{
    char path[PLACE_MAX];
    struct owner o;
    m->what =
        "folders cannot be made (as root: are the users holdfast-* there? script/setup)";
    for (size_t i = 0; i < ROLES; i++) {
        TRY(owner_of(roles[i], &o));
        TRY(place_of(m->root, PLACE_VAR, roles[i], NULL, path));
        TRY(make_folder(path, 0700, &o));
    }
    TRY(owner_of("keys", &o));
    TRY(place_of(m->root, PLACE_VAR, "keys", "public", path));
    TRY(make_folder(path, 0755, &o));
    TRY(place_of(m->root, PLACE_VAR, "offline", NULL, path));
    TRY(make_folder(path, 0700, NULL));
    TRY(place_of(m->root, PLACE_ETC, NULL, NULL, path));
    return make_folder(path, 0755, NULL);
}

static enum status make_authorities(struct making *m)
{
    m->what = "authorities cannot be made";
    TRY(cert_new_key(&m->active_key));
    TRY(cert_new_key(&m->backup_key));
    TRY(cert_new_key(&m->device_key));
    TRY(cert_authority(
        m->active_key, "Holdfast server authority (active)", &m->active));
    TRY(cert_authority(
        m->backup_key, "Holdfast server authority (backup)", &m->backup));
    return cert_authority(m->device_key, "Holdfast device authority", &m->device);
}

static enum status make_server(struct making *m, const char *role, const char *also)
{
    EVP_PKEY *key = NULL;
    X509 *cert = NULL;
    struct owner o;

    TRY(owner_of(role, &o));
    if (also && strcmp(also, m->name) == 0)
        also = NULL;
    const char *address = strcmp(m->address, m->name) == 0 ? NULL : m->address;
    enum status s = cert_new_key(&key);
    if (s == OK)
        s = cert_server(m->active_key, m->active, key, m->name, also, address, &cert);
    if (s == OK)
        s = write_key(m, role, "tls.key", key, &o);
    if (s == OK)
        s = write_cert(m, role, "tls.crt", cert, &o);
    EVP_PKEY_free(key);
    X509_free(cert);
    return s;
}

static enum status make_servers(struct making *m)
{
    struct owner gate;
    m->what = "server certificates cannot be made";
    TRY(make_server(m, "gate", NULL));
    TRY(make_server(m, "enrol", NULL));
    TRY(make_server(m, "people", "localhost"));
    TRY(owner_of("gate", &gate));
    return write_cert(m, "gate", "device-ca.crt", m->device, &gate);
}

static enum status make_vault(struct making *m, const struct owner *o)
{
    static const char *const kinds[] = {
        "invite", "master", "pending", "tombstone", "attested"};
    char path[PLACE_MAX];
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        TRY(place_of(m->root, PLACE_VAR, "keys", kinds[i], path));
        TRY(make_folder(path, 0700, o));
    }
    return OK;
}

static enum status make_keys(struct making *m)
{
    struct owner o;
    m->what = "the keys' folder cannot be made";
    TRY(owner_of("keys", &o));
    TRY(write_secret(m, "kek.key", &o));
    TRY(write_secret(m, "s.key", &o));
    TRY(write_key(m, "keys", "device-ca.key", m->device_key, &o));
    TRY(write_cert(m, "keys", "device-ca.crt", m->device, &o));
    TRY(write_cert(m, "keys/public", "server-ca-active.crt", m->active, &o));
    TRY(write_cert(m, "keys/public", "server-ca-backup.crt", m->backup, &o));
    return make_vault(m, &o);
}

static enum status write_pem(
    struct making *m, const char *stem, EVP_PKEY *key, X509 *cert)
{
    char file[64], path[PLACE_MAX];
    snprintf(file, sizeof file, "%s.key.pem", stem);
    TRY(place_of(m->root, PLACE_VAR, "offline", file, path));
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool ok = f && PEM_write_PKCS8PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1
        && fflush(f) == 0 && fsync(fd) == 0;
    if (f)
        fclose(f);
    snprintf(file, sizeof file, "%s.pem", stem);
    TRY(place_of(m->root, PLACE_VAR, "offline", file, path));
    f = ok ? fopen(path, "wxe") : NULL;
    ok = f && PEM_write_X509(f, cert) == 1;
    return f && fclose(f) == 0 && ok ? OK : BROKEN;
}

static enum status make_offline(struct making *m)
{
    m->what = "offline keys cannot be written";
    TRY(write_pem(m, "server-ca-active", m->active_key, m->active));
    return write_pem(m, "server-ca-backup", m->backup_key, m->backup);
}

/* Like the server authorities: used here once, to make bundles possible, then off the machine. */
static enum status make_service(struct making *m)
{
    char path[PLACE_MAX], public[PLACE_MAX];

    m->what = "the service key cannot be made";
    TRY(place_of(m->root, PLACE_VAR, "offline", "service.key", path));
    TRY(place_of(m->root, PLACE_VAR, "offline", "service.key.pub", public));
    return service_key(path) == EXIT_DONE && service_pin(m->root, public) == EXIT_DONE
        ? OK
        : BROKEN;
}

/* A key of its own: who has an authority's key cannot make devices believe another one. */
static enum status make_pins(struct making *m)
{
    char path[PLACE_MAX], public[PLACE_MAX];
    const char *why = NULL;

    m->what = "the key of pin sets cannot be made";
    TRY(place_of(m->root, PLACE_VAR, "offline", "pins.key", path));
    TRY(place_of(m->root, PLACE_VAR, "offline", "pins.key.pub", public));
    TRY(sign_key_make(path, &why));
    return pinned_write(m->root, "pins.pub", public) == EXIT_DONE ? OK : BROKEN;
}

static enum status make_database(struct making *m)
{
    char path[PLACE_MAX];
    struct owner o;
    m->what = "the database cannot be made";
    TRY(owner_of("store", &o));
    TRY(place_of(m->root, PLACE_VAR, "store", "data.db", path));
    TRY(db_create(path, host_entropy_port()));
    return chmod(path, 0600) == 0 && chown(path, o.uid, o.gid) == 0 ? OK : BROKEN;
}

static enum status make_settings(struct making *m)
{
    char path[PLACE_MAX];
    m->what = "cloud.conf cannot be written";
    TRY(place_of(m->root, PLACE_ETC, NULL, "cloud.conf", path));
    return settings_write(path, m->name, m->address);
}

static void print_pin(const char *what, X509 *cert)
{
    uint8_t digest[32];
    unsigned len = 0;
    char hex[65];
    unsigned char *spki = NULL;
    int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &spki);
    if (n > 0 && EVP_Digest(spki, (size_t)n, digest, &len, EVP_sha256(), NULL) == 1) {
        hex_of(BYTES_OF(digest), (struct room){(uint8_t *)hex, sizeof hex});
        printf("%s key digest (SHA-256 of SPKI): %s\n", what, hex);
    }
    OPENSSL_free(spki);
}

static bool name_is_plain(const char *text)
{
    size_t n = strlen(text);
    if (n < 1 || n > 253)
        return false;
    return strspn(text,
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:")
        == n;
}

int init_cloud(const char *root, const char *name, const char *address)
{
    static enum status (*const steps[])(struct making *) = {check_empty, make_folders,
        make_authorities, make_servers, make_keys, make_offline, make_service,
        make_pins, make_database, make_settings};
    struct making m = {.root = root, .name = name, .address = address};
    char offline[PLACE_MAX];
    enum status s = OK;

    if (!name_is_plain(name) || !name_is_plain(address))
        return cli_error(
            EXIT_USAGE, NULL, 0, "--name or --address", "a host name or an IP address");
    umask(022);
    for (size_t i = 0; s == OK && i < sizeof steps / sizeof steps[0]; i++)
        s = steps[i](&m);
    if (s == OK && place_of(root, PLACE_VAR, "offline", NULL, offline) == OK) {
        print_pin("active server authority", m.active);
        print_pin("backup server authority", m.backup);
        printf(
            "IMPORTANT: move %s off this machine and keep it safe: it holds the private keys\n"
            "of the server authorities, of pin sets and of service tickets. No process that serves reads them.\n",
            offline);
    }
    EVP_PKEY_free(m.active_key);
    EVP_PKEY_free(m.backup_key);
    EVP_PKEY_free(m.device_key);
    X509_free(m.active);
    X509_free(m.backup);
    X509_free(m.device);
    if (s == OK)
        return EXIT_DONE;
    return cli_error(s == REFUSED ? EXIT_USAGE : EXIT_ENVIRONMENT, *root ? root : "/",
        0, m.what, "an empty root that this user may write");
}
