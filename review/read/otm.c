/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OTM: trust zones are boundaries, components elements. A threat stands in a catalogue and is
 * met at components and flows, there with its state and that of each mitigation: each meeting
 * is a threat of its own, and one that nothing meets stands for itself.
 */
#include "review/read/threat_model.h"
#include "review/read/threat_models.h"

struct otm {
    const struct flat *flat;
    struct tm *tm;
    uint32_t root;
    struct table *threats; /* id -> node in the catalogue */
    struct table *met;     /* id of a threat that is met somewhere */
};

static struct bytes text(const struct otm *o, uint32_t map, const char *key)
{
    return flat_get_text(o->flat, map, key);
}

static uint32_t add(struct otm *o, enum tm_kind kind, uint32_t node)
{
    static const char *const keys[] = {"type", "tags"};
    uint32_t thing =
        tm_add(o->tm, kind, node, text(o, node, "id"), text(o, node, "name"));
    tm_text(o->tm, thing, text(o, node, "description"));
    TM_SAY_KEYS(o->tm, thing, node, keys);
    tm_say_all(o->tm, thing, flat_get(o->flat, node, "attributes"));
    return thing;
}

static void add_zones_and_components(struct otm *o)
{
    const struct flat *f = o->flat;
    uint32_t list;
    static const char *const rating[] = {"trustRating"};
    static const char *const assets[] = {"processed", "stored"};
    for (uint32_t c = flat_first_in(f, o->root, "trustZones", &list); c;
         c = flat_after(f, list, c)) {
        uint32_t zone = add(o, TM_BOUNDARY, c), risk = flat_get(f, c, "risk");
        if (risk)
            TM_SAY_KEYS(o->tm, zone, risk, rating);
    }
    for (uint32_t c = flat_first_in(f, o->root, "components", &list); c;
         c = flat_after(f, list, c)) {
        uint32_t part = add(o, TM_ELEMENT, c), data = flat_get(f, c, "assets");
        if (data)
            TM_SAY_KEYS(o->tm, part, data, assets);
    }
}

static void put_inside(struct otm *o, const char *section, enum tm_kind kind)
{
    const struct flat *f = o->flat;
    uint32_t list;
    for (uint32_t c = flat_first_in(f, o->root, section, &list); c;
         c = flat_after(f, list, c)) {
        uint32_t parent = flat_get(f, c, "parent");
        struct bytes id = text(o, c, "id");
        if (!parent)
            continue;
        uint32_t outer = tm_find(o->tm, TM_BOUNDARY, text(o, parent, "trustZone"));
        if (outer == TM_NONE)
            outer = tm_find(o->tm, TM_ELEMENT, text(o, parent, "component"));
        tm_put_inside(
            o->tm, tm_find(o->tm, kind, id.len ? id : text(o, c, "name")), outer);
    }
}

static uint32_t end_named(struct otm *o, struct bytes id)
{
    uint32_t end = tm_find(o->tm, TM_ELEMENT, id);
    return end == TM_NONE ? tm_find(o->tm, TM_BOUNDARY, id) : end;
}

static void add_flows(struct otm *o)
{
    const struct flat *f = o->flat;
    uint32_t list;
    static const char *const keys[] = {"bidirectional", "assets"};
    for (uint32_t c = flat_first_in(f, o->root, "dataflows", &list); c;
         c = flat_after(f, list, c)) {
        uint32_t flow = add(o, TM_FLOW, c);
        TM_SAY_KEYS(o->tm, flow, c, keys);
        tm_ends(o->tm, flow, end_named(o, text(o, c, "source")),
            end_named(o, text(o, c, "destination")));
    }
}

static void say_threat(struct otm *o, uint32_t threat, uint32_t node)
{
    const struct flat *f = o->flat;
    static const char *const keys[] = {"categories", "cwes", "tags"};
    static const char *const risks[] = {
        "likelihood", "likelihoodComment", "impact", "impactComment"};
    uint32_t risk = flat_get(f, node, "risk");
    tm_text(o->tm, threat, text(o, node, "description"));
    TM_SAY_KEYS(o->tm, threat, node, keys);
    if (risk)
        TM_SAY_KEYS(o->tm, threat, risk, risks);
    tm_say_all(o->tm, threat, flat_get(f, node, "attributes"));
}

