#include "images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// These need size_t and FILE before them.
#include <jerror.h>
#include <jpeglib.h>
#include <setjmp.h>

/// A file of more scans than this takes time out of all proportion; ordinary ones have about ten.
enum { most_scans = 100 };

typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf start;
  char *message;
} fault;

static void fail_with(j_common_ptr info, const char *text) {
  fault *to = (fault *)info->err;
  snprintf(to->message, hourglass_image_message_size, "%s", text);
  longjmp(to->start, 1);
}

static void fail(j_common_ptr info) {
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  fail_with(info, text);
}

// Where data are damaged or missing libjpeg warns and makes something up; that must not get into a data set.
static void warn(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_TOO_MUCH_DATA:
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR: return;
    default: fail(info);
  }
}

static void count_scans(j_common_ptr info) {
  if (info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number > most_scans) {
    fail_with(info, "more than 100 scans");
  }
}

/// Four inks to three lights. Files that say they come from Adobe's programs hold them the other way round.
static void convert_inks(const uint8_t *inks, uint8_t *pixels, uint32_t width, int is_inverted) {
  for (uint32_t column = 0; column < width; column++) {
    unsigned black = is_inverted ? inks[4 * column + 3] : 255 - inks[4 * column + 3];
    for (uint32_t channel = 0; channel < 3; channel++) {
      unsigned ink = inks[4 * column + channel];
      unsigned light = is_inverted ? ink : 255 - ink;
      pixels[3 * column + channel] = (uint8_t)((light * black + 127) / 255);
    }
  }
}

static int decode(
    const uint8_t *bytes, size_t count, hourglass_image_header *header, uint32_t divisor, uint8_t *pixels,
    char *message) {
  struct jpeg_decompress_struct info;
  struct jpeg_progress_mgr progress = {.progress_monitor = count_scans};
  fault to;
  // Changed after setjmp and read after longjmp.
  uint8_t *volatile inks = NULL;
  memset(&info, 0, sizeof info);
  info.err = jpeg_std_error(&to.manager);
  to.manager.error_exit = fail;
  to.manager.emit_message = warn;
  to.message = message;
  if (setjmp(to.start)) {
    jpeg_destroy_decompress(&info);
    free(inks);
    return 1;
  }
  jpeg_create_decompress(&info);
  info.progress = &progress;
  jpeg_mem_src(&info, bytes, count);
  jpeg_read_header(&info, TRUE);
  int is_grey = info.jpeg_color_space == JCS_GRAYSCALE;
  int is_ink = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = is_grey ? JCS_GRAYSCALE : is_ink ? JCS_CMYK : JCS_RGB;
  uint32_t channels = is_grey ? 1 : 3;
  if (!pixels) {
    header->width = info.image_width;
    header->height = info.image_height;
    header->channels = channels;
    header->bits = 8;
    jpeg_destroy_decompress(&info);
    return 0;
  }
  info.scale_num = 1;
  info.scale_denom = divisor;
  jpeg_start_decompress(&info);
  if (header->width != info.output_width || header->height != info.output_height
      || header->channels != channels || info.output_components != (is_ink ? 4 : (int)channels)) {
    fail_with((j_common_ptr)&info, "the file changed while it was read");
  }
  if (is_ink) {
    inks = malloc((size_t)info.output_width * 4);
    if (!inks) fail_with((j_common_ptr)&info, "not enough memory");
  }
  size_t row_size = (size_t)info.output_width * channels;
  while (info.output_scanline < info.output_height) {
    uint8_t *place = pixels + info.output_scanline * row_size;
    JSAMPROW row = is_ink ? inks : place;
    if (jpeg_read_scanlines(&info, &row, 1) != 1) {
      fail_with((j_common_ptr)&info, "the file ends too early");
    }
    if (is_ink) convert_inks(inks, place, info.output_width, info.saw_Adobe_marker);
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  free(inks);
  return 0;
}

int hourglass_jpeg_header(const uint8_t *bytes, size_t count, hourglass_image_header *header, char *message) {
  return decode(bytes, count, header, 1, NULL, message);
}

int hourglass_jpeg_pixels(
    const uint8_t *bytes, size_t count, const hourglass_image_header *header, uint32_t divisor, uint8_t *pixels,
    char *message) {
  hourglass_image_header expected = *header;
  expected.width = (header->width + divisor - 1) / divisor;
  expected.height = (header->height + divisor - 1) / divisor;
  return decode(bytes, count, &expected, divisor, pixels, message);
}

int hourglass_jpeg_write(
    const uint8_t *pixels, const hourglass_image_header *header, int quality, uint8_t *bytes, size_t *count,
    char *message) {
  struct jpeg_compress_struct info;
  fault to;
  // libjpeg takes memory of its own where the room is too small.
  unsigned char *place = bytes;
  unsigned long size = *count;
  memset(&info, 0, sizeof info);
  info.err = jpeg_std_error(&to.manager);
  to.manager.error_exit = fail;
  to.manager.emit_message = warn;
  to.message = message;
  if (setjmp(to.start)) {
    jpeg_destroy_compress(&info);
    return 1;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &place, &size);
  info.image_width = header->width;
  info.image_height = header->height;
  info.input_components = (int)header->channels;
  info.in_color_space = header->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&info);
  info.dct_method = JDCT_ISLOW;
  jpeg_set_quality(&info, quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  size_t row_size = (size_t)header->width * header->channels;
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = (JSAMPROW)(pixels + info.next_scanline * row_size);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  if (place != bytes) {
    free(place);
    snprintf(message, hourglass_image_message_size, "more bytes than the pixels have");
    return 1;
  }
  *count = size;
  return 0;
}
