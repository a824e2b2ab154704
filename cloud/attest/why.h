/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: the reason code of each word by which attestation refuses, and back.
 */
#pragma once

#include "core/base/reason.h"

/* "nonce": REASON_ATTEST_NONCE. A word that this folder does not say is the caller's mistake. */
enum reason attest_reason(const char *word);
const char *attest_word(enum reason reason); /* of one of these reasons */
