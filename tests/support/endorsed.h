/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endorsed: a simulated TPM with an endorsement certificate of a maker of its own, and what a device brings of it.
 */
#pragma once

#include "tests/support/swtpm.h"

struct endorsed {
    struct swtpm tpm;
    char
        folder[64]; /* ca/: the maker; ek.der, ak.pub, tls.pub, *.certify, quote, ... */
};

bool endorsed_begin(struct endorsed *e);
/* "make": keys, certifications and a quote with nonce a1..., channel c2...; "activate": credential -> opened. */
bool endorsed_run(struct endorsed *e, const char *what);
void endorsed_end(struct endorsed *e);
