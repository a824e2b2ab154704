/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judge: may this device take that release? From what a verified statement says, before a byte
 * of its bundle is looked at.
 *
 * Not here: who signed the statement (update.h), what is in the bundle (install.h).
 */
#pragma once

#include "core/update/record.h"

struct update_self { /* what runs, as built into it */
    char product[WORD_MAX + 1];
    struct release_version version;
    uint32_t security_version;
    struct build_id build;
};

/* 0: yes; else enum event_code: why not. counter: the least security version confirmed here. */
uint8_t update_judge(const struct release *offered, const struct update_self *self,
    uint64_t counter, const struct update_record *record);
