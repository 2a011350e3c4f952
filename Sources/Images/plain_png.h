// PNG as most are: whole bytes for grey or colours, with or without opacity, from top to bottom in one pass.
#ifndef HOURGLASS_PLAIN_PNG_H
#define HOURGLASS_PLAIN_PNG_H

#include "images.h"

/// Reads the head of such a file. Returns whether it is one, and nothing is strange about what stands before its
/// pixels.
int hourglass_plain_png_header(const uint8_t *bytes, size_t count, hourglass_image_header *header);

/// Reads the pixels, 8 bits a channel, of the header that was read from the same bytes. Returns whether all is as
/// it should be; else libpng is to say what is wrong, or that nothing is.
int hourglass_plain_png_pixels(
    const uint8_t *bytes, size_t count, const hourglass_image_header *header, uint8_t *pixels);

/// Whether no chunk up to the pixels, or to the end of the image, says that it goes on behind the file's end.
int hourglass_png_has_whole_chunks(const uint8_t *bytes, size_t count, int to_end);

#endif
