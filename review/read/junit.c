/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JUnit XML as its many writers write it: suites nest, properties stand at suites and cases,
 * and hold their value in an attribute or as text. A case's own properties stand before those
 * of its suites, so that the first of a name is the nearest.
 */
#include "review/read/growing.h"
#include "review/read/read.h"
#include "review/read/readers.h"
#include "review/read/xml.h"

#include <stdio.h>
#include <time.h>

struct part { /* in a text that moves as it grows */
    size_t at, len;
};

struct property {
    struct part name, value;
};

enum inside { IN_NOTHING, IN_MESSAGE, IN_PROPERTY };

enum outcome_word { PASSED, SKIPPED, FAILED, ERROR }; /* the later the worse */

struct junit {
    struct emit *out;
    bool root_seen, foreign;
    unsigned suites;
    struct {
        struct part at; /* its time stamp */
        size_t properties, text_len;
    } suite[READ_DEPTH_MAX + 1];
    struct growing suite_text;
    struct list suite_properties;

    bool in_case;
    enum inside inside;
    struct growing text; /* of the case that is open */
    struct list properties;
    struct part name, class, time, at, message;
    uint32_t line;
    enum outcome_word outcome;
    bool message_given;
};

static struct part keep(struct growing *g, struct bytes text)
{
    struct part p = {g->len, text.len};
    growing_add(g, text);
    return p;
}

static struct bytes part_of(const struct growing *g, struct part p)
{
    return (struct bytes){p.len ? g->at + p.at : NULL, p.len};
}

/* Two digits at an offset, or -1. */
static int two(struct bytes t, size_t at)
{
    int value = 0;
    for (size_t i = at; i < at + 2; i++) {
        if (i >= t.len || t.at[i] < '0' || t.at[i] > '9')
            return -1;
        value = value * 10 + (t.at[i] - '0');
    }
    return value;
}

/* "+02:00" or "-0230" in seconds; 0 without (JUnit says UTC by saying nothing). */
static int offset_s(struct bytes zone)
{
    if (!zone.len || (zone.at[0] != '+' && zone.at[0] != '-'))
        return 0;
    int hours = two(zone, 1),
        minutes = two(zone, zone.len > 3 && zone.at[3] == ':' ? 4 : 3);
    int s = (hours < 0 ? 0 : hours) * 3600 + (minutes < 0 ? 0 : minutes) * 60;
    return zone.at[0] == '-' ? -s : s;
}

