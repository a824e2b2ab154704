/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reason: why something was refused or happened, one code per cause (reason.def).
 *
 * Not here: where it is written (host/log) and what to do next (core/base/status).
 */
#pragma once

enum reason {
#define REASON(name, code, meaning) REASON_##name,
#include "core/base/reason.def"
#undef REASON
    REASON_COUNT
};

const char *reason_code(enum reason r);    /* "area.what" */
const char *reason_meaning(enum reason r); /* one line for people */
