/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keyfile rule: which file may hold a secret.
 */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* A regular file of `owner` with mode exactly 0400; else *why says what is wrong. */
bool keyfile_rule(const struct stat *st, uid_t owner, const char **why);
