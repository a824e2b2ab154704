# core/outbox/outbox.c: a start begins with no losses
s/^    if (carried > 0)$/    if (carried > UINT32_MAX - 1)/
