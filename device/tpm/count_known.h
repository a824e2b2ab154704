/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Count known: whether an NV index is the maker's counter. A control of its own.
 */
#pragma once

#include <stdbool.h>
#include <tss2/tss2_tpm2_types.h>

/* A counter of eight bytes, made by the platform (so that no owner removes it), that all may read. */
bool tpm_count_known(const TPMS_NV_PUBLIC *is);
