/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/see_fuzz.h"

READER_FUZZ(read_reqif)
