# device/trust/pin_store.c: a set is in force before it was seen to serve
s/^    p->trial = got;$/    p->in_force = got;/
