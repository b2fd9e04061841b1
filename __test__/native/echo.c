/*
 * An addon in C: a thread that sends back what comes, in the object { c: … } if the process has a number for that shape.
 * It declares what it needs of Node-API, whose headers need not be there.
 */
#include <ferroport.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
typedef struct {
  uint64_t lower, upper;
} napi_type_tag;

int napi_get_cb_info(napi_env, napi_callback_info, size_t *, napi_value *, napi_value *, void **);
int napi_check_object_type_tag(napi_env, napi_value, const napi_type_tag *, bool *);
int napi_unwrap(napi_env, napi_value, void **);
int napi_create_function(napi_env, const char *, size_t, napi_callback, void *, napi_value *);
int napi_throw_error(napi_env, const char *, const char *);

typedef struct {
  const ferroport_table *table;
  ferroport_port *port;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  unsigned calls;
} echo;

static void wake(void *data) {
  echo *self = data;
  pthread_mutex_lock(&self->lock);
  self->calls++;
  pthread_cond_signal(&self->changed);
  pthread_mutex_unlock(&self->lock);
}

static void same_key(void *data, ferroport_key key) {
  if (key.length == 1 && key.units[0] == 'c') ++*(int *)data;
}

/* The message with its value in { c: value }. The header's flags say that the message is of this process. */
static uint8_t *wrapped(echo *self, const ferroport_message *message, size_t *length) {
  const uint16_t unit = 'c';
  const ferroport_key key = {&unit, 1};
  const int64_t shape = self->table->intern(&key, 1, 1 << 10);
  int found = 0;
  if (shape < 0 || self->table->keys((uint32_t)shape, same_key, &found) != FERROPORT_OK || found != 1) return NULL;
  /* Two words more, so that what is aligned to 8 bytes stays so: the value goes into an array of one in the object. */
  *length = message->length + 8;
  uint8_t *bytes = malloc(*length);
  memcpy(bytes, message->bytes, 4);
  bytes[3] |= 2;
  const uint32_t head = 0x40 | (uint32_t)shape << 8, array = 0x23 | 1 << 8;
  memcpy(bytes + 4, &head, 4);
  memcpy(bytes + 8, &array, 4);
  memcpy(bytes + 12, message->bytes + 4, message->length - 4);
  return bytes;
}

static void *run(void *data) {
  echo *self = data;
  for (;;) {
    pthread_mutex_lock(&self->lock);
    const unsigned calls = self->calls;
    pthread_mutex_unlock(&self->lock);
    ferroport_message *message;
    const int32_t status = self->table->poll(self->port, &message);
    if (status == FERROPORT_CLOSED) break;
    if (status == FERROPORT_EMPTY) {
      pthread_mutex_lock(&self->lock);
      while (self->calls == calls) pthread_cond_wait(&self->changed, &self->lock);
      pthread_mutex_unlock(&self->lock);
    }
    if (status != FERROPORT_OK) continue;
    size_t length = 0;
    uint8_t *bytes = wrapped(self, message, &length);
    ferroport_outgoing answer = {sizeof answer, bytes, length, message->ports, message->port_count, message->signals, message->signal_count};
    if (bytes != NULL && self->table->send(self->port, &answer) == FERROPORT_OK) {
      /* The ports have gone on. */
      for (size_t i = 0; i < message->port_count; i++) message->ports[i] = NULL;
    }
    free(bytes);
    self->table->free(message);
  }
  self->table->close(self->port);
  pthread_mutex_destroy(&self->lock);
  pthread_cond_destroy(&self->changed);
  free(self);
  return NULL;
}

/* start(handover): takes the object that port[Symbol.for('ferroport.native.1')]() has given. */
static napi_value start(napi_env env, napi_callback_info info) {
  const napi_type_tag tag = {FERROPORT_TYPE_TAG_LOWER, FERROPORT_TYPE_TAG_UPPER};
  napi_value object;
  size_t count = 1;
  bool is_tagged = false;
  void *wrapped_pointer = NULL;
  napi_get_cb_info(env, info, &count, &object, NULL, NULL);
  napi_check_object_type_tag(env, object, &tag, &is_tagged);
  if (is_tagged) napi_unwrap(env, object, &wrapped_pointer);
  ferroport_handover *handover = wrapped_pointer;
  if (handover == NULL || handover->port == NULL || handover->table->major != FERROPORT_MAJOR || !FERROPORT_HAS(handover->table, close)) {
    napi_throw_error(env, NULL, "expected a port");
    return NULL;
  }
  echo *self = calloc(1, sizeof *self);
  self->table = handover->table;
  self->port = handover->port;
  handover->port = NULL;
  pthread_mutex_init(&self->lock, NULL);
  pthread_cond_init(&self->changed, NULL);
  self->table->set_waker(self->port, wake, self);
  pthread_t thread;
  pthread_create(&thread, NULL, run, self);
  pthread_detach(thread);
  return NULL;
}

__attribute__((visibility("default"))) int32_t node_api_module_get_api_version_v1(void) { return 8; }

__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value function;
  (void)exports;
  napi_create_function(env, "start", 5, start, NULL, &function);
  return function;
}
