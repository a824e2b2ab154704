/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OSCAL 1.1.2 assessment results (NIST): one result, for each constraint one observation and one
 * finding. `satisfied` stands only where words, result and the failing of the test without the
 * control are there; what is described and not shown is `not-satisfied`, with its standing beside it.
 *
 * UUIDs are drawn from what they name (the form of version 5 over SHA-256), so that the same input
 * gives the same bytes.
 */
#include "core/base/hex.h"
#include "review/base/date.h"
#include "review/render/clause.h"
#include "review/render/out.h"

#include <openssl/evp.h>
#include <string.h>

enum { UUID_LEN = 36, DATE_LEN = 11 };

static bool feed(EVP_MD_CTX *c, struct bytes part)
{
    const uint8_t end = 0;

    return EVP_DigestUpdate(c, part.at, part.len) == 1
        && EVP_DigestUpdate(c, &end, 1) == 1;
}

static void uuid(
    const struct clause_page *p, const char *kind, struct bytes of, FILE *out)
{
    static const uint8_t groups[] = {4, 2, 2, 2, 6};
    uint8_t d[EVP_MAX_MD_SIZE], hex[2 * 6 + 1];
    size_t at = 0;
    EVP_MD_CTX *c = EVP_MD_CTX_new();

    bool good = c != NULL && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1
        && feed(c, TEXT("holdfast-review oscal")) && feed(c, text_of(kind))
        && feed(c, p->product) && feed(c, p->revision) && feed(c, p->clause->id)
        && feed(c, of) && EVP_DigestFinal_ex(c, d, NULL) == 1;
    EVP_MD_CTX_free(c);
    if (!good)
        memset(d, 0, sizeof d); /* the library is broken: a nil of its form */
    d[6] = (uint8_t)(0x50 | (d[6] & 0x0f));
    d[8] = (uint8_t)(0x80 | (d[8] & 0x3f));
    out_words(out, "\"");
    for (size_t g = 0; g < sizeof groups; g++) {
        hex_of((struct bytes){d + at, groups[g]}, ROOM_OF(hex));
        out_words(out, g ? "-" : "");
        out_words(out, (const char *)hex);
        at += groups[g];
    }
    out_words(out, "\"");
}

static void pair(FILE *out, const char *lead, struct bytes value)
{
    out_words(out, lead);
    out_json(out, value);
}

static void when(const struct clause_page *p, const char *lead, FILE *out)
{
    char day[DATE_LEN];

    date_text(p->as_of_s, day);
    out_words(out, lead);
    out_words(out, day);
    out_words(out, "T00:00:00Z\"");
}

/* A token: of letters, digits and - . _ and no digit first. */
static void token(struct bytes id, FILE *out)
{
    out_words(out, "\"c-");
    for (size_t i = 0; i < id.len; i++) {
        char c[2] = {(char)id.at[i], 0};
        bool good = (c[0] >= 'a' && c[0] <= 'z') || (c[0] >= 'A' && c[0] <= 'Z')
            || (c[0] >= '0' && c[0] <= '9') || c[0] == '-' || c[0] == '.';
        out_words(out, good ? c : "_");
    }
    out_words(out, "\"");
}

static void evidence(
    struct arena *a, const struct clause_page *p, const struct verdict_of *v, FILE *out)
{
    if (!v || v->counted_count == 0)
        return;
    out_words(out, ",\"relevant-evidence\":[");
    for (uint32_t i = 0; i < v->counted_count; i++) {
        const struct passage *g = &v->counted[i];
        out_words(out, i ? ",\n    {\"href\":" : "\n    {\"href\":");
        out_uri(out, p->said->corpus->docs[g->doc].path);
        pair(out, ",\"description\":", clause_place(a, p, g));
        pair(out, ",\"remarks\":", g->text);
        out_words(out, "}");
    }
    out_words(out, "]");
}

static void observation(
    struct arena *a, const struct clause_page *p, uint32_t constraint, FILE *out)
{
    const struct standing_of *s = &p->standings->at[constraint];
    struct bytes id = p->clause->constraints[constraint].id;
    struct bytes proofs = clause_proofs(a, p, s);

    out_words(out, constraint ? ",\n   {\"uuid\":" : "\n   {\"uuid\":");
    uuid(p, "observation", id, out);
    pair(out, ",\"title\":", id);
    pair(out, ",\"description\":", p->clause->constraints[constraint].text);
    out_words(out, ",\"methods\":[\"EXAMINE\"");
    out_words(out, s->proof_count ? ",\"TEST\"]" : "]");
    when(p, ",\"collected\":\"", out);
    evidence(a, p, s->verdict, out);
    if (proofs.len > 0)
        pair(out, ",\"remarks\":", proofs);
    out_words(out, "}");
}

static void finding(const struct clause_page *p, uint32_t constraint, FILE *out)
{
    const struct standing_of *s = &p->standings->at[constraint];
    struct bytes id = p->clause->constraints[constraint].id;
    const char *standing = standing_name((enum standing)s->standing);
    bool shown = s->standing == STANDING_DEMONSTRATED;

    out_words(out, constraint ? ",\n   {\"uuid\":" : "\n   {\"uuid\":");
    uuid(p, "finding", id, out);
    pair(out, ",\"title\":", id);
    pair(out, ",\"description\":", text_of(standing));
    out_words(out, ",\"target\":{\"type\":\"objective-id\",\"target-id\":");
    token(id, out);
    out_words(out, ",\"status\":{\"state\":\"");
    out_words(out, shown ? "satisfied" : "not-satisfied");
    out_words(out, "\",\"reason\":\"");
    out_words(out, shown ? "pass" : "other");
    pair(out, "\",\"remarks\":", text_of(standing));
    out_words(out, "}},\"related-observations\":[{\"observation-uuid\":");
    uuid(p, "observation", id, out);
    out_words(out, "}]}");
}

void render_judged_oscal(struct arena *a, const struct clause_page *p, FILE *out)
{
    out_words(out, "{\"assessment-results\":{\"uuid\":");
    uuid(p, "results", (struct bytes){0}, out);
    pair(out, ",\n \"metadata\":{\"title\":", p->clause->id);
    when(p, ",\"last-modified\":\"", out);
    out_words(out,
        ",\"version\":\"" HOLDFAST_VERSION "\",\"oscal-version\":\"1.1.2\","
        "\"remarks\":\"Evidence found by a tool in the documents and results of a project; no statement of conformity.\"},\n"
        " \"import-ap\":{\"href\":\"#\",\"remarks\":\"No assessment plan: the clause is catalogue data.\"},\n \"results\":[{\"uuid\":");
    uuid(p, "result", (struct bytes){0}, out);
    pair(out, ",\"title\":", p->clause->id);
    pair(out, ",\"description\":", p->product);
    when(p, ",\"start\":\"", out);
    out_words(out,
        ",\n  \"reviewed-controls\":{\"control-selections\":[{\"include-controls\":[{\"control-id\":");
    token(p->clause->id, out);
    out_words(out, "}]}]},\n  \"observations\":[");
    for (uint32_t i = 0; i < p->clause->constraint_count; i++)
        observation(a, p, i, out);
    out_words(out, "],\n  \"findings\":[");
    for (uint32_t i = 0; i < p->clause->constraint_count; i++)
        finding(p, i, out);
    out_words(out, "]}]}}\n");
}
