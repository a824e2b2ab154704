/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enrol: takes a bundle, once, by hand; afterwards keeper has keys and courier a certificate.
 *
 * M1 is persisted before it is sent; the same bundle sends the same M1 again. The sending is
 * done by a process of its own that never sees the bundle's secret. Where the keys are in a TPM, M1 goes with what proves
 * that, twice: the second time with what only this TPM could open.
 */
#pragma once

#include "host/cli.h"

int enrol_device(const struct cli_args *args); /* operand: BUNDLE */
/* The short-lived process: stdin u16 length, M1 or M1 with what a TPM says, then the cloud's
 * address as a bundle without its secret; stdout the answer. Exit code: EXIT_DONE, EXIT_NO (refused or not trusted), EXIT_ENVIRONMENT. */
int enrol_carrier_main(void);