static void meet(struct otm *o, uint32_t where, uint32_t met)
{
    const struct flat *f = o->flat;
    uint32_t list;
    struct tm *t = o->tm;
    struct bytes id = text(o, met, "threat"), place = tm_id(t, where);
    uint32_t node = id.len ? table_get(o->threats, id) : TABLE_NONE;
    struct bytes state = text(o, met, "state");
    struct bytes name = node == TABLE_NONE ? id : text(o, node, "name");
    if (!id.len)
        return;
    table_put(o->met, id, 1);
    if (tm_state_of(state) == TM_ASIDE) {
        tm_prose(t, name, state, flat_line(f, met));
        return;
    }
    uint32_t threat = tm_add(t, TM_THREAT, met,
        arena_print(tm_arena(t), "%.*s@%.*s", (int)id.len, (const char *)id.at,
            (int)place.len, (const char *)place.at),
        name);
    tm_say(t, threat, TEXT("status"), state);
    if (node != TABLE_NONE)
        say_threat(o, threat, node);
    tm_about(t, threat, where);
    for (uint32_t c = flat_first_in(f, met, "mitigations", &list); c;
         c = flat_after(f, list, c)) {
        struct bytes what = text(o, c, "mitigation"), how = text(o, c, "state");
        uint32_t m = tm_find(t, TM_MITIGATION, what);
        if (m != TM_NONE && tm_state_of(how) == TM_DONE) {
            tm_mitigated(t, threat, m);
            continue;
        }
        /* By its name: an identifier in a text would say that it does mitigate. */
        what = m == TM_NONE ? what : tm_name(t, m);
        tm_say(t, threat, TEXT("advice"),
            arena_print(tm_arena(t), "%.*s: %.*s", (int)what.len, (const char *)what.at,
                (int)how.len, (const char *)how.at));
    }
}

static void meet_all(struct otm *o, const char *section, enum tm_kind kind)
{
    const struct flat *f = o->flat;
    uint32_t list, all;
    for (uint32_t c = flat_first_in(f, o->root, section, &list); c;
         c = flat_after(f, list, c)) {
        struct bytes id = text(o, c, "id");
        uint32_t where = tm_find(o->tm, kind, id.len ? id : text(o, c, "name"));
        if (where != TM_NONE)
            for (uint32_t met = flat_first_in(f, c, "threats", &all); met;
                 met = flat_after(f, all, met))
                meet(o, where, met);
    }
}

static void add_threats(struct otm *o)
{
    const struct flat *f = o->flat;
    uint32_t list;
    for (uint32_t c = flat_first_in(f, o->root, "mitigations", &list); c;
         c = flat_after(f, list, c)) {
        static const char *const keys[] = {"riskReduction"};
        TM_SAY_KEYS(o->tm, add(o, TM_MITIGATION, c), c, keys);
    }
    for (uint32_t c = flat_first_in(f, o->root, "threats", &list); c;
         c = flat_after(f, list, c))
        if (text(o, c, "id").len)
            table_put(o->threats, text(o, c, "id"), c);
    meet_all(o, "components", TM_ELEMENT);
    meet_all(o, "dataflows", TM_FLOW);
    for (uint32_t c = flat_first_in(f, o->root, "threats", &list); c;
         c = flat_after(f, list, c)) {
        struct bytes id = text(o, c, "id");
        if (id.len && table_get(o->met, id) == TABLE_NONE)
            say_threat(o, tm_add(o->tm, TM_THREAT, c, id, text(o, c, "name")), c);
    }
}

static void say_prose(struct otm *o)
{
    const struct flat *f = o->flat;
    uint32_t list;
    uint32_t project = flat_get(f, o->root, "project");
    uint32_t at = project ? project : o->root;
    tm_title(o->tm, text(o, at, "name"), flat_line(f, at));
    tm_prose(o->tm, TEXT(""), text(o, at, "description"), flat_line(f, at));
    for (uint32_t c = flat_first_in(f, o->root, "assets", &list); c;
         c = flat_after(f, list, c))
        tm_prose(o->tm, text(o, c, "name"), text(o, c, "description"), flat_line(f, c));
}

static bool version_known(struct bytes v)
{
    return text_starts(v, TEXT("0.1")) || text_starts(v, TEXT("0.2"));
}

bool otm_emit(const struct flat *f, uint32_t root, struct emit *out)
{
    struct bytes version = flat_get_text(f, root, "otmVersion");
    if (!version.len)
        return false;
    struct otm o = {.flat = f, .tm = tm_new(f, out), .root = root};
    o.threats = table_new(tm_arena(o.tm), 64);
    o.met = table_new(tm_arena(o.tm), 64);
    emit_format(out, FORMAT_OTM);
    if (!version_known(version))
        emit_note(out, NOTE_VERSION, flat_line(f, root), 0, version);
    say_prose(&o);
    add_zones_and_components(&o);
    put_inside(&o, "trustZones", TM_BOUNDARY);
    put_inside(&o, "components", TM_ELEMENT);
    add_flows(&o);
    add_threats(&o);
    tm_write(o.tm);
    return true;
}
