/* SPDX-License-Identifier: Apache-2.0 */
#include "device/agent/raise_rule.h"

/* Req: HF-UPD-014 "The security counter shall rise no further than the security version of the image that runs, whoever asks." */
bool counter_may_rise(uint64_t counter, uint32_t runs)
{
    return counter < runs;
}
