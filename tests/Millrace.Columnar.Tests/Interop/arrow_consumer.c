/*
 * A second implementation of the Arrow C data interface, written from its specification: takes an array over, copies its
 * rows in reverse order by walking buffers and children itself, releases the input and hands the copy back.
 * Everything it makes comes from take(), so that live_blocks() tells what was not released.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

static int64_t blocks = 0;

static void* take(size_t bytes) {
  blocks++;
  return calloc(1, bytes == 0 ? 1 : bytes);
}

static void give_back(const void* block) {
  if (block != NULL) {
    blocks--;
    free((void*)block);
  }
}

int64_t live_blocks(void) { return blocks; }

static void release_array(struct ArrowArray* array) {
  for (int64_t i = 0; i < array->n_buffers; i++) give_back(array->buffers[i]);
  give_back(array->buffers);
  for (int64_t i = 0; i < array->n_children; i++) {
    if (array->children[i]->release != NULL) array->children[i]->release(array->children[i]);
    give_back(array->children[i]);
  }
  give_back(array->children);
  if (array->dictionary != NULL) {
    if (array->dictionary->release != NULL) array->dictionary->release(array->dictionary);
    give_back(array->dictionary);
  }
  array->release = NULL;
}

static void release_schema(struct ArrowSchema* schema) {
  give_back(schema->format);
  give_back(schema->name);
  give_back(schema->metadata);
  for (int64_t i = 0; i < schema->n_children; i++) {
    if (schema->children[i]->release != NULL) schema->children[i]->release(schema->children[i]);
    give_back(schema->children[i]);
  }
  give_back(schema->children);
  if (schema->dictionary != NULL) {
    if (schema->dictionary->release != NULL) schema->dictionary->release(schema->dictionary);
    give_back(schema->dictionary);
  }
  schema->release = NULL;
}

static char* copy_text(const char* text) {
  if (text == NULL) return NULL;
  size_t bytes = strlen(text) + 1;
  return memcpy(take(bytes), text, bytes);
}

static char* copy_metadata(const char* metadata) {
  if (metadata == NULL) return NULL;
  int32_t count, length;
  memcpy(&count, metadata, 4);
  size_t bytes = 4;
  for (int32_t i = 0; i < 2 * count; i++) {
    memcpy(&length, metadata + bytes, 4);
    bytes += 4 + (size_t)length;
  }
  return memcpy(take(bytes), metadata, bytes);
}

static void copy_schema(const struct ArrowSchema* in, struct ArrowSchema* out) {
  memset(out, 0, sizeof *out);
  out->format = copy_text(in->format);
  out->name = copy_text(in->name);
  out->metadata = copy_metadata(in->metadata);
  out->flags = in->flags;
  out->n_children = in->n_children;
  out->children = take(sizeof(void*) * (size_t)in->n_children);
  for (int64_t i = 0; i < in->n_children; i++) {
    out->children[i] = take(sizeof *out);
    copy_schema(in->children[i], out->children[i]);
  }
  if (in->dictionary != NULL) {
    out->dictionary = take(sizeof *out);
    copy_schema(in->dictionary, out->dictionary);
  }
  out->release = release_schema;
}

static int bit(const uint8_t* bits, int64_t i) { return bits[i / 8] >> (i % 8) & 1; }

/* Bytes of a value by format, or 0 if it has no fixed width. */
static int64_t width_of(const char* f) {
  switch (f[0]) {
    case 'c': case 'C': return 1;
    case 's': case 'S': case 'e': return 2;
    case 'i': case 'I': case 'f': return 4;
    case 'l': case 'L': case 'g': return 8;
    case 'd': return 16;
    case 'w': return atoll(f + 2);
    case 't':
      if (f[1] == 'd') return f[2] == 'D' ? 4 : 8;
      if (f[1] == 't') return f[2] == 's' || f[2] == 'm' ? 4 : 8;
      if (f[1] == 'i') return f[2] == 'n' ? 16 : f[2] == 'D' ? 8 : 4;
      return 8;
    default: return 0;
  }
}

