/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sign1 head: { 1: -8 }, the one protected header there is, so that nothing is decided by reading it.
 */
#pragma once

#include <stdint.h>

static const uint8_t sign1_head[] = {0xa1, 0x01, 0x27};
