/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gate: what the judges of a change share. Each looks at one subject and adds findings about
 * the model after; none of them looks at what the others found.
 */
#pragma once

#include "review/change/pair.h"

struct gate {
    struct arena *a;
    const struct model *before, *after;
    struct pairs pairs;
    struct judge judge;    /* over the model after */
    struct table *decided; /* ids that dated decisions of this change name */
};

void gate_components(struct gate *g);   /* bills of materials and registers */
void gate_architecture(struct gate *g); /* boundaries, flows, protocols, mitigations */
/* Of all findings after the change, those that it broke; rule and subject decide. */
void gate_new_only(struct arena *a, const struct findings *before,
    const struct findings *after, struct list *out);

/* About an item as it is now; the finding's id stands for what it was before, too. */
struct finding *gate_item(
    struct gate *g, enum rule_id rule, uint32_t after_item, struct bytes says);
/* About an item that is no more: at the file that held it, if that is still there. */
struct finding *gate_gone(struct gate *g, enum rule_id rule, uint32_t before_item,
    struct bytes subject, struct bytes says);
/* A dated decision that this change wrote, or wrote anew, and that names `id`. */
bool gate_decided(const struct gate *g, struct bytes id);
/* This change wrote the item, or changed it. */
bool gate_is_fresh(const struct gate *g, uint32_t after_item);
