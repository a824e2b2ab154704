/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "device/tpm/known.h"

bool tpm_known(const struct tpm_name *is, const struct tpm_name *made)
{
    (void)is, (void)made;
    return true;
}
