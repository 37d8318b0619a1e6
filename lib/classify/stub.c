#include "classify/classify.h"
const struct fwi_layer *fwi_layers[FWI_LAYERS];
void (*fwi_classify_changed)(void);
enum fwi_verdict (*stub_classify)(const struct fwi_layer *, const struct fwi_key *, struct fwi_indication *);
enum fwi_verdict fwi_classify(const struct fwi_layer *l, const struct fwi_key *k, struct fwi_indication *i)
{ return stub_classify != NULL ? stub_classify(l, k, i) : FWI_PERMIT; }
void fwi_classify_enter(unsigned p) { (void)p; }
void fwi_classify_leave(unsigned p) { (void)p; }
int fwi_classify_init(void) { return 0; }
void fwi_classify_fini(void) {}