/* RFC 3339 in UTC with whole seconds, or empty where the text is no time. */
static struct bytes utc(struct bytes text, char room[32])
{
    text = text_trim(text);
    struct tm tm = {0};
    int century = two(text, 0), year = two(text, 2), month = two(text, 5);
    tm.tm_mday = two(text, 8);
    tm.tm_hour = two(text, 11);
    tm.tm_min = two(text, 14);
    tm.tm_sec = two(text, 17);
    bool good = century >= 0 && year >= 0 && month >= 1 && month <= 12
        && tm.tm_mday >= 1 && tm.tm_mday <= 31 && tm.tm_hour >= 0 && tm.tm_hour < 24
        && tm.tm_min >= 0 && tm.tm_min < 60 && tm.tm_sec >= 0 && tm.tm_sec <= 60
        && text.at[4] == '-' && text.at[13] == ':';
    if (!good)
        return (struct bytes){0};
    tm.tm_year = century * 100 + year - 1900;
    tm.tm_mon = month - 1;
    size_t i = 19;
    while (
        i < text.len && (text.at[i] == '.' || (text.at[i] >= '0' && text.at[i] <= '9')))
        i++;
    time_t s = timegm(&tm) - offset_s(text_from(text, i));
    gmtime_r(&s, &tm);
    size_t n = strftime(room, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return (struct bytes){(const uint8_t *)room, n};
}

static void open_suite(struct junit *j, const struct xml_tag *tag)
{
    struct bytes at = xml_attribute(tag, "timestamp");
    struct bytes name = xml_attribute(tag, "name");
    struct part above = j->suites ? j->suite[j->suites - 1].at : (struct part){0, 0};
    if (j->suites > READ_DEPTH_MAX)
        return;
    j->suite[j->suites].text_len = j->suite_text.len;
    j->suite[j->suites].properties = j->suite_properties.count;
    j->suite[j->suites].at = at.len ? keep(&j->suite_text, at) : above;
    j->suites++;
    if (name.len)
        emit_unit(j->out, UNIT_HEADING, (uint8_t)(j->suites < 6 ? j->suites : 6),
            tag->line, 0, name);
}

static void close_suite(struct junit *j)
{
    if (!j->suites)
        return;
    j->suites--;
    j->suite_text.len = j->suite[j->suites].text_len;
    j->suite_properties.count = j->suite[j->suites].properties;
}

static void open_case(struct junit *j, const struct xml_tag *tag)
{
    struct bytes status = xml_attribute(tag, "status"),
                 result = xml_attribute(tag, "result");
    j->in_case = true;
    j->text.len = j->properties.count = 0;
    j->name = keep(&j->text, xml_attribute(tag, "name"));
    j->class = keep(&j->text, xml_attribute(tag, "classname"));
    j->time = keep(&j->text, xml_attribute(tag, "time"));
    j->at = keep(&j->text, xml_attribute(tag, "timestamp"));
    j->message = (struct part){0, 0};
    j->message_given = false;
    j->line = tag->line;
    bool left_out = text_same_word(status, TEXT("notrun"))
        || text_same_word(status, TEXT("disabled"))
        || text_same_word(status, TEXT("skipped"))
        || text_same_word(result, TEXT("skipped"));
    j->outcome = left_out ? SKIPPED : PASSED;
}

static void open_outcome(
    struct junit *j, const struct xml_tag *tag, enum outcome_word o)
{
    struct bytes message = xml_attribute(tag, "message");
    if (o < j->outcome || (o == j->outcome && j->message_given))
        return;
    j->outcome = o;
    j->message = keep(&j->text, message);
    j->message_given = true;
    if (!message.len)
        j->inside = IN_MESSAGE;
}

static void open_property(struct junit *j, const struct xml_tag *tag)
{
    struct list *to = j->in_case ? &j->properties : &j->suite_properties;
    struct growing *text = j->in_case ? &j->text : &j->suite_text;
    if (!j->in_case && !j->suites)
        return;
    struct property *p = list_add(to);
    p->name = keep(text, xml_attribute(tag, "name"));
    p->value = keep(text, xml_attribute(tag, "value"));
    if (!p->value.len)
        j->inside = IN_PROPERTY;
}

static void on_open(void *ctx, const struct xml_tag *tag)
{
    struct junit *j = ctx;
    bool suites = text_same(tag->name, TEXT("testsuites"));
    bool suite = text_same(tag->name, TEXT("testsuite"));
    if (!j->root_seen && !suites && !suite) {
        emit_note(j->out, NOTE_UNKNOWN_FORMAT, tag->line, 0,
            TEXT("JUnit: expected testsuites or testsuite"));
        j->foreign = true;
    }
    j->root_seen = true;
    if (j->foreign)
        return;
    j->inside = IN_NOTHING;
    if (suite && !j->in_case)
        open_suite(j, tag);
    else if (text_same(tag->name, TEXT("testcase")))
        open_case(j, tag);
    else if (text_same(tag->name, TEXT("property")))
        open_property(j, tag);
    else if (j->in_case && text_same(tag->name, TEXT("failure")))
        open_outcome(j, tag, FAILED);
    else if (j->in_case && text_same(tag->name, TEXT("error")))
        open_outcome(j, tag, ERROR);
    else if (j->in_case && text_same(tag->name, TEXT("skipped")))
        open_outcome(j, tag, SKIPPED);
}

static void on_text(void *ctx, struct bytes piece)
{
    struct junit *j = ctx;
    bool of_case = j->in_case;
    struct growing *text = of_case ? &j->text : &j->suite_text;
    struct list *list = of_case ? &j->properties : &j->suite_properties;
    struct part *to = NULL;
    if (j->inside == IN_MESSAGE)
        to = &j->message;
    else if (j->inside == IN_PROPERTY && list->count)
        to = &LIST_AT(list, struct property, list->count - 1)->value;
    if (!to || to->len > EMIT_TEXT_MAX)
        return;
    if (!to->len)
        to->at = text->len;
    to->len += piece.len; /* pieces of one element follow each other */
    growing_add(text, piece);
}

static void field_if(
    struct emit *out, const char *name, struct bytes value, uint32_t line)
{
    if (value.len)
        emit_field(out, text_of(name), value, line);
}

static void say_properties(
    struct junit *j, const struct list *list, const struct growing *text)
{
    for (size_t i = list->count; i > 0; i--) {
        const struct property *p = LIST_AT(list, struct property, i - 1);
        char name[256];
        struct bytes own = text_upto(part_of(text, p->name), 200);
        int n = snprintf(name, sizeof name, "property.%.*s", (int)own.len,
            own.len ? (const char *)own.at : "");
        emit_field(j->out, (struct bytes){(const uint8_t *)name, (size_t)n},
            text_trim(part_of(text, p->value)), j->line);
    }
}

static void say_case(struct junit *j)
{
    static const char *const words[] = {"passed", "skipped", "failed", "error"};
    char room[32];
    struct bytes at = part_of(&j->text, j->at);
    if (!at.len && j->suites)
        at = part_of(&j->suite_text, j->suite[j->suites - 1].at);
    emit_begin(j->out, UNIT_RESULT, 0, j->line, 0);
    emit_text(j->out, part_of(&j->text, j->name));
    field_if(j->out, "name", part_of(&j->text, j->name), j->line);
    field_if(j->out, "class", part_of(&j->text, j->class), j->line);
    emit_field(j->out, TEXT("status"), text_of(words[j->outcome]), j->line);
    field_if(j->out, "time_s", part_of(&j->text, j->time), j->line);
    field_if(j->out, "at", utc(at, room), j->line);
    field_if(j->out, "message", text_trim(part_of(&j->text, j->message)), j->line);
    say_properties(j, &j->properties, &j->text);
    say_properties(j, &j->suite_properties, &j->suite_text);
    emit_end(j->out);
}

static void on_close(void *ctx, struct bytes name)
{
    struct junit *j = ctx;
    j->inside = IN_NOTHING;
    if (j->in_case && text_same(name, TEXT("testcase"))) {
        say_case(j);
        j->in_case = false;
    } else if (!j->in_case && text_same(name, TEXT("testsuite"))) {
        close_suite(j);
    }
}

void read_junit(struct bytes document, struct emit *out)
{
    static const struct xml_calls calls = {on_open, on_close, on_text};
    struct junit j = {.out = out,
        .suite_properties = LIST_OF(struct property),
        .properties = LIST_OF(struct property)};
    xml_read(document, out, &calls, &j, TEXT("JUnit XML"));
    growing_free(&j.suite_text);
    growing_free(&j.text);
    list_free(&j.suite_properties);
    list_free(&j.properties);
}
