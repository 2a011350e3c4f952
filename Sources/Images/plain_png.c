// libdeflate takes a stream apart in half the time of zlib, which libpng works with, and rows are put together by
// vectors: together a third of libpng's time. What is not quite as usual is left to libpng.
#include "plain_png.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t sixteen __attribute__((vector_size(16)));
typedef int16_t four __attribute__((vector_size(8)));
typedef uint8_t bytes_of_four __attribute__((vector_size(4)));

#define INLINE static inline __attribute__((always_inline))

/// A file of longer sides goes to libpng, which refuses it.
enum { longest_side = 1000000 };

static uint32_t number(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

typedef struct {
  const uint8_t *name, *content;
  uint32_t length;
} chunk;

/// Goes to the next chunk; returns whether there is a whole one.
static int next_chunk(const uint8_t *bytes, size_t count, size_t *position, chunk *to) {
  if (count - *position < 12) return 0;
  const uint8_t *start = bytes + *position;
  to->length = number(start);
  if (to->length > count - *position - 12) return 0;
  to->name = start + 4;
  to->content = start + 8;
  *position += to->length + (size_t)12;
  return 1;
}

static int is_named(const chunk *chunk, const char *name) { return memcmp(chunk->name, name, 4) == 0; }

int hourglass_png_has_whole_chunks(const uint8_t *bytes, size_t count, int to_end) {
  chunk part;
  size_t position = 8;
  while (position <= count && next_chunk(bytes, count, &position, &part)) {
    if (is_named(&part, to_end ? "IEND" : "IDAT")) return 1;
  }
  // The head is whole where only the pixels are cut short.
  return !to_end && position + 8 <= count && memcmp(bytes + position + 4, "IDAT", 4) == 0;
}

/// Whether the checksum behind the content is that of name and content.
static int is_whole(const chunk *chunk) {
  return libdeflate_crc32(0, chunk->name, chunk->length + (size_t)4) == number(chunk->content + chunk->length);
}

/// Whether a reader may pass over a chunk that it does not know. A transparent colour makes a channel.
static int is_beside(const chunk *chunk) { return (chunk->name[0] & 0x20) && !is_named(chunk, "tRNS"); }

/// Goes through what stands before the pixels; `position` is then at the first chunk of them.
static int read_head(const uint8_t *bytes, size_t count, hourglass_image_header *header, size_t *position) {
  static const uint8_t channels_of[] = {1, 0, 3, 0, 2, 0, 4};
  chunk head, other;
  *position = 8;
  if (count < 8 || !next_chunk(bytes, count, position, &head)) return 0;
  if (!is_named(&head, "IHDR") || head.length != 13 || !is_whole(&head)) return 0;
  const uint8_t *form = head.content + 8;
  // Depth, colours, then compression, filters and interlacing.
  if (form[0] != 8 || form[1] > 6 || !channels_of[form[1]] || form[2] || form[3] || form[4]) return 0;
  header->width = number(head.content);
  header->height = number(head.content + 4);
  header->channels = channels_of[form[1]];
  header->bits = 8;
  if (!header->width || !header->height || header->width > longest_side || header->height > longest_side) return 0;
  for (size_t place = *position; next_chunk(bytes, count, &place, &other); *position = place) {
    if (is_named(&other, "IDAT")) return 1;
    if (!is_beside(&other)) return 0;
  }
  return 0;
}

int hourglass_plain_png_header(const uint8_t *bytes, size_t count, hourglass_image_header *header) {
  size_t position;
  hourglass_image_header found;
  if (!read_head(bytes, count, &found, &position)) return 0;
  *header = found;
  return 1;
}

/// The compressed bytes of all chunks of pixels, one behind the other: in the file where there is one chunk, else
/// in `*copy`. Returns NULL where a chunk is damaged or the file does not go on to its end as it should.
static const uint8_t *compressed(
    const uint8_t *bytes, size_t count, size_t position, size_t *length, uint8_t **copy) {
  chunk part, first = {0};
  size_t place = position, parts = 0, total = 0;
  int is_over = 0;
  while (next_chunk(bytes, count, &place, &part)) {
    if (is_named(&part, "IDAT")) {
      if (is_over || !is_whole(&part)) return NULL;
      if (!parts++) first = part;
      total += part.length;
    } else if (is_named(&part, "IEND")) {
      if (!is_whole(&part)) return NULL;
      *length = total;
      if (parts == 1) return first.content;
      uint8_t *to = *copy = malloc(total ? total : 1);
      if (!to) return NULL;
      for (size_t from = position; parts > 0;) {
        if (!next_chunk(bytes, count, &from, &part) || !is_named(&part, "IDAT")) continue;
        memcpy(to, part.content, part.length);
        to += part.length;
        parts--;
      }
      return *copy;
    } else {
      is_over = 1;
      if (!is_beside(&part)) return NULL;
    }
  }
  return NULL;
}

INLINE four load(const uint8_t *bytes, const int size) {
  // One load of four bytes also where a pixel has three: behind the last one of a row there is room.
  bytes_of_four part = {0};
  memcpy(&part, bytes, (size_t)(size < 3 ? size : 4));
  return __builtin_convertvector(part, four);
}

INLINE void store(uint8_t *bytes, four pixel, const int size) {
  bytes_of_four part = __builtin_convertvector(pixel, bytes_of_four);
  memcpy(bytes, &part, (size_t)size);
}

enum { none, left, up, mean, paeth };

/// A row out of what was stored of it and the row above, for pixels of `size` bytes. Each waits for the pixel
/// before it: what counts is the length of that chain.
INLINE void unfilter(
    const uint8_t *stored, const uint8_t *above, uint8_t *row, size_t width, const int filter, const int size) {
  four a = {0}, c = {0};
  for (size_t i = 0; i < width * (size_t)size; i += (size_t)size) {
    four x = load(stored + i, size);
    if (filter == left) {
      a = (x + a) & 255;
    } else if (filter == mean) {
      a = (x + ((a + load(above + i, size)) >> 1)) & 255;
    } else {
      // Of left, above and both the one that is nearest to left + above - both, the first of equals.
      four b = load(above + i, size), from_a = b - c, from_b = a - c, from_c = from_a + from_b;
      from_a = __builtin_elementwise_abs(from_a);
      from_b = __builtin_elementwise_abs(from_b);
      from_c = __builtin_elementwise_abs(from_c);
      four least = __builtin_elementwise_min(from_c, __builtin_elementwise_min(from_a, from_b));
      four is_b = least == from_b, is_a = least == from_a;
      four other = (is_b & b) | (~is_b & c);
      a = (x + ((is_a & a) | (~is_a & other))) & 255;
      c = b;
    }
    store(row + i, a, size);
  }
}

INLINE void add_above(const uint8_t *stored, const uint8_t *above, uint8_t *row, size_t count) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    sixteen x, b;
    memcpy(&x, stored + i, 16);
    memcpy(&b, above + i, 16);
    x += b;
    memcpy(row + i, &x, 16);
  }
  for (; i < count; i++) row[i] = (uint8_t)(stored[i] + above[i]);
}

