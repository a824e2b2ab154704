/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs that only look: status, journal, egress, selftest.
 */
#pragma once

#include "host/cli.h"

int verb_status(const struct cli_args *a);
int verb_journal_list(const struct cli_args *a);
int verb_journal_verify(const struct cli_args *a);
int verb_egress(const struct cli_args *a);
int verb_update_put(const struct cli_args *a);
int verb_update_status(const struct cli_args *a);
int verb_selftest(const struct cli_args *a);
