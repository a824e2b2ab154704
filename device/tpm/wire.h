/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wire: carries the TSS's commands to a TPM over one descriptor, and never waits longer than its bound.
 *
 * The library's own carriers wait for ever for a simulator, and are loaded at run time; this one
 * does neither. After a time-out the answer that is still to come would be taken for the answer to
 * the next command, so a wire that was slow once is dead: everything fails until it is dialled anew.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <tss2/tss2_tcti.h>

enum tpm_wire_state { TPM_WIRE_GOOD, TPM_WIRE_GONE, TPM_WIRE_SLOW };

struct tpm_wire {
    TSS2_TCTI_CONTEXT_COMMON_V1 common; /* first: the TSS knows no more */
    int fd;
    uint32_t wait_ms;
    enum tpm_wire_state state;
};

/* fd is lent, non-blocking, and closed by its owner. */
void tpm_wire_init(struct tpm_wire *w, int fd, uint32_t wait_ms);
TSS2_TCTI_CONTEXT *tpm_wire_context(struct tpm_wire *w);
