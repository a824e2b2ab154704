/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ages: since when the texts of requirements are as they are, as far as a history told, in a form
 * that a review can be given away with.
 *
 * One line each: the id, a tab, UTC seconds in decimal; in order of the model. Who has no history
 * and these lines judges results as one who has it.
 */
#pragma once

#include "review/model/model.h"

struct age {
    struct bytes id; /* borrowed from the text */
    int64_t since_s;
};

struct bytes ages_write(struct arena *a, const struct model *m);
/* struct age, to list_free() where it is OK. */
MUST_USE enum status ages_parse(struct bytes text, struct list *out);
/* Requirements that are not in the model, or not in the list, stay as they are. */
void ages_apply(const struct list *ages, struct model *m);
