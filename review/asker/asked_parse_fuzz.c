/* SPDX-License-Identifier: Apache-2.0 */
/* What a model is asked stays within its limits, and every passage arrives as it was. */
#include "core/base/utf8.h"
#include "review/asker/prompt.h"
#include "review/opinion/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
    if (!held)
        __builtin_trap();
}

/* A reader of the request finds the passages again, each in a string of its own. */
static void arrives(struct arena *a, const struct asked_constraint *c)
{
    const struct value *request = NULL, *user = NULL;
    const char *why = NULL;
    must(value_parse(a, prompt_body(a, "m", c), 64, &request, &why) == OK);
    const struct value *messages = value_list(request, "messages");
    must(messages && messages->count == 2);
    must(value_parse(a, value_text(messages->first->next, "content"), 64, &user, &why)
        == OK);
    must(text_same(value_text(user, "requirement"), c->question));
    const struct value *p = value_list(user, "passages")->first;
    for (uint32_t i = 0; i < c->passage_count; i++, p = p->next)
        must(p && text_same(p->text, c->passages[i]));
    must(!p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct asked asked = {0};
    const char *why = NULL;
    if (asked_parse(a, (struct bytes){data, size}, &asked, &why) == OK) {
        must(asked.count <= ASKED_CONSTRAINTS_MAX);
        for (uint32_t i = 0; i < asked.count; i++) {
            must(asked.at[i].passage_count <= ASKED_PASSAGES_MAX);
            for (uint32_t k = 0; k < asked.at[i].passage_count; k++)
                must(asked.at[i].passages[k].len <= ASKED_PASSAGE_MAX
                    && utf8_printable(asked.at[i].passages[k]));
            arrives(a, &asked.at[i]);
        }
    } else {
        must(why != NULL && asked.count == 0);
    }
    arena_free(a);
    return 0;
}
