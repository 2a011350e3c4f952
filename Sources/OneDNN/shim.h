// The only place that knows which oneDNN this is built against.
#ifndef HOURGLASS_ONEDNN_SHIM_H
#define HOURGLASS_ONEDNN_SHIM_H

#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>
#include <stdint.h>

#include "matmul.h"

/// Row-major C[M,N] = alpha op(A) op(B) + beta C in single precision, on the calling thread.
/// The signature has been the same since oneDNN 1. Returns 0 on success.
static inline int onednn_sgemm(
    bool transposeA, bool transposeB, int64_t m, int64_t n, int64_t k, float alpha, const float *a,
    int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc) {
  return (int)dnnl_sgemm(
      transposeA ? 'T' : 'N', transposeB ? 'T' : 'N', m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

/// Makes oneDNN run on the calling thread alone. Its OpenMP thread count is a property of each
/// thread, so every worker calls this once. Where oneDNN is built without OpenMP there is nothing to do.
static inline void onednn_use_calling_thread_only(void) {
  static _Thread_local bool done = false;
  if (done) return;
  void (*set)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (set) set(1);
  done = true;
}

static inline int onednn_version_major(void) { return dnnl_version()->major; }
static inline int onednn_version_minor(void) { return dnnl_version()->minor; }
static inline int onednn_version_patch(void) { return dnnl_version()->patch; }

#endif
