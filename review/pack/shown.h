/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shown: words of a foreign pack on one line of a terminal, and able to do nothing there.
 */
#pragma once

#include "review/base/text.h"

enum { SHOWN_MAX = 300 }; /* bytes; what is longer is cut, with three dots */

/* Printable UTF-8, everything else '?'; ends with a NUL. */
struct bytes shown_text(struct arena *a, struct bytes foreign);
