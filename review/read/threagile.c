/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threagile: technical assets are elements, their communication links flows. Its threats are
 * found by its own rules when it runs; in the file stand those that somebody tracked
 * (risk_tracking) or wrote himself (individual risk categories). A risk is called after its
 * rule and what it is about: "unencrypted-communication@shop>orders@shop@database".
 */
#include "review/read/threat_model.h"
#include "review/read/threat_models.h"

struct threagile {
    const struct flat *flat;
    struct tm *tm;
    uint32_t root;
};

static uint32_t add(struct threagile *g, enum tm_kind kind, uint32_t node)
{
    const struct flat *f = g->flat;
    uint32_t thing =
        tm_add(g->tm, kind, node, flat_get_text(f, node, "id"), flat_key_of(f, node));
    tm_text(g->tm, thing, flat_get_text(f, node, "description"));
    return thing;
}

static void add_boundaries(struct threagile *g)
{
    const struct flat *f = g->flat;
    uint32_t list;
    static const char *const keys[] = {"type", "tags"};
    for (uint32_t c = flat_first_in(f, g->root, "trust_boundaries", &list); c;
         c = flat_after(f, list, c))
        TM_SAY_KEYS(g->tm, add(g, TM_BOUNDARY, c), c, keys);
}

static void add_elements(struct threagile *g)
{
    const struct flat *f = g->flat;
    uint32_t list;
    static const char *const keys[] = {"type", "usage", "technology", "technologies",
        "machine", "size", "internet", "out_of_scope", "justification_out_of_scope",
        "encryption", "owner", "confidentiality", "integrity", "availability",
        "justification_cia_rating", "multi_tenant", "redundant",
        "custom_developed_parts", "data_assets_processed", "data_assets_stored",
        "data_formats_accepted", "tags"};
    for (uint32_t c = flat_first_in(f, g->root, "technical_assets", &list); c;
         c = flat_after(f, list, c))
        TM_SAY_KEYS(g->tm, add(g, TM_ELEMENT, c), c, keys);
}

static uint32_t named(struct threagile *g, enum tm_kind kind, uint32_t node)
{
    return tm_find(g->tm, kind, flat_text(g->flat, node));
}

/* What lies in a boundary is listed there. */
static void put_inside(struct threagile *g)
{
    const struct flat *f = g->flat;
    uint32_t list;
    for (uint32_t c = flat_first_in(f, g->root, "trust_boundaries", &list); c;
         c = flat_after(f, list, c)) {
        struct bytes id = flat_get_text(f, c, "id");
        uint32_t outer = tm_find(g->tm, TM_BOUNDARY, id.len ? id : flat_key_of(f, c));
        uint32_t inside = flat_get(f, c, "technical_assets_inside");
        uint32_t nested = flat_get(f, c, "trust_boundaries_nested");
        for (uint32_t n = inside ? flat_first(f, inside) : FLAT_NO; n;
             n = flat_after(f, inside, n))
            tm_put_inside(g->tm, named(g, TM_ELEMENT, n), outer);
        for (uint32_t n = nested ? flat_first(f, nested) : FLAT_NO; n;
             n = flat_after(f, nested, n))
            tm_put_inside(g->tm, named(g, TM_BOUNDARY, n), outer);
    }
}

static void add_flows(struct threagile *g)
{
    const struct flat *f = g->flat;
    uint32_t assets, list;
    static const char *const keys[] = {"protocol", "authentication", "authorization",
        "vpn", "ip_filtered", "readonly", "usage", "data_assets_sent",
        "data_assets_received", "tags"};
    for (uint32_t asset = flat_first_in(f, g->root, "technical_assets", &assets); asset;
         asset = flat_after(f, assets, asset)) {
        struct bytes id = flat_get_text(f, asset, "id");
        id = id.len ? id : flat_key_of(f, asset);
        for (uint32_t c = flat_first_in(f, asset, "communication_links", &list); c;
             c = flat_after(f, list, c)) {
            uint32_t flow = tm_add(g->tm, TM_FLOW, c,
                tm_joined(g->tm, id, ">", flat_key_of(f, c)), flat_key_of(f, c));
            tm_text(g->tm, flow, flat_get_text(f, c, "description"));
            TM_SAY_KEYS(g->tm, flow, c, keys);
            uint32_t target = flat_get(f, c, "target");
            tm_ends(g->tm, flow, tm_find(g->tm, TM_ELEMENT, id),
                target ? named(g, TM_ELEMENT, target) : TM_NONE);
        }
    }
}

static void about(struct threagile *g, uint32_t threat, struct bytes id)
{
    static const enum tm_kind kinds[] = {TM_FLOW, TM_ELEMENT, TM_BOUNDARY};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        uint32_t thing = tm_find(g->tm, kinds[k], id);
        if (thing == TM_NONE)
            continue;
        tm_about(g->tm, threat, thing);
        return;
    }
}

/* What stands behind each '@' of a risk's id. */
static void about_parts(struct threagile *g, uint32_t threat, struct bytes id)
{
    for (size_t at = text_find(id, TEXT("@")); at < id.len;
         at = text_find(id, TEXT("@"))) {
        id = text_from(id, at + 1);
        about(g, threat, text_upto(id, text_find(id, TEXT("@"))));
    }
}

static void add_mitigation(
    struct threagile *g, uint32_t threat, uint32_t node, struct bytes risk)
{
    struct tm *t = g->tm;
    uint32_t m = tm_add(t, TM_MITIGATION, node,
        arena_print(
            tm_arena(t), "%.*s/mitigation", (int)risk.len, (const char *)risk.at),
        arena_print(
            tm_arena(t), "mitigation of %.*s", (int)risk.len, (const char *)risk.at));
    tm_text(t, m, flat_get_text(g->flat, node, "justification"));
    tm_mitigated(t, threat, m);
}

