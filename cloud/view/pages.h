/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages: the files of web/ as the build puts them into the program (embed.py makes pages.c).
 */
#pragma once

#include "core/base/bytes.h"

extern const struct page {
    const char *path, *type;
    struct bytes content;
} pages[];
extern const size_t page_count;
