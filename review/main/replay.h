/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replay: the documents of a pack as a tree, so that they are reviewed like any other.
 */
#pragma once

#include "review/main/run.h"
#include "review/pack/weigh.h"

/*
 * Files, times and sizes as the statement has them. The bytes are those in the pack, or, where
 * it has none, those of the same paths in `at_hand`, which must outlive the tree; a document that is in neither is
 * unreadable. Pack and statement have been weighed.
 */
struct tree replay_tree(
    struct arena *a, const struct weighed *w, const struct tree *at_hand);
/* Everything that a run needs beside them. */
struct run_given replay_given(
    struct arena *a, const struct weighed *w, const struct tree *at_hand);
