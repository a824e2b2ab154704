# cloud/store/clone_rule.c: every change of the front counts
s/same(epoch, &f->before)/(epoch != NULL)/
