/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/http/listener.h"

#include "cloud/http/tls_server.h"
#include "host/cli.h"
#include "host/confine.h"
#include "host/keyfile.h"
#include "host/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct loaded {
    uint8_t cert[4096], key[4096], ca[4096];
    size_t cert_len, key_len, ca_len;
};

static enum status read_public(const char *path, struct room into, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return BROKEN;
    ssize_t n = read(fd, into.at, into.cap);
    (void)close(fd);
    if (n <= 0 || (size_t)n == into.cap)
        return BROKEN;
    *len = (size_t)n;
    return OK;
}

static int load(struct loaded *l, const struct role_args *a, bool ask_client)
{
    char path[PLACE_MAX], user[ROLE_USER];
    unsigned uid, gid;
    bool reduced;
    const char *why = "cannot be read";

    if (confine_user(role_user(a->role, user), &uid, &gid, &reduced) != OK)
        return cli_error(
            EXIT_ENVIRONMENT, NULL, 0, user, "a user made by script/setup");
    if (place_of(a->root, PLACE_VAR, a->role, "tls.crt", path) != OK
        || read_public(path, ROOM_OF(l->cert), &l->cert_len) != OK)
        return cli_error(EXIT_ENVIRONMENT, path, 0, why,
            "the certificate that `holdfast-cloud init` made");
    if (ask_client
        && (place_of(a->root, PLACE_VAR, a->role, "device-ca.crt", path) != OK
            || read_public(path, ROOM_OF(l->ca), &l->ca_len) != OK))
        return cli_error(EXIT_ENVIRONMENT, path, 0, why,
            "the authority that `holdfast-cloud init` made");
    if (place_of(a->root, PLACE_VAR, a->role, "tls.key", path) != OK
        || keyfile_read(path, uid, ROOM_OF(l->key), &l->key_len, &why) != OK)
        return cli_error(
            EXIT_ENVIRONMENT, path, 0, why, "a key file, mode 0400, of its role");
    return EXIT_DONE;
}

/* Room for as many connections as the system lets us have. */
static void raise_limit(void)
{
    struct rlimit r;
    enum { WANT = LIMIT_CONNECTIONS + 256 };

    if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= WANT)
        return;
    r.rlim_cur = r.rlim_max < WANT ? r.rlim_max : WANT;
    (void)setrlimit(RLIMIT_NOFILE, &r);
}

int listener_open(
    struct listener *l, const struct role_args *a, bool ask_client, const char *alpn)
{
    struct loaded files = {0};
    int code = load(&files, a, ask_client);

    *l = (struct listener){.fd = -1, .port = a->port};
    raise_limit();
    if (code == EXIT_DONE) {
        struct tls_key_pem own = {
            {files.cert, files.cert_len}, {files.key, files.key_len}};
        if (tls_server(
                &l->ctx, own, ask_client, (struct bytes){files.ca, files.ca_len}, alpn)
            != OK)
            code =
                cli_error(EXIT_ENVIRONMENT, NULL, 0, "certificate and key of this role",
                    "a pair that `holdfast-cloud init` made");
    }
    explicit_bzero(&files, sizeof files);
    /* Only gates are many; the others' ports tell a second cloud that there is a first. */
    bool shared = strcmp(a->role, "gate") == 0 && a->port != 0;
    if (code == EXIT_DONE
        && tls_server_listen(a->listen, &l->port, shared, &l->fd) != OK)
        code = cli_error(EXIT_ENVIRONMENT, NULL, 0, strerror(errno),
            "an address and a free port to listen on");
    return code;
}
