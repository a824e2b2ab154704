/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CRC-32C (Castagnoli): finds torn and rotten bytes of our own flash.
 *
 * Integrity against accidents only: whoever can write the flash can make a check that fits.
 * Authenticity is the seal's.
 */
#pragma once

#include "core/base/bytes.h"

/* Of `before`'s bytes followed by b; start with 0. */
uint32_t crc32c(uint32_t before, struct bytes b);
