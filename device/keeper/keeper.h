/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeper: turns readings into sealed batches on stable storage and answers into marks.
 *
 * Holds the seal key and the journal; knows no network. Its mind is core/outbox; this is its
 * body: doors to measure, courier and people, files, the log. Reads measure first, always.
 */
#pragma once

#include "device/talk/role.h"

int keeper_main(struct role_env *env); /* exit code */
