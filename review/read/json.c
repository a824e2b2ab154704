/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/json.h"

#include "review/read/cyclonedx.h"
#include "review/read/entries.h"
#include "review/read/json_read.h"
#include "review/read/readers.h"
#include "review/read/secret.h"
#include "review/read/spdx.h"
#include "review/read/threat_models.h"

#include <stdio.h>

static bool on_open(void *flat, bool map, uint32_t line)
{
    return flat_open(flat, map ? FLAT_MAP : FLAT_LIST, line);
}

static bool on_close(void *flat)
{
    flat_close(flat);
    return true;
}

static bool on_key(void *flat, struct bytes key, uint32_t line)
{
    return flat_key(flat, key, line);
}

static bool on_value(void *flat, enum json_kind kind, struct bytes text, uint32_t line)
{
    if (kind == JSON_NULL)
        return flat_scalar(flat, FLAT_NULL, (struct bytes){0}, line);
    return flat_scalar(flat, FLAT_TEXT, text, line);
}

static void say_end(struct json_result r, struct emit *out)
{
    switch (r.end) {
    case JSON_WHOLE:
    case JSON_STOPPED: break; /* who stopped has said why */
    case JSON_TOO_DEEP:
        emit_note(out, NOTE_TOO_DEEP, r.line, 0, TEXT("maps and lists"));
        break;
    case JSON_MALFORMED: {
        char line[160];
        int n = snprintf(line, sizeof line, "JSON: expected %s", r.expected);
        emit_note(out, NOTE_MALFORMED, r.line, 0,
            (struct bytes){(const uint8_t *)line, (size_t)n});
    }
    }
}

static bool is_cyclonedx(const struct flat *f, uint32_t root)
{
    return text_same(flat_get_text(f, root, "bomFormat"), TEXT("CycloneDX"));
}

static bool is_spdx(const struct flat *f, uint32_t root)
{
    return text_starts(flat_get_text(f, root, "spdxVersion"), TEXT("SPDX-"));
}

struct flat *json_flat(struct bytes text, struct emit *notes)
{
    struct flat *f = flat_new(text, notes);
    struct json_events events = {f, on_open, on_close, on_key, on_value};
    struct json_result r = json_read(text, &events);
    flat_end(f, r.end == JSON_WHOLE);
    say_end(r, notes);
    return f;
}

void read_json(struct bytes document, struct emit *out)
{
    struct flat *f = json_flat(document, out);
    uint32_t root = flat_first(f, 0);
    if (root && is_cyclonedx(f, root)) {
        cyclonedx_emit(f, root, out);
    } else if (root && is_spdx(f, root)) {
        spdx_emit(f, root, out);
    } else {
        secret_scan(document, out);
        if (!root || !threat_model_emit(f, root, out))
            entries_emit(f, out);
    }
    flat_free(f);
}
