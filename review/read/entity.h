/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entity: what "&amp;", "&#8212;" or "&#x2014;" stands for.
 */
#pragma once

#include "review/base/text.h"

/* The character as UTF-8 in `room`, or the entity itself where nobody knows it. */
struct bytes entity_text(struct bytes entity, uint8_t room[4]);
