/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/version_rule.h"

/* Req: HF-IMG-002 "An image whose security version is below the TPM's counter, or that cannot read it, shall not start." */
bool version_may_start(uint64_t image, uint64_t counter)
{
    return image >= counter;
}
