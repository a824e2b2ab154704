/* SPDX-License-Identifier: Apache-2.0 */
#include "review/main/second.h"

#include "core/base/sha256.h"
#include "host/plain_file.h"
#include "review/base/printed.h"
#include "review/render/clause.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Is it bound to what `clause --json` writes of this page? */
static bool is_of(
    struct arena *a, const struct clause_page *page, const struct opinions *all)
{
    struct printed json;
    struct sha256 sum;
    struct digest now;

    printed_begin(&json);
    render_judged_json(page, json.out);
    sha256_start(&sum);
    sha256_more(&sum, printed_end(&json, a));
    sha256_peek(&sum, &now);
    return text_same(BYTES_OF(now.b), BYTES_OF(all->review.b));
}

static bool stands_in(
    const struct passage *passages, uint32_t count, struct bytes quote)
{
    for (uint32_t i = 0; i < count; i++)
        if (opinion_quoted(quote, &passages[i].text, 1))
            return true;
    return false;
}

/* A constraint that the review does not judge has no opinion; a quote stands in its passages. */
static bool holds(const struct clause_page *page, const struct opinion *o)
{
    uint32_t k = rubric_index(page->judged, o->constraint);
    if (k == UINT32_MAX)
        return false;
    const struct verdict_of *v = &page->judged->best[k];
    for (uint32_t i = 0; i < o->quote_count; i++)
        if (!stands_in(v->counted, v->counted_count, o->quotes[i])
            && !stands_in(v->refused, v->refused_count, o->quotes[i]))
            return false;
    return true;
}

/* NULL: *out is the page that it is about. */
static const char *place(const struct run *r, const struct opinions *all, uint32_t *out)
{
    uint32_t i = 0;
    while (i < r->clause_count && !text_same(r->clauses[i].clause->id, all->clause))
        i++;
    if (i == r->clause_count || !is_of(r->a, &r->clauses[i], all))
        return "it was given of another review, and is not shown";
    for (uint32_t k = 0; k < all->count; k++)
        if (!holds(&r->clauses[i], &all->at[k]))
            return "it quotes what the passages do not say, and is not shown";
    *out = i;
    return NULL;
}

static bool read_file(struct arena *a, const char *path, struct bytes *out)
{
    struct stat st;
    int fd = plain_file_fd(path, &st);
    bool read = fd >= 0 && run_read_whole(a, fd, OPINION_FILE_MAX, out);
    int kept = errno;
    if (fd >= 0)
        close(fd);
    errno = kept;
    return read;
}

/* Req: HF-FUN-026 "no verdict, no gap and no exit code" */
void second_opinion(struct run *r, const char *file)
{
    struct bytes json = {0};
    struct opinions *all = arena_take(r->a, sizeof *all);
    uint32_t at = 0;
    const char *why = NULL;

    if (!file)
        return;
    if (!read_file(r->a, file, &json))
        why = "it cannot be read, or is larger than 1,048,576 bytes";
    else if (opinion_parse(r->a, json, all, &why) == OK)
        why = place(r, all, &at);
    if (why) {
        cli_error(EXIT_DONE, file, 0, why,
            "what holdfast-review-opinion wrote of this very review");
        return;
    }
    struct clause_page *pages = arena_take(r->a, r->clause_count * sizeof *pages);
    memcpy(pages, r->clauses, r->clause_count * sizeof *pages);
    pages[at].opinions = all;
    r->clauses = pages;
}
