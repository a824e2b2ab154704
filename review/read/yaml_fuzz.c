/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/see_fuzz.h"
#include "tests/support/fyaml_leak.h"

READER_FUZZ(read_yaml)
