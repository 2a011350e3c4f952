#include "images.h"
#include "plain_png.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t position;
  char *message;
} source;

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  source *from = png_get_io_ptr(png);
  if (count > from->count - from->position) png_error(png, "the file ends too early");
  memcpy(target, from->bytes + from->position, count);
  from->position += count;
}

static void fail(png_structp png, png_const_charp text) {
  source *from = png_get_error_ptr(png);
  snprintf(from->message, hourglass_image_message_size, "%s", text);
  longjmp(png_jmpbuf(png), 1);
}

// What libpng can go on after is no fault of the pixels: a colour profile that is not as it should be, say.
static void pass_over(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static int is_little_endian(void) {
  const uint16_t one = 1;
  return *(const uint8_t *)&one == 1;
}

/// Reads the head, and the pixels where there is a place for them.
static int decode(
    const uint8_t *bytes, size_t count, hourglass_image_header *header, uint8_t *pixels, char *message) {
  source from = {bytes, count, 0, message};
  snprintf(message, hourglass_image_message_size, "not enough memory");
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &from, fail, pass_over);
  if (!png) return 1;
  png_infop info = png_create_info_struct(png);
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    return 1;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return 1;
  }
  png_set_read_fn(png, &from, read_bytes);
  // libpng takes memory for as long a chunk as one says it is before it reads on.
  if (!hourglass_png_has_whole_chunks(bytes, count, pixels != NULL)) png_error(png, "the file ends too early");
  png_read_info(png, info);
  // Palettes to colours, 1, 2 and 4 bits to 8, a transparent colour to opacity; then all to the bits asked for.
  uint32_t stored = png_get_bit_depth(png, info) > 8 ? 16 : 8;
  uint32_t bits = pixels ? header->bits : 8;
  png_set_expand(png);
  if (bits == 16) {
    png_set_expand_16(png);
    if (is_little_endian()) png_set_swap(png);
  } else {
    png_set_scale_16(png);
  }
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  uint32_t width = png_get_image_width(png, info);
  uint32_t height = png_get_image_height(png, info);
  uint32_t channels = png_get_channels(png, info);
  size_t row_size = png_get_rowbytes(png, info);
  if (channels < 1 || channels > 4 || row_size != (size_t)width * channels * (bits / 8)) {
    png_error(png, "pixels of an unknown form");
  }
  if (pixels) {
    if (header->width != width || header->height != height || header->channels != channels) {
      png_error(png, "the file changed while it was read");
    }
    for (int pass = 0; pass < passes; pass++) {
      for (uint32_t row = 0; row < height; row++) png_read_row(png, pixels + row * row_size, NULL);
    }
    png_read_end(png, NULL);
  } else {
    header->width = width;
    header->height = height;
    header->channels = channels;
    header->bits = stored;
  }
  png_destroy_read_struct(&png, &info, NULL);
  return 0;
}

int hourglass_png_header(const uint8_t *bytes, size_t count, hourglass_image_header *header, char *message) {
  if (hourglass_plain_png_header(bytes, count, header)) return 0;
  return decode(bytes, count, header, NULL, message);
}

int hourglass_png_pixels(
    const uint8_t *bytes, size_t count, const hourglass_image_header *header, void *pixels, char *message) {
  if (header->bits == 8 && hourglass_plain_png_pixels(bytes, count, header, pixels)) return 0;
  hourglass_image_header expected = *header;
  return decode(bytes, count, &expected, pixels, message);
}
