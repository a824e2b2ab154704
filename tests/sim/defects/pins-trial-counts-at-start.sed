# device/trust/pin_store.c: after a start the set on trial is in force
s/read_set(p, "pins", NULL, /read_set(p, "pins.next", NULL, /
