/* SPDX-License-Identifier: Apache-2.0 */
/* Graphviz: who is linked with whom, and the data-flow model. Bounded: a picture of more than
 * a few hundred nodes is read by nobody; what is left out is said in the picture. */
#include "review/render/out.h"
#include "review/render/render.h"

enum { NODES_MAX = 400 };

static const char *shape(enum item_kind k)
{
    static const char *const names[ITEM_KINDS] = {"box", "component", "octagon", "cds",
        "diamond", "hexagon", "note", "plaintext", "box3d", "folder", "house", "tab",
        "ellipse"};
    return names[k];
}

static void node(const struct model *m, uint32_t i, FILE *out)
{
    const struct item *it = &m->items[i];
    struct bytes label = it->title.len && it->title.len < 60 ? it->title : it->id;
    fprintf(out, "  n%u [shape=%s,label=", i, shape((enum item_kind)it->kind));
    out_json(out, text_upto(label, 60));
    fputs(",tooltip=", out);
    out_json(out, it->id);
    fputs("];\n", out);
}

static void picture(const struct report *r, const char *name, uint32_t node_kinds,
    uint32_t link_kinds, FILE *out)
{
    const struct model *m = r->model;
    struct arena *a = arena_new();
    bool *in = arena_take(a, (size_t)m->item_count + 1);
    uint32_t nodes = 0, left_out = 0;
    fprintf(out,
        "digraph %s {\n  rankdir=LR; node [fontname=\"sans-serif\",fontsize=10]; "
        "edge [fontname=\"sans-serif\",fontsize=8,color=\"#666666\"];\n",
        name);
    for (uint32_t i = 0; i < m->link_count; i++) {
        const struct link *l = &m->links[i];
        bool fits = l->from != ITEM_NONE && l->to != ITEM_NONE
            && link_kinds >> l->kind & 1u && node_kinds >> m->items[l->from].kind & 1u
            && node_kinds >> m->items[l->to].kind & 1u;
        if (!fits)
            continue;
        if (nodes + 2 > NODES_MAX && (!in[l->from] || !in[l->to])) {
            left_out++;
            continue;
        }
        uint32_t ends[2] = {l->from, l->to};
        for (size_t e = 0; e < 2; e++)
            if (!in[ends[e]]) {
                in[ends[e]] = true;
                nodes++;
                node(m, ends[e], out);
            }
        fprintf(out, "  n%u -> n%u [label=\"%s\"];\n", l->from, l->to,
            link_kind_name((enum link_kind)l->kind));
    }
    if (left_out)
        fprintf(
            out, "  rest [shape=plaintext,label=\"and %u more links\"];\n", left_out);
    fputs("}\n", out);
    arena_free(a);
}

void render_trace_dot(const struct report *r, FILE *out)
{
    uint32_t kinds = 1u << ITEM_REQUIREMENT | 1u << ITEM_DESIGN | 1u << ITEM_THREAT
        | 1u << ITEM_HAZARD | 1u << ITEM_CASE | 1u << ITEM_CONTROL;
    uint32_t links = 1u << LINK_SATISFIES | 1u << LINK_VERIFIES | 1u << LINK_MITIGATES
        | 1u << LINK_LEADS | 1u << LINK_PARENT;
    picture(r, "trace", kinds, links, out);
}

void render_flow_dot(const struct report *r, FILE *out)
{
    uint32_t kinds = 1u << ITEM_DESIGN | 1u << ITEM_BOUNDARY | 1u << ITEM_FLOW
        | 1u << ITEM_CREDENTIAL | 1u << ITEM_COMPONENT;
    uint32_t links = 1u << LINK_CROSSES | 1u << LINK_USES | 1u << LINK_REFERS;
    picture(r, "flow", kinds, links, out);
}
