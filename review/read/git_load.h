/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Git_load: the functions of libgit2 that we use, found at run time.
 */
#pragma once

#include <git2.h>

/* clang-format off */
#define GIT_FUNCTIONS(F)                                                                   \
    F(git_libgit2_init) F(git_libgit2_opts) F(git_error_last)                              \
    F(git_repository_open) F(git_repository_workdir) F(git_repository_index)               \
    F(git_revparse_single) F(git_object_peel) F(git_object_free) F(git_object_id)          \
    F(git_commit_lookup) F(git_commit_free) F(git_commit_tree) F(git_commit_time)          \
    F(git_commit_parentcount) F(git_commit_parent)                                         \
    F(git_tree_free) F(git_tree_walk) F(git_tree_entrycount) F(git_tree_entry_byindex)     \
    F(git_tree_entry_byname) F(git_tree_entry_bypath) F(git_tree_entry_free)               \
    F(git_tree_entry_id) F(git_tree_entry_name) F(git_tree_entry_type)                     \
    F(git_tree_entry_filemode) F(git_tree_lookup)                                          \
    F(git_blob_lookup) F(git_blob_free) F(git_blob_rawcontent) F(git_blob_rawsize)         \
    F(git_repository_odb) F(git_odb_read_header) F(git_oid_equal)                          \
    F(git_index_entrycount) F(git_index_get_byindex)
/* clang-format on */

struct git_functions {
#define FUNCTION(name) __typeof__(&(name)) name;
    GIT_FUNCTIONS(FUNCTION)
#undef FUNCTION
};
