/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Swtpm: a TPM simulator in a folder of its own, started and ended by a test.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct swtpm {
    char folder[64], spec[128]; /* spec: as the configuration names it */
    pid_t pid;                  /* 0: not running */
};

bool swtpm_place(struct swtpm *s); /* a folder for its state, and nothing running */
bool swtpm_begin(struct swtpm *s); /* a TPM as it comes from its maker, running */
bool swtpm_start(struct swtpm *s); /* the same TPM again: its power is back */
void swtpm_stop(struct swtpm *s);  /* pulled out */
void swtpm_end(struct swtpm *s);   /* stopped, and its state is gone */
