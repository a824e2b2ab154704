/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Release seeds: signatures of a release authority that everybody knows, over the bytes "parts".
 *
 * By turns a good one, small and with the time of signing in it, and each that is none.
 */
#pragma once

#include "core/base/bytes.h"

/* The i-th, in memory of its own until the next call. */
struct bytes release_seed_cms(unsigned long i);
/* A bundle that ends in it; every other one in a signature of one byte, which is the shortest. */
struct bytes release_seed_bundle(unsigned long i);
