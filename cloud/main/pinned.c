/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/main/pinned.h"

#include "cloud/talk/role.h"
#include "host/cli.h"
#include "host/sign_key.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int place(const char *root, const char *file, char path[PLACE_MAX])
{
    if (place_of(root, PLACE_VAR, "keys/public", file, path) == OK)
        return EXIT_DONE;
    return cli_error(EXIT_USAGE, NULL, 0, "--root is too long", "a shorter path");
}

/* Whole or not at all, and readable by who makes bundles. */
static bool write_whole(const char *path, const uint8_t raw[SIGN_KEY_PUBLIC])
{
    char fresh[PLACE_MAX + 8];

    snprintf(fresh, sizeof fresh, "%s.new", path);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0444);
    bool good =
        fd >= 0 && write(fd, raw, SIGN_KEY_PUBLIC) == SIGN_KEY_PUBLIC && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (good && rename(fresh, path) == 0)
        return true;
    unlink(fresh);
    return false;
}

int pinned_write(const char *root, const char *file, const char *public_path)
{
    uint8_t raw[SIGN_KEY_PUBLIC];
    char path[PLACE_MAX];
    const char *why = NULL;
    struct sign_key *k = NULL;

    if (sign_key_open_public(public_path, &k, &why) != OK)
        return cli_error(EXIT_USAGE, public_path, 0, why,
            "the .pub file that was made with the key");
    sign_key_public(k, raw);
    sign_key_free(k);
    int code = place(root, file, path);
    if (code != EXIT_DONE)
        return code;
    return write_whole(path, raw)
        ? EXIT_DONE
        : cli_error(EXIT_ENVIRONMENT, path, 0, "cannot be written",
            "root or holdfast-keys as user");
}

int pinned_read(const char *root, const char *file, struct ed25519_public *out)
{
    char path[PLACE_MAX];
    uint8_t raw[SIGN_KEY_PUBLIC + 1];
    int code = place(root, file, path);

    if (code != EXIT_DONE)
        return code;
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(raw, 1, sizeof raw, f) : 0;
    if (f)
        fclose(f);
    if (n != sizeof out->b)
        return cli_error(EXIT_ENVIRONMENT, path, 0, "no key is pinned",
            "what `holdfast-cloud init` wrote, and root or holdfast-keys as user");
    memcpy(out->b, raw, sizeof out->b);
    return EXIT_DONE;
}
