/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loop: one thread that waits for descriptors and timers (epoll, monotonic clock).
 */
#pragma once

#include "core/base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct loop;
/* events: EPOLLIN | EPOLLOUT | ... as they came */
typedef void loop_fd_fn(void *ctx, int fd, uint32_t events);
typedef void loop_timer_fn(void *ctx);

MUST_USE enum status loop_new(struct loop **out); /* uses epoll_create1 */
void loop_free(struct loop *l);
MUST_USE enum status loop_watch(
    struct loop *l, int fd, uint32_t events, loop_fd_fn *fn, void *ctx);
MUST_USE enum status loop_change(struct loop *l, int fd, uint32_t events);
void loop_forget(
    struct loop *l, int fd); /* before close; pending events of it are dropped */
/* Call fn once after delay; a timer is named by its ctx and fn, and set anew by calling again. */
MUST_USE enum status loop_after(
    struct loop *l, uint64_t delay_ms, loop_timer_fn *fn, void *ctx);
void loop_cancel(struct loop *l, loop_timer_fn *fn, void *ctx);
uint64_t loop_now_ms(void);                    /* CLOCK_MONOTONIC */
MUST_USE enum status loop_run(struct loop *l); /* until loop_stop */
void loop_stop(struct loop *l);
/* For a role that starts anew some time after a fault. */
MUST_USE enum status loop_stop_after(struct loop *l, uint64_t delay_ms);