/* What was tracked and does not apply is no threat, and is said all the same. */
static void add_tracked(struct threagile *g)
{
    const struct flat *f = g->flat;
    uint32_t list;
    static const char *const keys[] = {"status", "ticket", "date"};
    for (uint32_t c = flat_first_in(f, g->root, "risk_tracking", &list); c;
         c = flat_after(f, list, c)) {
        struct bytes risk = flat_key_of(f, c),
                     why = flat_get_text(f, c, "justification");
        enum tm_state state = tm_state_of(flat_get_text(f, c, "status"));
        if (state == TM_ASIDE) {
            tm_prose(g->tm, risk, why.len ? why : flat_get_text(f, c, "status"),
                flat_line(f, c));
            continue;
        }
        uint32_t threat = tm_add(g->tm, TM_THREAT, c, risk, risk);
        tm_text(g->tm, threat, why);
        TM_SAY_KEYS(g->tm, threat, c, keys);
        tm_say(g->tm, threat, TEXT("by"), flat_get_text(f, c, "checked_by"));
        about_parts(g, threat, risk);
        if (state == TM_DONE)
            add_mitigation(g, threat, c, risk);
    }
}

/* Of a category that somebody wrote: one threat for each risk that was found. */
static void add_own_risks(struct threagile *g, uint32_t category)
{
    const struct flat *f = g->flat;
    uint32_t list;
    static const char *const of_category[] = {"stride", "cwe", "function", "impact"};
    static const char *const of_risk[] = {
        "severity", "exploitation_likelihood", "exploitation_impact"};
    static const char *const things[] = {"most_relevant_communication_link",
        "most_relevant_technical_asset", "most_relevant_trust_boundary"};
    struct bytes rule = flat_get_text(f, category, "id");
    rule = rule.len ? rule : flat_key_of(f, category);
    for (uint32_t c = flat_first_in(f, category, "risks_identified", &list); c;
         c = flat_after(f, list, c)) {
        struct bytes what = {0};
        for (size_t i = 0; i < sizeof things / sizeof things[0] && !what.len; i++)
            what = flat_get_text(f, c, things[i]);
        struct bytes id = what.len
            ? arena_print(tm_arena(g->tm), "%.*s@%.*s", (int)rule.len,
                (const char *)rule.at, (int)what.len, (const char *)what.at)
            : tm_joined(g->tm, rule, "@", flat_key_of(f, c));
        uint32_t threat = tm_find(g->tm, TM_THREAT, id);
        bool tracked = threat != TM_NONE;
        if (!tracked)
            threat = tm_add(g->tm, TM_THREAT, c, id, flat_key_of(f, c));
        TM_SAY_KEYS(g->tm, threat, c, of_risk);
        TM_SAY_KEYS(g->tm, threat, category, of_category);
        tm_say(g->tm, threat, TEXT("advice"), flat_get_text(f, category, "mitigation"));
        if (tracked)
            continue;
        tm_text(g->tm, threat, flat_get_text(f, category, "description"));
        about(g, threat, what);
    }
}

static void add_requirements(struct threagile *g)
{
    const struct flat *f = g->flat;
    uint32_t list;
    for (uint32_t c = flat_first_in(f, g->root, "security_requirements", &list); c;
         c = flat_after(f, list, c))
        tm_text(g->tm,
            tm_add(g->tm, TM_REQUIREMENT, c,
                tm_joined(g->tm, TEXT(""), "", flat_key_of(f, c)), flat_key_of(f, c)),
            flat_text(f, c));
}

static void say_prose(struct threagile *g)
{
    const struct flat *f = g->flat;
    uint32_t list;
    static const char *const maps[] = {"abuse_cases", "questions"};
    uint32_t title = flat_get(f, g->root, "title");
    tm_title(g->tm, flat_get_text(f, g->root, "title"),
        flat_line(f, title ? title : g->root));
    uint32_t n = flat_get(f, g->root, "management_summary_comment");
    if (n)
        tm_prose(g->tm, TEXT(""), flat_text(f, n), flat_line(f, n));
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
        for (uint32_t c = flat_first_in(f, g->root, maps[i], &list); c;
             c = flat_after(f, list, c))
            tm_prose(g->tm, flat_key_of(f, c), flat_text(f, c), flat_line(f, c));
    for (uint32_t c = flat_first_in(f, g->root, "data_assets", &list); c;
         c = flat_after(f, list, c))
        tm_prose(g->tm, flat_key_of(f, c), flat_get_text(f, c, "description"),
            flat_line(f, c));
}

bool threagile_emit(const struct flat *f, uint32_t root, struct emit *out)
{
    uint32_t list;
    if (!flat_get(f, root, "technical_assets")
        || (!flat_get(f, root, "threagile_version")
            && !flat_get(f, root, "trust_boundaries")))
        return false;
    struct threagile g = {f, tm_new(f, out), root};
    emit_format(out, FORMAT_THREAGILE);
    say_prose(&g);
    add_boundaries(&g);
    add_elements(&g);
    put_inside(&g);
    add_flows(&g);
    add_tracked(&g);
    for (size_t own = 0; own < 2; own++)
        for (uint32_t c = flat_first_in(g.flat, root,
                 own ? "custom_risk_categories" : "individual_risk_categories", &list);
             c; c = flat_after(g.flat, list, c))
            add_own_risks(&g, c);
    add_requirements(&g);
    tm_write(g.tm);
    return true;
}
