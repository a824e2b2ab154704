/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "device/main/enrol_kind.h"

enum enrol_kind enrol_kind(bool set, size_t endorsement_len)
{
    return set && endorsement_len > 0 ? ENROL_PROVED : ENROL_BY_WORD;
}
