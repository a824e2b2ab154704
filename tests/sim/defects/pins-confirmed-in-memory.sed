# device/trust/pin_store.c: the set in force is not kept
s/(fd >= 0 \&\& rename(from, to) == 0)/fd >= 0/
