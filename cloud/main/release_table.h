/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Release table: store's lists of releases, and of what became of them, for people: lines of 80
 * columns, unless a class or a version is longer than most.
 *
 * Not here: the same lists for programs (--json), which are store's lines as they come.
 */
#pragma once

#include "core/base/bytes.h"

#include <stdbool.h>

/* Whole lines of JSON; first: with what stands over the columns. */
void release_table_releases(struct bytes lines, bool first);
void release_table_devices(struct bytes lines, bool first);
/* The line of the release of this class and version into `line`, an empty one if there is none. */
struct bytes release_table_find(
    struct bytes lines, const char *product, const char *version);
/* What it is called, and what is to be done next. carried: its bundle came with it. */
void release_table_added(struct bytes line, bool carried);
