#include "eigenbasis.h"

#include <math.h>
#include <string.h>

#include "loops.h"

CLONES static double inner(const double *x, const double *y, int64_t count) {
#pragma clang fp reassociate(on)
  double sum = 0.0;
  for (int64_t i = 0; i < count; i++) sum += x[i] * y[i];
  return sum;
}

/// y -= factor x
CLONES static void subtract(double *y, const double *x, double factor, int64_t count) {
  INDEPENDENT
  for (int64_t i = 0; i < count; i++) y[i] -= factor * x[i];
}

/// order = the columns by qᵀ P q, the largest first. `quotients` has room for `count`.
static void rank_columns(
    const float *basis, const float *image, int64_t count, int32_t *order, double *quotients) {
  for (int64_t c = 0; c < count; c++) quotients[c] = 0.0;
  for (int64_t r = 0; r < count; r++) {
    for (int64_t c = 0; c < count; c++)
      quotients[c] += (double)basis[r * count + c] * (double)image[r * count + c];
  }
  for (int64_t c = 0; c < count; c++) {
    int64_t place = c;
    while (place > 0 && quotients[order[place - 1]] < quotients[c]) {
      order[place] = order[place - 1];
      place--;
    }
    order[place] = (int32_t)c;
  }
}

void hourglass_turn_basis(float *basis, const float *image, int64_t count, int32_t *order, float *work) {
  // Columns one behind the other: those of P Q, which become the reflections, and those of the new Q.
  double *a = (double *)work, *q = a + count * count, *scales = q + count * count;
  rank_columns(basis, image, count, order, scales);
  for (int64_t c = 0; c < count; c++) {
    for (int64_t r = 0; r < count; r++) a[c * count + r] = image[r * count + order[c]];
  }
  memset(q, 0, (size_t)(count * count) * sizeof(double));
  for (int64_t k = 0; k < count; k++) {
    q[k * count + k] = 1.0;
    double *v = a + k * count + k;
    double norm = sqrt(inner(v, v, count - k));
    // A column that is nothing is reflected nowhere.
    scales[k] = norm > 0.0 ? 1.0 / (norm * (norm + fabs(v[0]))) : 0.0;
    v[0] += v[0] > 0.0 ? norm : -norm;
    for (int64_t c = k + 1; c < count; c++) {
      double *x = a + c * count + k;
      subtract(x, v, scales[k] * inner(v, x, count - k), count - k);
    }
  }
  for (int64_t k = count - 1; k >= 0; k--) {
    const double *v = a + k * count + k;
    for (int64_t c = k; c < count; c++) {
      double *x = q + c * count + k;
      subtract(x, v, scales[k] * inner(v, x, count - k), count - k);
    }
  }
  for (int64_t r = 0; r < count; r++) {
    for (int64_t c = 0; c < count; c++) basis[r * count + c] = (float)q[c * count + r];
  }
}

void hourglass_reorder(
    float *x, int64_t rows, int64_t columns, const int32_t *row_order, const int32_t *column_order, float *work) {
  for (int64_t r = 0; r < rows; r++) {
    const float *from = x + (row_order ? row_order[r] : r) * columns;
    for (int64_t c = 0; c < columns; c++) work[r * columns + c] = from[column_order ? column_order[c] : c];
  }
  memcpy(x, work, (size_t)(rows * columns) * sizeof(float));
}
