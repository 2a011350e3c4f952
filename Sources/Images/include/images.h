// PNG by libpng, or where it is as most are by libdeflate, and JPEG by libjpeg, behind functions that return:
// libpng and libjpeg report a damaged file by a jump across stack frames, which must stay in C.
#ifndef HOURGLASS_IMAGES_H
#define HOURGLASS_IMAGES_H

#include <stddef.h>
#include <stdint.h>

/// Room for a message, its end included.
enum { hourglass_image_message_size = 256 };

/// What stands at the head of a file, before any turning.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// Of the pixels that reading gives: 1 grey, 2 grey and opacity, 3 red, green, blue, 4 with opacity.
  uint32_t channels;
  /// Of a channel: 8, or 16 where the file has more than 8.
  uint32_t bits;
} hourglass_image_header;

/// Reads the head of a file in memory. Returns 0, or 1 after writing what is wrong to `message`, which has room
/// for `hourglass_image_message_size` bytes.
int hourglass_png_header(const uint8_t *bytes, size_t count, hourglass_image_header *header, char *message);
int hourglass_jpeg_header(const uint8_t *bytes, size_t count, hourglass_image_header *header, char *message);

/// Reads all pixels, row by row from the top: 8 bits a channel, or of a PNG 16 in the machine's byte order where
/// `header` asks for them, whatever the file has. `pixels` has room for width · height · channels such numbers of
/// the header that was read from the same bytes. Returns as above.
int hourglass_png_pixels(
    const uint8_t *bytes, size_t count, const hourglass_image_header *header, void *pixels, char *message);

/// The same of a JPEG, 8 bits a channel, at 1 / `divisor` of its sides, which are then rounded up: 1, 2, 4 or 8.
/// The inverse transform of each block of 8 x 8 gives 8, 4, 2 or 1 pixels a side.
int hourglass_jpeg_pixels(
    const uint8_t *bytes, size_t count, const hourglass_image_header *header, uint32_t divisor, uint8_t *pixels,
    char *message);

/// Writes pixels, row by row from the top, 8 bits a channel, 1 or 3 channels as `header` says, as a JPEG of a
/// quality from 1 to 100. `bytes` has room for `*count` bytes; `*count` becomes how many were written. Returns as
/// above.
int hourglass_jpeg_write(
    const uint8_t *pixels, const hourglass_image_header *header, int quality, uint8_t *bytes, size_t *count,
    char *message);

#endif
