/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/unit.h"

struct bytes unit_field(const struct corpus *c, const struct unit *u, const char *name)
{
    struct bytes wanted = text_of(name);
    for (uint32_t i = 0; i < u->field_count; i++)
        if (text_same_word(c->fields[u->field + i].name, wanted))
            return c->fields[u->field + i].value;
    return (struct bytes){0};
}

uint32_t unit_line_at(const struct corpus *c, const struct unit *u, size_t at)
{
    uint32_t line = u->line;
    for (uint32_t i = 0; i < u->wrap_count && c->wraps[u->wrap + i].at <= at; i++)
        line = c->wraps[u->wrap + i].line;
    return line;
}

const char *unit_kind_name(enum unit_kind k)
{
    static const char *const names[UNIT_KINDS] = {"heading", "paragraph", "item", "row",
        "code", "quote", "entry", "result", "component", "tag"};
    return names[k];
}

const char *format_name(enum format f)
{
    static const char *const names[FORMATS] = {"unknown", "Markdown", "text", "RST",
        "HTML", "DOCX", "XLSX", "ODT", "PDF", "YAML", "CSV", "JSON", "JUnit XML", "TAP",
        "CycloneDX", "SPDX JSON", "SPDX tag-value", "ReqIF", "Threagile", "OTM",
        "Threat Dragon", "source"};
    return names[f];
}
