/* SPDX-License-Identifier: Apache-2.0 */
#include "review/pack/inspect.h"

#include "review/pack/pack.h"
#include "review/pack/shown.h"
#include "review/read/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the child: the archive is mapped in whole, a statement is taken apart beside it. */
enum {
    CPU_S = 20,
    WALL_S = 60,
    MEMORY_BESIDE = 805306368,
    OUTPUT_MAX = 268435456,
};

static const struct pack_file *find(
    const struct pack_file *files, uint32_t count, struct bytes name)
{
    for (uint32_t i = 0; i < count; i++)
        if (text_same(files[i].name, name))
            return &files[i];
    return NULL;
}

static void say_files(struct arena *a, struct bytes archive,
    const struct pack_file *files, uint32_t count, struct pack_said *out)
{
    out->files = arena_take(a, count * sizeof *out->files);
    out->file_count = count;
    for (uint32_t i = 0; i < count; i++)
        out->files[i] = (struct said_file){files[i].name,
            (uint64_t)(files[i].content.at - archive.at), files[i].content.len};
}

static enum status look(
    struct arena *a, struct bytes archive, struct pack_said *out, struct bytes *why)
{
    struct pack_file *files = NULL;
    uint32_t count = 0;
    TRY(pack_parse(a, archive, &files, &count, why));
    say_files(a, archive, files, count, out);
    const struct pack_file *own = find(files, count, TEXT(STATEMENT_FILE));
    if (!own) {
        *why = TEXT("no statement in the archive: expected " STATEMENT_FILE);
        return REFUSED;
    }
    TRY(dsse_parse(a, own->content, &out->envelope, why));
    if (!text_same(out->envelope.type, TEXT(STATEMENT_TYPE))) {
        *why = TEXT(
            "the payload is of another type: expected payloadType " STATEMENT_TYPE);
        return REFUSED;
    }
    return statement_parse(a, out->envelope.payload, &out->statement, why);
}

void inspect_here(struct arena *a, struct bytes archive, struct pack_said *out)
{
    struct pack_said got = {0};
    struct bytes why = {0};
    if (look(a, archive, &got, &why) != OK)
        got = (struct pack_said){.refusal = why};
    *out = got;
}

/* In the child. */
static void work(uint32_t what, struct bytes archive, int out_fd)
{
    struct arena *a = arena_new();
    struct growing g = {0};
    struct pack_said s;
    (void)what;
    inspect_here(a, archive, &s);
    said_write(&s, &g);
    for (struct bytes rest = growing_bytes(&g); rest.len;) {
        ssize_t n = write(out_fd, rest.at, rest.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            abort();
        rest = text_from(rest, (size_t)n);
    }
}

static enum status broken(
    struct arena *a, struct bytes *why, const char *what, const char *expected)
{
    *why = arena_print(a, "%s: expected %s", what, expected);
    return BROKEN;
}

/* All of it, as it is now. */
static enum status load(
    struct arena *a, int fd, struct room into, size_t *len, struct bytes *why)
{
    *len = 0;
    for (;;) {
        ssize_t n = read(fd, into.at + *len, into.cap - *len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return broken(a, why, strerror(errno), "to read it");
        if (n == 0 && *len < into.cap)
            return OK;
        *len += (size_t)n;
        if (*len == into.cap)
            return broken(a, why, "too large", "at most 256 MiB");
    }
}

static enum status load_file(
    struct arena *a, const char *path, struct room into, size_t *len, struct bytes *why)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return broken(a, why, strerror(errno), "a pack to read");
    enum status s = fstat(fd, &st) == 0 && S_ISREG(st.st_mode)
        ? load(a, fd, into, len, why)
        : broken(a, why, "no regular file", "a pack to read");
    close(fd);
    return s;
}

static const char *ended(enum cage_end end)
{
    switch (end) {
    case CAGE_DONE: return NULL;
    case CAGE_TIME: return "reading it takes too long";
    case CAGE_MEMORY: return "reading it takes too much memory";
    case CAGE_TOO_MUCH: return "there is too much in it";
    case CAGE_CRASH: return "reading it ended in a fault";
    case CAGE_NO_PROGRAM:
    case CAGE_REFUSED:
    case CAGE_OPEN: break;
    }
    return "the process that should read it could not be confined";
}

static enum status listen(
    struct arena *a, struct cage *c, struct pack_said *out, struct bytes *why)
{
    unsigned slot = 0;
    enum cage_end end = CAGE_OPEN;
    TRY(cage_wait(c, &slot, &end));
    struct bytes written = cage_output(c, slot, a);
    const char *fault = ended(end);
    if (!fault && said_parse(a, written, out) != OK)
        fault = "who read it was taken over by it";
    if (fault) {
        *why =
            arena_print(a, "%s: expected a pack as holdfast-review writes it", fault);
        return REFUSED;
    }
    if (out->refusal.len) {
        *why = shown_text(a, out->refusal);
        return REFUSED;
    }
    return OK;
}

static enum status read_in_cage(struct arena *a, struct cage *c, const char *path,
    struct inspected *out, struct bytes *why)
{
    struct room input = cage_input(c, 0);
    size_t len = 0;
    TRY(load_file(a, path, input, &len, why));
    out->archive = arena_copy(a, (struct bytes){input.at, len});
    TRY(cage_work(c, 0, 0, len));
    return listen(a, c, &out->said, why);
}

enum status inspect(
    struct arena *a, const char *path, struct inspected *out, struct bytes *why)
{
    static const struct cage_limits limits = {CPU_S, WALL_S,
        (uint64_t)PACK_BYTES_MAX + MEMORY_BESIDE, OUTPUT_MAX,
        (uint64_t)PACK_BYTES_MAX + 1};
    struct cage *c = NULL;
    *why = TEXT("the reading process could not be started: expected to fork it");
    TRY(cage_start(&c, 1, work, &limits));
    enum status s = read_in_cage(a, c, path, out, why);
    cage_end(c);
    return s;
}
