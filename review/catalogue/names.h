/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names: the words of a catalogue's files for the enums of catalogue.h, in their order.
 */
#pragma once

static const char *const confidence_words[] = {"low", "medium", "high"};
static const char *const origin_words[] = {"clause", "reading", "added"};
static const char *const force_words[] = {"shall", "should"};
static const char *const judged_by_words[] = {"content", "model"};
static const char *const gap_severity_words[] = {"minor", "major", "critical"};
static const char *const signal_weight_words[] = {"support", "medium", "strong"};
