# device/trust/pin_store.c: the set in force is not kept
s/p->moved = p->moved || rename(from, to) == 0;/p->moved = true;/
