/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Build time: no certificate that ended before this is good, whatever the clock says.
 *
 * Raised by hand with each release, so that a build stays reproducible.
 */
#pragma once

#define BUILD_UTC_S UINT64_C(1793491200) /* 2026-11-01T00:00:00Z */
