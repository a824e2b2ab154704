# cloud/store/clone_rule.c: a front that returns is no return
s/same(epoch, &f->before)/(epoch == NULL)/
