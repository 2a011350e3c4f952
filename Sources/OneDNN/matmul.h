// Products of bf16 with sums in single precision, made ready once and run many times without asking for memory of
// ours. Included by shim.h, which with this file is the only place that knows oneDNN's version.
#ifndef HOURGLASS_ONEDNN_MATMUL_H
#define HOURGLASS_ONEDNN_MATMUL_H

#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/// How this processor multiplies bf16: 2 by instructions of its own (AVX512_BF16 or AMX-BF16), 1 as floats by
/// AVX-512, slower than floats themselves, 0 not at all.
static inline int onednn_bfloat16_support(void) {
#if defined(__x86_64__)
  int isa = (int)dnnl_get_effective_cpu_isa();
  int native = (int)dnnl_cpu_isa_avx512_core_bf16, emulating = (int)dnnl_cpu_isa_avx512_core;
  if ((isa & native) == native) return 2;
  return (isa & emulating) == emulating ? 1 : 0;
#else
  return 0;
#endif
}

/// Where products are made, and what runs them on the calling thread.
static inline void *onednn_engine_make(void) {
  dnnl_engine_t engine = NULL;
  return dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success ? engine : NULL;
}
static inline void onednn_engine_free(void *engine) { dnnl_engine_destroy((dnnl_engine_t)engine); }
static inline void *onednn_stream_make(void *engine) {
  dnnl_stream_t stream = NULL;
  dnnl_status_t status = dnnl_stream_create(&stream, (dnnl_engine_t)engine, dnnl_stream_default_flags);
  return status == dnnl_success ? stream : NULL;
}
static inline void onednn_stream_free(void *stream) { dnnl_stream_destroy((dnnl_stream_t)stream); }

/// C[m, n] = A[m, k] B[k, n] of bf16, C of floats. Strides are counted in values; those of C are `c_row` and 1.
typedef struct {
  int64_t m, n, k, a_row, a_inner, b_inner, c_row;
} onednn_product_shape;

#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t onednn_layout;
#define ONEDNN_LAYOUT(LAYOUT) (LAYOUT)
static inline bool onednn_layout_make(
    onednn_layout *layout, dnnl_data_type_t type, int64_t rows, int64_t columns, int64_t row, int64_t column) {
  dnnl_dims_t dims = {rows, columns}, strides = {row, column};
  return dnnl_memory_desc_create_with_strides(layout, 2, dims, type, strides) == dnnl_success;
}
static inline bool onednn_layout_any(onednn_layout *layout, int64_t rows, int64_t columns) {
  dnnl_dims_t dims = {rows, columns};
  return dnnl_memory_desc_create_with_tag(layout, 2, dims, dnnl_bf16, dnnl_format_tag_any) == dnnl_success;
}
static inline void onednn_layout_free(onednn_layout layout) { dnnl_memory_desc_destroy(layout); }
static inline bool onednn_layout_copy(onednn_layout *to, const_dnnl_memory_desc_t from) {
  return from && dnnl_memory_desc_clone(to, from) == dnnl_success;
}
#else
typedef dnnl_memory_desc_t onednn_layout;
typedef const dnnl_memory_desc_t *const_dnnl_memory_desc_t;
#define ONEDNN_LAYOUT(LAYOUT) (&(LAYOUT))
static inline bool onednn_layout_make(
    onednn_layout *layout, dnnl_data_type_t type, int64_t rows, int64_t columns, int64_t row, int64_t column) {
  dnnl_dims_t dims = {rows, columns}, strides = {row, column};
  return dnnl_memory_desc_init_by_strides(layout, 2, dims, type, strides) == dnnl_success;
}
static inline bool onednn_layout_any(onednn_layout *layout, int64_t rows, int64_t columns) {
  dnnl_dims_t dims = {rows, columns};
  return dnnl_memory_desc_init_by_tag(layout, 2, dims, dnnl_bf16, dnnl_format_tag_any) == dnnl_success;
}
static inline void onednn_layout_free(onednn_layout layout) { (void)layout; }
static inline bool onednn_layout_copy(onednn_layout *to, const_dnnl_memory_desc_t from) {
  if (from) *to = *from;
  return from != NULL;
}
#endif

