/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raise rule: how far agent lets the security counter rise. A control of its own.
 *
 * The counter can never fall: who could raise it at will could make the device refuse every image
 * there is. So whoever asks, it goes no further than the version of the image that runs, which who
 * starts the roles reads of the verified root.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* runs: security version of this very image; 0: it says none. */
bool counter_may_rise(uint64_t counter, uint32_t runs);
