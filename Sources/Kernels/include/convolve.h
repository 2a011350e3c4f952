// Convolutions of images whose channels lie together: direct loops over pieces that are worked out beforehand.
#ifndef HOURGLASS_CONVOLVE_H
#define HOURGLASS_CONVOLVE_H

#include <stdint.h>

/// Where the values of an image go before it is convolved: into a frame of zeros. All counts are of floats.
typedef struct {
  /// Rows of the image, and values in each of them.
  int64_t rows, row_length;
  /// Values from one row to the next and in front of the first, in the frame.
  int64_t frame_row, frame_start;
  /// Values of the frame, those included that are only read beside a last lane.
  int64_t frame_count;
} hourglass_frame;

/// Up to 32 output channels of every position of a grid. A position's value is the sum over runs of neighbouring
/// input values, each times its weights:
///
///     out[o] = sum over runs, k: in[run + k] weight[run, k, o]
typedef struct {
  /// First value, and the distances from row to row and from column to column of the grid, in the output.
  int64_t out, out_row, out_column;
  /// The same in the input, for the first run.
  int64_t in, in_row, in_column;
  /// From run to run in the input.
  int64_t run_row, run_column;
  /// Where the packed weights begin: per run `run_length / shared` times 16 lanes (32 for 32 outputs), zeros
  /// for what is missing. Of a lane's number the low part is a place in the run, the high part the output.
  int64_t weights;
  int32_t rows, columns;
  int32_t run_rows, run_columns, run_length;
  /// 1 to 16, or 32.
  int32_t outputs;
  /// The first output's number among the channels, which is that of its bias.
  int32_t channel;
} hourglass_piece;

/// Neighbouring input values that share a vector where a piece has so many outputs: 16, 8, 4, 2 or 1.
int32_t hourglass_shared_lanes(int32_t outputs);

/// Sums over the positions of a grid of products of two images' values:
///
///     out[s, v] += sum over positions: scalars[s] vectors[v]
///
/// for `scalar_rows` times `scalar_columns` scalars and 16 times `vectors` values beside each other.
typedef struct {
  int64_t scalar, scalar_row_step, scalar_row, scalar_column;
  int64_t vector, vector_row, vector_column;
  int64_t out, out_scalar_row, out_scalar_column;
  int32_t rows, columns;
  int32_t scalar_rows, scalar_columns, vectors;
} hourglass_outer_piece;

/// Sums of 16 lanes that the registers of this processor hold together: 24, or 6 where they are narrower.
int32_t hourglass_accumulators(void);

/// Copies an image into a frame whose other values are zeros already.
void hourglass_fill_frame(const float *image, const hourglass_frame *frame, float *out);

/// Runs pieces of one image. A bias a channel is added where it is not null; then values below 0 become 0 if asked.
void hourglass_convolve(
    const hourglass_piece *pieces, int64_t count, const float *in, const float *weights, const float *bias,
    int32_t is_rectified, float *out);

/// Runs pieces of one image; adds to what is in `out`.
void hourglass_convolve_outer(
    const hourglass_outer_piece *pieces, int64_t count, const float *scalars, const float *vectors, float *out);

/// out[i] = x[table[i]], and 0 where the table has -1.
void hourglass_pick(const float *x, const int32_t *table, int64_t count, float *out);

#endif
