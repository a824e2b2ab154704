/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/enrol.h"

#include "core/base/hex.h"
#include "wire/bundle_table.h"

#include <string.h>

static uint32_t line_of(struct bytes text, const char *key)
{
    uint32_t line = 1;
    size_t len = strlen(key);

    for (size_t i = 0; i < text.len; i++) {
        if ((i == 0 || text.at[i - 1] == '\n') && text.len - i > len
            && memcmp(text.at + i, key, len) == 0)
            return line;
        line += text.at[i] == '\n';
    }
    return 0;
}

static enum status take_text(
    struct bytes text, struct bundle_text *t, struct conf_error *err)
{
    return conf_parse(text, bundle_keys, BUNDLE_KEYS, t, sizeof *t, err);
}

static void copy_out(const struct bundle_text *t, struct bundle *out)
{
    memcpy(out->address, t->address, sizeof out->address);
    memcpy(out->name, t->name, sizeof out->name);
    out->port = (uint16_t)t->port;
    out->enrol_port = (uint16_t)t->enrol_port;
    memcpy(&out->ca_active, &t->ca_active, sizeof out->ca_active);
    memcpy(&out->ca_backup, &t->ca_backup, sizeof out->ca_backup);
    memcpy(out->s.b, t->s, sizeof out->s.b);
    memcpy(out->service.b, t->service, sizeof out->service.b);
    memcpy(out->pins.b, t->pins, sizeof out->pins.b);
    out->kid.generation = (uint32_t)t->generation;
    out->expires_utc_s = (uint64_t)t->expires_utc_s;
    memcpy(out->secret.b, t->secret, sizeof out->secret.b);
}

enum status bundle_parse(struct bytes text, struct bundle *out, struct conf_error *err)
{
    struct bundle_text t = {0};
    struct device_id id;
    enum status s = take_text(text, &t, err);

    if (s == OK) {
        struct bytes device = {(const uint8_t *)t.device, strlen(t.device)};
        s = uuid_parse(device, id.b);
        if (s != OK) {
            *err = (struct conf_error){.line = line_of(text, "device"),
                .what = "value of device",
                .expected = "a UUID of version 4 in lower case"};
        } else {
            *out = (struct bundle){0};
            copy_out(&t, out);
            out->kid.device = id;
        }
    }
    wipe(&t, sizeof t);
    return s;
}
