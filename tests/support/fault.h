/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fault: make the n-th fallible call fail (linked with -Wl,--wrap=malloc,...).
 */
#pragma once

#include <stdbool.h>

void fault_arm(long n);
bool fault_fired(void);