/// A product of one shape.
typedef struct {
  dnnl_primitive_t primitive;
  onednn_layout a, b, c, scratchpad;
  /// Bytes of B in the layout that it is read in, and of the memory that a run needs besides.
  size_t b_size, scratchpad_size;
  /// Whether B lies as it was given, row by row.
  bool is_plain;
} onednn_product;

static inline void onednn_product_free(onednn_product *product) {
  if (!product) return;
  if (product->primitive) dnnl_primitive_destroy(product->primitive);
  onednn_layout_free(product->a);
  onednn_layout_free(product->b);
  onednn_layout_free(product->c);
  onednn_layout_free(product->scratchpad);
  free(product);
}

static inline bool onednn_product_compile(onednn_product *product, void *engine, onednn_layout b) {
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_primitive_desc_t description = NULL;
  bool made = dnnl_primitive_attr_create(&attributes) == dnnl_success
      && dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user) == dnnl_success;
#if DNNL_VERSION_MAJOR >= 3
  made = made
      && dnnl_matmul_primitive_desc_create(
             &description, (dnnl_engine_t)engine, product->a, b, NULL, product->c, attributes)
          == dnnl_success;
#else
  dnnl_matmul_desc_t operation;
  made = made && dnnl_matmul_desc_init(&operation, &product->a, &b, NULL, &product->c) == dnnl_success
      && dnnl_primitive_desc_create(&description, &operation, attributes, (dnnl_engine_t)engine, NULL)
          == dnnl_success;
#endif
  made = made && dnnl_primitive_create(&product->primitive, description) == dnnl_success
      && onednn_layout_copy(
             &product->b, dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0))
      && onednn_layout_copy(
             &product->scratchpad, dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0));
  if (made) {
    product->b_size = dnnl_memory_desc_get_size(ONEDNN_LAYOUT(product->b));
    product->scratchpad_size = dnnl_memory_desc_get_size(ONEDNN_LAYOUT(product->scratchpad));
  }
  if (description) dnnl_primitive_desc_destroy(description);
  if (attributes) dnnl_primitive_attr_destroy(attributes);
  return made;
}

/// Makes a product ready for threads that run oneDNN alone; null where oneDNN has none.
///
/// B lies as another product, `layout`, reads it; where that is null, as oneDNN likes it best if `is_free`, else
/// row by row as the shape says.
static inline onednn_product *onednn_product_make(
    void *engine, const onednn_product_shape *shape, const onednn_product *layout, bool is_free) {
  onednn_product *product = (onednn_product *)calloc(1, sizeof(onednn_product));
  if (!product) return NULL;
  onednn_layout plain, wanted;
  bool made =
      onednn_layout_make(&product->a, dnnl_bf16, shape->m, shape->k, shape->a_row, shape->a_inner)
      && onednn_layout_make(&product->c, dnnl_f32, shape->m, shape->n, shape->c_row, 1)
      && onednn_layout_make(&plain, dnnl_bf16, shape->k, shape->n, shape->b_inner, 1);
  if (made) {
    made = layout ? onednn_layout_copy(&wanted, ONEDNN_LAYOUT(layout->b))
        : is_free ? onednn_layout_any(&wanted, shape->k, shape->n)
                  : onednn_layout_copy(&wanted, ONEDNN_LAYOUT(plain));
    if (made) {
      made = onednn_product_compile(product, engine, wanted);
      if (made) product->is_plain = dnnl_memory_desc_equal(ONEDNN_LAYOUT(plain), ONEDNN_LAYOUT(product->b)) != 0;
      onednn_layout_free(wanted);
    }
    onednn_layout_free(plain);
  }
  if (made) return product;
  onednn_product_free(product);
  return NULL;
}

/// One thread's way to run a product: what it hands over.
typedef struct {
  dnnl_primitive_t primitive;
  dnnl_memory_t a, b, c, scratchpad;
} onednn_call;