#define FOR_SIZES(FILTER)                                                \
  switch (channels) {                                                    \
    case 1: unfilter(stored, above, row, width, FILTER, 1); break;       \
    case 2: unfilter(stored, above, row, width, FILTER, 2); break;       \
    case 3: unfilter(stored, above, row, width, FILTER, 3); break;       \
    default: unfilter(stored, above, row, width, FILTER, 4);             \
  }

static int put_row(
    int filter, const uint8_t *stored, const uint8_t *above, uint8_t *row, size_t width, int channels) {
  switch (filter) {
    case none: memcpy(row, stored, width * (size_t)channels); return 1;
    case left: FOR_SIZES(left) return 1;
    case up: add_above(stored, above, row, width * (size_t)channels); return 1;
    case mean: FOR_SIZES(mean) return 1;
    case paeth: FOR_SIZES(paeth) return 1;
    default: return 0;
  }
}

/// Rows out of the stored ones, each behind the number of its filter.
static int put_rows(
    const uint8_t *stored, const hourglass_image_header *header, uint8_t *spare, uint8_t *pixels) {
  size_t size = (size_t)header->width * header->channels;
  // Above the first row all is 0.
  memset(spare, 0, size);
  const uint8_t *above = spare;
  for (uint32_t r = 0; r < header->height; r++, stored += size + 1) {
    uint8_t *row = pixels + r * size;
    if (!put_row(stored[0], stored + 1, above, row, header->width, (int)header->channels)) return 0;
    above = row;
  }
  return 1;
}

int hourglass_plain_png_pixels(
    const uint8_t *bytes, size_t count, const hourglass_image_header *header, uint8_t *pixels) {
  hourglass_image_header found;
  size_t position, length, read, made;
  if (!read_head(bytes, count, &found, &position)) return 0;
  if (found.width != header->width || found.height != header->height || found.channels != header->channels) {
    return 0;
  }
  uint8_t *copy = NULL;
  const uint8_t *from = compressed(bytes, count, position, &length, &copy);
  size_t size = (size_t)found.width * found.channels, total = (size + 1) * found.height;
  // A row above the first, the stored rows, and room behind them.
  uint8_t *memory = from ? malloc(size + 4 + total + 4) : NULL;
  struct libdeflate_decompressor *inflater = memory ? libdeflate_alloc_decompressor() : NULL;
  int is_done = 0;
  if (inflater) {
    uint8_t *stored = memory + size + 4;
    is_done = libdeflate_zlib_decompress_ex(inflater, from, length, stored, total, &read, &made) == LIBDEFLATE_SUCCESS
              && read == length && made == total && put_rows(stored, &found, memory, pixels);
    libdeflate_free_decompressor(inflater);
  }
  free(memory);
  free(copy);
  return is_done;
}