/* Copies the rows at the given positions, which count from the array's own offset. */
static void copy_rows(const struct ArrowSchema* type, const struct ArrowArray* in, const int64_t* rows, int64_t n, struct ArrowArray* out) {
  const char* f = type->format;
  memset(out, 0, sizeof *out);
  out->length = n;
  out->n_buffers = in->n_buffers;
  out->buffers = take(sizeof(void*) * (size_t)in->n_buffers);
  out->n_children = in->n_children;
  out->children = take(sizeof(void*) * (size_t)in->n_children);
  out->release = release_array;

  const uint8_t* valid = in->buffers[0];
  if (valid != NULL) {
    uint8_t* bits = take((size_t)(n + 7) / 8);
    for (int64_t i = 0; i < n; i++) {
      if (bit(valid, in->offset + rows[i])) bits[i / 8] |= (uint8_t)(1 << (i % 8));
      else out->null_count++;
    }
    out->buffers[0] = bits;
  }

  if (type->dictionary != NULL) {
    int64_t* all = take(sizeof(int64_t) * (size_t)in->dictionary->length);
    for (int64_t i = 0; i < in->dictionary->length; i++) all[i] = i;
    out->dictionary = take(sizeof *out);
    copy_rows(type->dictionary, in->dictionary, all, in->dictionary->length, out->dictionary);
    give_back(all);
  }

  if (f[0] == 'b') {
    uint8_t* bits = take((size_t)(n + 7) / 8);
    for (int64_t i = 0; i < n; i++)
      if (bit(in->buffers[1], in->offset + rows[i])) bits[i / 8] |= (uint8_t)(1 << (i % 8));
    out->buffers[1] = bits;
  } else if (f[0] == 'u' || f[0] == 'z') {
    const int32_t* from = (const int32_t*)in->buffers[1] + in->offset;
    int32_t* to = take(sizeof(int32_t) * (size_t)(n + 1));
    for (int64_t i = 0; i < n; i++) to[i + 1] = to[i] + from[rows[i] + 1] - from[rows[i]];
    char* data = take((size_t)to[n]);
    for (int64_t i = 0; i < n; i++) memcpy(data + to[i], (const char*)in->buffers[2] + from[rows[i]], (size_t)(to[i + 1] - to[i]));
    out->buffers[1] = to;
    out->buffers[2] = data;
  } else if (strcmp(f, "+s") == 0) {
    int64_t* shifted = take(sizeof(int64_t) * (size_t)n);
    for (int64_t i = 0; i < n; i++) shifted[i] = rows[i] + in->offset;
    for (int64_t c = 0; c < in->n_children; c++) {
      out->children[c] = take(sizeof *out);
      copy_rows(type->children[c], in->children[c], shifted, n, out->children[c]);
    }
    give_back(shifted);
  } else if (f[0] == '+') {
    const int32_t* from = (const int32_t*)in->buffers[1] + in->offset;
    int32_t* to = take(sizeof(int32_t) * (size_t)(n + 1));
    for (int64_t i = 0; i < n; i++) to[i + 1] = to[i] + from[rows[i] + 1] - from[rows[i]];
    int64_t* items = take(sizeof(int64_t) * (size_t)to[n]);
    for (int64_t i = 0, k = 0; i < n; i++)
      for (int32_t j = from[rows[i]]; j < from[rows[i] + 1]; j++) items[k++] = j;
    out->buffers[1] = to;
    out->children[0] = take(sizeof *out);
    copy_rows(type->children[0], in->children[0], items, to[n], out->children[0]);
    give_back(items);
  } else {
    int64_t width = width_of(f);
    char* values = take((size_t)(n * width));
    for (int64_t i = 0; i < n; i++) memcpy(values + i * width, (const char*)in->buffers[1] + (in->offset + rows[i]) * width, (size_t)width);
    out->buffers[1] = values;
  }
}

/* Takes over both inputs and fills both outputs. */
void reverse_rows(struct ArrowSchema* schema, struct ArrowArray* array, struct ArrowSchema* schema_out, struct ArrowArray* array_out) {
  int64_t n = array->length;
  int64_t* rows = take(sizeof(int64_t) * (size_t)n);
  for (int64_t i = 0; i < n; i++) rows[i] = n - 1 - i;
  copy_schema(schema, schema_out);
  copy_rows(schema, array, rows, n, array_out);
  give_back(rows);
  array->release(array);
  schema->release(schema);
}

/* Moves one child out, releases the parent, and hands the child on: what consumers that pick columns do. */
void keep_child(struct ArrowArray* array, int64_t child, struct ArrowArray* out) {
  *out = *array->children[child];
  array->children[child]->release = NULL;
  array->release(array);
}

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
  const char* (*get_last_error)(struct ArrowArrayStream*);
  void (*release)(struct ArrowArrayStream*);
  void* private_data;
};

/* A stream over another one. */
struct Reversing {
  struct ArrowArrayStream inner;
  char error[200];
};

static int reversing_fail(struct Reversing* self, int code) {
  const char* message = self->inner.get_last_error(&self->inner);
  snprintf(self->error, sizeof self->error, "inner stream: %s", message == NULL ? "no message" : message);
  return code;
}

static int reversing_schema(struct ArrowArrayStream* stream, struct ArrowSchema* out) {
  struct Reversing* self = stream->private_data;
  int code = self->inner.get_schema(&self->inner, out);
  return code == 0 ? 0 : reversing_fail(self, code);
}

static int reversing_next(struct ArrowArrayStream* stream, struct ArrowArray* out) {
  struct Reversing* self = stream->private_data;
  struct ArrowArray array;
  int code = self->inner.get_next(&self->inner, &array);
  if (code != 0) return reversing_fail(self, code);
  if (array.release == NULL) {
    memset(out, 0, sizeof *out);
    return 0;
  }
  struct ArrowSchema schema, copy;
  code = self->inner.get_schema(&self->inner, &schema);
  if (code != 0) return reversing_fail(self, code);
  reverse_rows(&schema, &array, &copy, out);
  copy.release(&copy);
  return 0;
}

static const char* reversing_error(struct ArrowArrayStream* stream) { return ((struct Reversing*)stream->private_data)->error; }

static void reversing_release(struct ArrowArrayStream* stream) {
  struct Reversing* self = stream->private_data;
  self->inner.release(&self->inner);
  give_back(self);
  stream->release = NULL;
}

/* Takes over the input; the output reverses the rows of each batch. */
void reverse_stream(struct ArrowArrayStream* in, struct ArrowArrayStream* out) {
  struct Reversing* self = take(sizeof *self);
  self->inner = *in;
  in->release = NULL;
  out->get_schema = reversing_schema;
  out->get_next = reversing_next;
  out->get_last_error = reversing_error;
  out->release = reversing_release;
  out->private_data = self;
}