static inline void onednn_call_free(onednn_call *call) {
  if (call->a) dnnl_memory_destroy(call->a);
  if (call->b) dnnl_memory_destroy(call->b);
  if (call->c) dnnl_memory_destroy(call->c);
  if (call->scratchpad) dnnl_memory_destroy(call->scratchpad);
}

/// `b` is where B will lie, in the product's layout; `scratchpad` has the product's `scratchpad_size` bytes.
static inline bool onednn_call_make(
    onednn_call *call, void *engine, const onednn_product *product, void *b, void *scratchpad) {
  dnnl_engine_t where = (dnnl_engine_t)engine;
  *call = (onednn_call){0};
  call->primitive = product->primitive;
  return dnnl_memory_create(&call->a, ONEDNN_LAYOUT(product->a), where, DNNL_MEMORY_NONE) == dnnl_success
      && dnnl_memory_create(&call->b, ONEDNN_LAYOUT(product->b), where, b) == dnnl_success
      && dnnl_memory_create(&call->c, ONEDNN_LAYOUT(product->c), where, DNNL_MEMORY_NONE) == dnnl_success
      && dnnl_memory_create(&call->scratchpad, ONEDNN_LAYOUT(product->scratchpad), where, scratchpad)
          == dnnl_success;
}

/// Runs the product on the calling thread; false where oneDNN could not.
static inline bool onednn_call_run(const onednn_call *call, void *stream, const void *a, float *c) {
  const dnnl_exec_arg_t arguments[] = {
      {DNNL_ARG_SRC, call->a}, {DNNL_ARG_WEIGHTS, call->b}, {DNNL_ARG_DST, call->c},
      {DNNL_ARG_SCRATCHPAD, call->scratchpad}};
  return dnnl_memory_set_data_handle(call->a, (void *)a) == dnnl_success
      && dnnl_memory_set_data_handle(call->c, c) == dnnl_success
      && dnnl_primitive_execute(call->primitive, (dnnl_stream_t)stream, 4, arguments) == dnnl_success;
}

/// Brings a matrix of bf16 that lies row by row into the layout in which a product reads its B.
typedef struct {
  dnnl_primitive_t primitive;
  dnnl_memory_t from, to;
} onednn_packing;

static inline void onednn_packing_free(onednn_packing *packing) {
  if (packing->primitive) dnnl_primitive_destroy(packing->primitive);
  if (packing->from) dnnl_memory_destroy(packing->from);
  if (packing->to) dnnl_memory_destroy(packing->to);
}

/// From `from` to `to`, whenever it runs; `to` has the product's `b_size` bytes.
static inline bool onednn_packing_make(
    onednn_packing *packing, void *engine, const onednn_product *product, const onednn_product_shape *shape,
    void *from, void *to) {
  dnnl_engine_t where = (dnnl_engine_t)engine;
  dnnl_primitive_desc_t description = NULL;
  onednn_layout plain;
  *packing = (onednn_packing){0};
  if (!onednn_layout_make(&plain, dnnl_bf16, shape->k, shape->n, shape->b_inner, 1)) return false;
  bool made = dnnl_reorder_primitive_desc_create(
                  &description, ONEDNN_LAYOUT(plain), where, ONEDNN_LAYOUT(product->b), where, NULL)
          == dnnl_success
      && dnnl_primitive_create(&packing->primitive, description) == dnnl_success
      && dnnl_memory_create(&packing->from, ONEDNN_LAYOUT(plain), where, from) == dnnl_success
      && dnnl_memory_create(&packing->to, ONEDNN_LAYOUT(product->b), where, to) == dnnl_success;
  if (description) dnnl_primitive_desc_destroy(description);
  onednn_layout_free(plain);
  return made;
}

static inline bool onednn_packing_run(const onednn_packing *packing, void *stream) {
  const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, packing->from}, {DNNL_ARG_TO, packing->to}};
  return dnnl_primitive_execute(packing->primitive, (dnnl_stream_t)stream, 2, arguments) == dnnl_success;
}

#endif
