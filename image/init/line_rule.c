/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/line_rule.h"

#include <string.h>

/* Req: HF-IMG-001 "An image shall not start with another kernel command line than the one that was signed with it." */
bool line_is_signed(struct bytes is, struct bytes signed_line)
{
    size_t len = is.len > 0 && is.at[is.len - 1] == '\n' ? is.len - 1 : is.len;

    return signed_line.len > 0 && len == signed_line.len
        && memcmp(is.at, signed_line.at, len) == 0;
}
