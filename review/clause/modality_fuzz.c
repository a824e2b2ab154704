/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever stands in a document: each word of a unit has exactly one stance, whose words and
 * whose reason are where they say; each document has a role.
 */
#include "review/clause/role.h"

#include "review/read/see.h"

#include <stdlib.h>

static void hold(bool promise)
{
    if (!promise)
        abort();
}

static void check_unit(const struct corpus *c, const struct words *rows,
    const struct meant *meant, uint32_t unit)
{
    uint32_t count, next = 0;
    const struct stance *s = meant_unit(meant, unit, &count);
    for (uint32_t k = 0; k < count; k++) {
        hold(s[k].words.first == next && s[k].words.end > next);
        hold(s[k].modality < MODALITIES && s[k].rule && s[k].own);
        hold(s[k].by < c->unit_count && s[k].cue.first <= s[k].cue.end
            && s[k].cue.end <= rows[s[k].by].count);
        next = s[k].words.end;
    }
    hold(next == rows[unit].count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct seen seen = see_read(read_markdown, (struct bytes){data, size});
    const struct corpus *c = &seen.corpus;
    struct lexicon *lexicon = lexicon_new(a);
    struct words *rows = arena_take(a, c->unit_count * sizeof *rows);
    for (uint32_t i = 0; i < c->unit_count; i++) {
        rows[i] = words_of(lexicon, a, c->units[i].text);
        for (uint32_t w = 0; w < rows[i].count; w++)
            hold(rows[i].at[w].at + rows[i].at[w].len <= c->units[i].text.len);
    }
    struct meant *meant = meant_of(a, c, lexicon, rows, NULL);
    struct role_told *told = roles_of(a, c, lexicon, rows, meant);
    for (uint32_t i = 0; i < c->unit_count; i++)
        check_unit(c, rows, meant, i);
    for (uint32_t i = 0; i < c->doc_count; i++)
        hold(told[i].role < ROLES && told[i].counted <= told[i].of);
    see_end(&seen);
    arena_free(a);
    return 0;
}
