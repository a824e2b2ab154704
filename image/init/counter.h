/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counter: the TPM's security version, which can only be raised.
 *
 * One TPM2_NV_Read as bytes and its answer, so that the initramfs needs no TPM library. The
 * index is readable with an empty password by design: it is no secret, and a boot that had
 * to know one could not keep it. Who may raise it: docs/image.md.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

enum { COUNTER_INDEX = 0x01500001, COUNTER_COMMAND_LEN = 35, COUNTER_ANSWER_MAX = 64 };

void counter_command(uint8_t out[COUNTER_COMMAND_LEN]);
/* REFUSED: the TPM said no (no such index, never raised): *tpm_says is its code.
 * MALFORMED: not the answer to this command. */
MUST_USE enum status counter_parse(
    struct bytes in, uint64_t *value, uint32_t *tpm_says);
