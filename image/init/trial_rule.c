/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/trial_rule.h"

/* Req: HF-IMG-004 "A version on trial whose program does not stay up shall give its place back without help." */
bool trial_gives_up(bool on_trial, unsigned ends)
{
    return on_trial && ends >= TRIAL_ENDS;
}
