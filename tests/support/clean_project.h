/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clean_project: a small project in which no rule of the reviewer finds anything, one of each
 * kind of item, in six documents. A test plants one defect in it, and looks who finds it.
 *
 * The documents are written by functions without an argument (see_files), so what is planted
 * stands in `clean_now`, which a test sets before it reads.
 */
#pragma once

#include "review/read/see.h"
#include "tests/support/planted.h"

/* clang-format off */
static const struct line clean_register[] = {
    {"requirements", NULL},
    {NULL, "id=SEC-001; principle=least privilege; boundary=TB-4; threats=T-01; verified_by=tests/privilege; text=A request of device A for a record of device B shall be answered 403."},
    {NULL, "id=SEC-003; principle=fail secure; boundary=TB-4; threats=T-02; verified_by=tests/away; text=While the cloud cannot be reached the device shall keep measuring."},
    {NULL, "id=SEC-004; principle=fail secure; parent=SEC-003; threats=T-02; verified_by=tests/away; text=While the cloud cannot be reached the device shall show NOT SYNCHRONISED."},
    {"trust boundaries", NULL},
    {NULL, "id=TB-4; name=device to cloud; crosses=telemetry"},
    {NULL, "id=TB-5; name=device to sensor; threats=T-02; requirements=SEC-003"},
    {"data flows", NULL},
    {NULL, "id=DF-1; name=readings; boundary=TB-4; protocol=TLS 1.3; authentication=mTLS"},
    {"threats", NULL},
    {NULL, "id=T-01; title=A device reads another's records; boundary=TB-4; hazards=HS-01"},
    {NULL, "id=T-02; title=The cloud is away; boundary=TB-4"},
    {"hazards", NULL},
    {NULL, "id=HS-01; situation=Records are mixed up; requirements=SEC-001"},
    {"controls", NULL},
    {NULL, "id=CTL-001; requirement=SEC-001; threat=T-01; test=tests/privilege"},
    {"credentials", NULL},
    {NULL, "id=CR-01; name=Device key; holder=each of all devices; scope=own telemetry; unique=true; rotation=24 months; revocation=row in the store; storage=file of its role; leak=one device; negative_test=tests/privilege; revocation_test=tests/away"},
    {"components", NULL},
    {NULL, "name=tls; package=tls; version=3.0; boundary_facing=true; class=supported; support_ends=2028-06-30; review=2026-01-01: read"},
    {NULL, "name=zip; package=zip; version=1.2; class=required; support_ends=2028-06-30; review=2026-01-01: read"},
    {NULL, "name=png; package=png; version=1.6; class=required; support_ends=2028-06-30; review=2026-01-01: read"},
    {"decisions", NULL},
    {NULL, "id=DEC-001; finding=TRACE-MANUAL-00000000; reason=short; by=A. Person; date=2026-01-01; until=2027-01-01"},
    {NULL, "id=DEC-002; about=T-02; reason=looked at; by=A. Person; date=2026-01-01"},
};
static const struct line clean_bill[] = {
    {NULL, "name=tls; version=3.0; purl=pkg:deb/debian/tls@3.0?arch=amd64; ref=tls; depends=zip; licence=MIT; hash.SHA-256=0011223344556677"},
    {NULL, "name=zip; version=1.2; purl=pkg:deb/debian/zip@1.2; ref=zip; licence=Zlib; hash.SHA-256=8899aabbccddeeff"},
    {NULL, "name=png; version=1.6; purl=pkg:deb/debian/png@1.6; ref=png"},
};
static const struct line clean_design[] = { /* '%': the confirmation of the link, if any */
    {"Gate", "The path rule (SEC-001%) answers 403."},
    {"Courier", "SEC-004: it waits, up to 60 s, with CR-01, for what SEC-003 measures."},
    {"Measure", "It goes on (SEC-003)."},
};
static const struct line clean_results[] = {
    {NULL, "class=tests/privilege; name=B is refused; status=passed; at=2026-11-28T08:00:00Z"},
    {NULL, "class=tests/away; name=it goes on; status=passed; at=2026-11-28T08:00:00Z"},
    {NULL, "class=prove; name=CTL-001; status=passed; property.control=CTL-001; property.proof=fails without it; at=2026-11-28T08:00:00Z"},
};
static const struct line clean_source[] = {{NULL, "id=SEC-001; symbol=main"}};
/* clang-format on */

enum { CLEAN_CHANGED_S = 1795860000 - 86400 }; /* a day before its results */

static struct {
    struct swap swap;
    const char *more; /* one entry below the decisions, or NULL */
    char confirmed
        [16];      /* "@1f3a5b7c" behind SEC-001 in the design; empty: not confirmed */
    bool appendix; /* the sections of the design stand in one */
} clean_now;

#define CLEAN_LINES(e, lines, kind) \
    planted_lines(e, clean_now.swap, lines, sizeof(lines) / sizeof((lines)[0]), kind)

static void clean_put_register(struct emit *e)
{
    CLEAN_LINES(e, clean_register, UNIT_ENTRY);
    if (clean_now.more)
        planted_entry(e, clean_now.more, UNIT_ENTRY, 900);
}

static void clean_put_bill(struct emit *e)
{
    CLEAN_LINES(e, clean_bill, UNIT_COMPONENT);
}

static void clean_put_results(struct emit *e)
{
    CLEAN_LINES(e, clean_results, UNIT_RESULT);
}

static void clean_put_source(struct emit *e)
{
    CLEAN_LINES(e, clean_source, UNIT_TAG);
}

static void clean_put_design(struct emit *e)
{
    for (size_t i = 0; i < sizeof clean_design / sizeof clean_design[0]; i++) {
        char text[256], heading[64], front[64];
        snprintf(front, sizeof front, "%s%s", clean_now.appendix ? "Appendix: " : "",
            clean_design[i].heading);
        planted_text(clean_now.swap, front, heading, sizeof heading);
        emit_unit(e, UNIT_HEADING, 1, (uint32_t)i * 10, 0, text_of(heading));
        planted_text(clean_now.swap, clean_design[i].fields, text, sizeof text);
        struct bytes all = text_of(text);
        size_t sign = text_find(all, TEXT("%"));
        emit_begin(e, UNIT_PARAGRAPH, 0, (uint32_t)i * 10 + 1, 0);
        emit_text(e, text_upto(all, sign));
        emit_text(e, sign < all.len ? text_of(clean_now.confirmed) : (struct bytes){0});
        emit_text(e, text_from(all, sign + 1));
        emit_end(e);
    }
}

static void clean_put_configuration(struct emit *e)
{
    emit_unit(e, UNIT_PARAGRAPH, 0, 1, 0, TEXT("product = \"device\""));
}

/* The project as `clean_now` has it; see_end() it. */
static struct seen clean_read(void)
{
    static const struct {
        struct see_file file;
        uint8_t format;
    } files[] = {
        {{"design.md", clean_put_design}, FORMAT_MARKDOWN},
        {{"register.yaml", clean_put_register}, FORMAT_YAML},
        {{"results.xml", clean_put_results}, FORMAT_JUNIT},
        {{"sbom.json", clean_put_bill}, FORMAT_CYCLONEDX},
        {{"gate.c", clean_put_source}, FORMAT_SOURCE},
        {{"holdfast-review.conf", clean_put_configuration}, FORMAT_TEXT},
    };
    enum { COUNT = sizeof files / sizeof files[0] };
    struct see_file list[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        list[i] = files[i].file;
    struct seen s = see_files(list, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        s.docs[i].format = files[i].format;
        s.docs[i].changed_s = CLEAN_CHANGED_S;
    }
    return s;
}
