/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New file: what a verb has signed, kept whole in a file that was not there before.
 *
 * Not here: private keys (host/keyfile).
 */
#pragma once

#include "core/base/bytes.h"

/* Exit code; anything but EXIT_DONE has written its one line, and left no file. Durable when done. */
int new_file_keep(const char *path, struct bytes whole);
