/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain file: a file that somebody named, opened to be read only if it is a regular one.
 *
 * Promise: no FIFO, terminal or device in its place makes who opens it wait.
 *
 * Not here: secrets (host/keyfile), what the bytes mean.
 */
#pragma once

#include <stdio.h>
#include <sys/stat.h>

/* Descriptor, closed by the caller, and what it is; -1 and errno, which is EINVAL for what is no
 * regular file. */
int plain_file_fd(const char *path, struct stat *st);
/* As fopen(path, "re"). */
FILE *plain_file_open(const char *path);
