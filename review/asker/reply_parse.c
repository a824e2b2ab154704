/* SPDX-License-Identifier: Apache-2.0 */
#include "review/asker/reply.h"
#include "review/opinion/value.h"

enum { VALUES_MAX = 2048 };

/* Up to the next CR LF, which is taken off *rest; false: there is none. */
static bool next_line(struct bytes *rest, struct bytes *line)
{
    size_t end = text_find(*rest, TEXT("\r\n"));
    *line = text_upto(*rest, end);
    if (end == rest->len)
        return false;
    *rest = text_from(*rest, end + 2);
    return true;
}

static bool take_length(struct bytes text, size_t *out)
{
    size_t n = 0;
    if (!text.len || text.len > 6) /* REPLY_MAX has five digits */
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        n = n * 10 + (text.at[i] - '0');
    }
    *out = n;
    return true;
}

/* Of the fields only two matter: how long the body is, and that it comes in one piece. */
static bool take_field(struct bytes line, bool *known, size_t *length)
{
    size_t colon = text_find(line, TEXT(":"));
    struct bytes name = text_upto(line, colon),
                 value = text_trim(text_from(line, colon + 1));
    if (!name.len || colon == line.len || text_find(name, TEXT(" ")) < name.len
        || text_find(name, TEXT("\t")) < name.len
        || text_same_word(name, TEXT("transfer-encoding")))
        return false;
    if (!text_same_word(name, TEXT("content-length")))
        return true;
    bool first = !*known;
    *known = true;
    return first && take_length(value, length);
}

static enum status body_of(struct bytes http, struct bytes *body, const char **why)
{
    struct bytes rest = http, line;
    size_t length = 0;
    bool known = false;

    *why = "no answer of HTTP/1.0 or 1.1 with a body in one piece";
    if (!next_line(&rest, &line)
        || (!text_starts(line, TEXT("HTTP/1.0 "))
            && !text_starts(line, TEXT("HTTP/1.1 "))))
        return MALFORMED;
    struct bytes status = text_from(line, 9);
    for (uint32_t n = 0;; n++) {
        if (!next_line(&rest, &line) || n > REPLY_FIELDS_MAX
            || (size_t)(rest.at - http.at) > REPLY_HEAD_MAX)
            return MALFORMED;
        if (!line.len)
            break;
        if (n == REPLY_FIELDS_MAX || !take_field(line, &known, &length))
            return MALFORMED;
    }
    if (!text_same(status, TEXT("200")) && !text_starts(status, TEXT("200 "))) {
        *why = "an answer other than 200";
        return REFUSED;
    }
    if (known && length != rest.len)
        return MALFORMED;
    *body = rest;
    return OK;
}

/* From the first brace to the last: models put words or a fence around what they are asked for. */
static struct bytes braced(struct bytes content)
{
    size_t from = text_find(content, TEXT("{")), to = content.len;
    while (to > from && content.at[to - 1] != '}')
        to--;
    return text_from(text_upto(content, to), from);
}

static enum opinion_word take_quotes(const struct value *list,
    const struct bytes *passages, size_t count, struct opinion *o)
{
    if (list->count > OPINION_QUOTES_MAX)
        return OPINION_OTHER_FORM;
    for (const struct value *q = list->first; q; q = q->next) {
        if (q->kind != VALUE_TEXT)
            return OPINION_OTHER_FORM;
        if (!opinion_shows(q->text, OPINION_QUOTE_MIN, OPINION_QUOTE_MAX)
            || !opinion_quoted(q->text, passages, count))
            return OPINION_QUOTE_NOT_FOUND;
        o->quotes[o->quote_count++] = q->text;
    }
    return opinion_fits(o) ? o->word : OPINION_NO_QUOTE;
}

/* Req: HF-SEC-032 "An opinion of a language model is taken only where" */
static void take_content(struct arena *a, struct bytes content,
    const struct bytes *passages, size_t count, struct opinion *out)
{
    const struct value *v = NULL;
    const char *why = NULL;
    struct opinion got = {.word = OPINION_OTHER_FORM};

    if (value_parse(a, braced(content), VALUES_MAX, &v, &why) == OK
        && value_list(v, "quotes"))
        got.word = opinion_word_of(value_text(v, "verdict"));
    if (got.word <= OPINION_CANNOT_TELL)
        got.word = take_quotes(value_list(v, "quotes"), passages, count, &got);
    else
        got.word = OPINION_OTHER_FORM;
    if (got.word > OPINION_CANNOT_TELL)
        got.quote_count = 0;
    *out = got;
}

enum status reply_parse(struct arena *a, struct bytes http,
    const struct bytes *passages, size_t passage_count, struct opinion *out,
    const char **why)
{
    struct bytes body = {0};
    const struct value *v = NULL;

    *why = "more than 65,536 bytes";
    if (http.len > REPLY_MAX)
        return REFUSED;
    TRY(body_of(http, &body, why));
    TRY(value_parse(a, body, VALUES_MAX, &v, why));
    const struct value *choices = value_list(v, "choices");
    const struct value *message = choices ? value_at(choices->first, "message") : NULL;
    *why = "no chat completion";
    if (!value_at(message, "content"))
        return MALFORMED;
    take_content(a, value_text(message, "content"), passages, passage_count, out);
    return OK;
}
