/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/tree.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static bool fill(int fd, struct bytes content)
{
    while (content.len) {
        ssize_t n = write(fd, content.at, content.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        content = text_from(content, (size_t)n);
    }
    return lseek(fd, 0, SEEK_SET) == 0;
}

int tree_descriptor(struct bytes content)
{
    int fd = memfd_create("document", MFD_CLOEXEC);
    if (fd >= 0 && !fill(fd, content)) {
        close(fd);
        return -1;
    }
    return fd;
}

static int open_held(void *ctx, uint32_t i)
{
    const struct tree_held *files = ctx;
    return tree_descriptor(files[i].content);
}

static void close_nothing(void *ctx)
{
    (void)ctx;
}

void tree_of_memory(
    struct arena *a, struct tree_held *files, uint32_t count, struct tree *out)
{
    struct tree_file *list = arena_take(a, count * sizeof *list);
    for (uint32_t i = 0; i < count; i++)
        list[i] =
            (struct tree_file){.path = files[i].path, .size = files[i].content.len};
    *out = (struct tree){files, list, count, open_held, close_nothing};
}
