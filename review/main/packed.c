/* SPDX-License-Identifier: Apache-2.0 */
#include "review/main/packed.h"

#include "core/base/hex.h"
#include "review/base/printed.h"
#include "review/catalogue/builtin.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGES = 4096, PIECE = 262144 };

/* Pages are closed by who writes them; what they became is taken when all are there. */
struct held {
    struct arena *a;
    struct printed *pages;
    struct list names; /* struct bytes */
};

static FILE *hold(void *ctx, const char *name)
{
    struct held *h = ctx;
    if (h->names.count == PAGES)
        return NULL;
    struct printed *p = &h->pages[h->names.count];
    *(struct bytes *)list_add(&h->names) = arena_print(h->a, PACKED_REPORT "%s", name);
    printed_begin(p);
    return p->out;
}

struct list packed_report(struct arena *a, const struct report *r)
{
    struct held h = {a, arena_take(a, PAGES * sizeof *h.pages), LIST_OF(struct bytes)};
    struct list files = LIST_OF(struct pack_file);
    bool whole = render_files(r, "html,json,csv", &(struct pages){&h, hold});
    for (size_t i = 0; i < h.names.count; i++)
        *(struct pack_file *)list_add(&files) = (struct pack_file){
            *LIST_AT(&h.names, struct bytes, i), printed_closed(&h.pages[i], a)};
    list_free(&h.names);
    if (!whole)
        files.count = 0;
    pack_sort(files.at, (uint32_t)files.count);
    return files;
}

static void state_all(
    struct arena *a, const struct builtin_file *files, size_t count, struct list *to)
{
    for (size_t i = 0; i < count; i++) {
        struct statement_file *f = list_add(to);
        f->name = arena_print(a, STATEMENT_BUILTIN "%s", files[i].name);
        SHA256(files[i].text.at, files[i].text.len, f->digest);
    }
}

struct list packed_builtin(struct arena *a)
{
    struct list files = LIST_OF(struct statement_file);
    state_all(a, builtin_clauses, builtin_clause_count, &files);
    state_all(a, builtin_rubrics, builtin_rubric_count, &files);
    return files;
}

static bool to_file(void *ctx, struct bytes piece)
{
    return !piece.len || fwrite(piece.at, 1, piece.len, ctx) == piece.len;
}

static bool fill(struct arena *a, int fd, const struct pack_file *files, uint32_t count)
{
    FILE *out = fdopen(fd, "w");
    if (!out) {
        close(fd);
        return false;
    }
    setvbuf(out, NULL, _IOFBF, PIECE);
    bool whole = pack_write(a, files, count, &(struct pack_sink){out, to_file});
    return (fclose(out) == 0) & whole;
}

enum exit_code packed_write(
    struct arena *a, const char *path, struct pack_file *files, uint32_t count)
{
    const char *part = (const char *)arena_print(a, "%s.part", path).at;
    pack_sort(files, count);
    if (unlink(part) != 0 && errno != ENOENT)
        return (enum exit_code)cli_error(
            EXIT_ENVIRONMENT, part, 0, strerror(errno), "to replace it");
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return (enum exit_code)cli_error(
            EXIT_ENVIRONMENT, part, 0, strerror(errno), "to write it");
    bool whole = fill(a, fd, files, count);
    if (whole && rename(part, path) == 0)
        return EXIT_DONE;
    int error = errno;
    unlink(part);
    return (enum exit_code)cli_error(EXIT_ENVIRONMENT, path, 0,
        whole ? strerror(error) : "not written whole",
        whole ? "to replace it" : "room on the disk");
}

enum exit_code packed_open(struct arena *a, const char *path,
    const struct sign_key *key, struct inspected *in, struct weighed *out)
{
    struct bytes why = {0};
    enum status s = inspect(a, path, in, &why);
    if (s == BROKEN)
        return (enum exit_code)cli_error(
            EXIT_ENVIRONMENT, path, 0, (const char *)why.at, NULL);
    if (s == OK)
        s = weigh(a, in->archive, &in->said, key, out, &why);
    return s == OK
        ? EXIT_DONE
        : (enum exit_code)cli_error(EXIT_INTERNAL, path, 0, (const char *)why.at, NULL);
}

struct bytes packed_digest(struct arena *a, struct bytes archive)
{
    uint8_t digest[SHA256_DIGEST_LENGTH], hex[2 * SHA256_DIGEST_LENGTH + 1];
    SHA256(archive.at, archive.len, digest);
    hex_of(BYTES_OF(digest), ROOM_OF(hex));
    return arena_print(a, "%s", (const char *)hex);
}

/* Of a file that need not be there, in a folder that is. */
static char *real_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct bytes folder =
        slash ? arena_print(a, "%.*s", (int)(slash - path + 1), path) : TEXT(".");
    char *real = realpath((const char *)folder.at, NULL), *whole = NULL;
    if (real
        && asprintf(
               &whole, "%s/%s", strcmp(real, "/") ? real : "", slash ? slash + 1 : path)
            < 0)
        whole = NULL;
    free(real);
    return whole;
}

void packed_leave_out(
    struct arena *a, struct tree *tree, const char *root, const char *pack)
{
    char *top = realpath(root, NULL), *file = real_of(a, pack);
    if (top && file) {
        struct bytes below = text_of(file), lead = text_of(top);
        if (text_starts(below, lead)
            && text_starts(text_from(below, lead.len), TEXT("/")))
            tree_without(a, tree, arena_copy(a, text_from(below, lead.len + 1)));
    }
    free(top);
    free(file);
}
