/*
 * One end of a channel of ferroport, for addons in C and C++. docs/native-abi.md says what each function does, who owns what, and which
 * thread may call. Nothing is linked: a port hands the table of functions over.
 */
#ifndef FERROPORT_H
#define FERROPORT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FERROPORT_MAJOR 1
#define FERROPORT_MINOR 0

/* port[Symbol.for(FERROPORT_METHOD)]() gives the object that holds a ferroport_handover. */
#define FERROPORT_METHOD "ferroport.native.1"

/* The object's type tag, lower half first. */
#define FERROPORT_TYPE_TAG_LOWER UINT64_C(0x6f706f7272656631)
#define FERROPORT_TYPE_TAG_UPPER UINT64_C(0x9c1d7c0e5a524b8f)

enum {
  FERROPORT_OK = 0,
  FERROPORT_EMPTY = 1,
  FERROPORT_CLOSED = 2,
  FERROPORT_FULL = 3,
  FERROPORT_LOST = 4,
  FERROPORT_UNREADABLE = 5,
  FERROPORT_FAILED = 6
};

typedef struct ferroport_port ferroport_port;
typedef struct ferroport_signal ferroport_signal;

typedef struct {
  const uint8_t *bytes;
  size_t length;
  ferroport_port **ports;
  size_t port_count;
  ferroport_signal **signals;
  size_t signal_count;
} ferroport_message;

typedef struct {
  size_t size; /* sizeof(ferroport_outgoing) */
  const uint8_t *bytes;
  size_t length;
  ferroport_port *const *ports;
  size_t port_count;
  ferroport_signal *const *signals;
  size_t signal_count;
} ferroport_outgoing;

typedef struct {
  const uint16_t *units;
  size_t length;
} ferroport_key;

typedef void (*ferroport_wake)(void *data);
typedef void (*ferroport_take_key)(void *data, ferroport_key key);

typedef struct {
  size_t size;
  uint32_t major;
  uint32_t minor;
  int32_t (*send)(ferroport_port *port, const ferroport_outgoing *message);
  int32_t (*poll)(ferroport_port *port, ferroport_message **message);
  void (*free)(ferroport_message *message);
  int32_t (*room)(ferroport_port *port);
  void (*set_waker)(ferroport_port *port, ferroport_wake wake, void *data);
  int64_t (*intern)(const ferroport_key *keys, size_t count, uint32_t seen);
  int32_t (*keys)(uint32_t shape, ferroport_take_key take, void *data);
  void (*close)(ferroport_port *port);
  void (*channel)(ferroport_port **one, ferroport_port **other);
  void (*set_mark)(ferroport_port *port, size_t messages, size_t bytes);
  int32_t (*is_aborted)(const ferroport_signal *signal);
  void (*release_signal)(ferroport_signal *signal);
  int32_t (*look)(ferroport_port *port, ferroport_message **message);
  int32_t (*to_value)(ferroport_port *port, void **value); /* a napi_value */
} ferroport_table;

typedef struct {
  size_t size;
  const ferroport_table *table;
  ferroport_port *port; /* write NULL here to take it */
} ferroport_handover;

/* Whether the table has an entry. */
#define FERROPORT_HAS(table, entry) \
  ((table)->size >= offsetof(ferroport_table, entry) + sizeof((table)->entry))

#ifdef __cplusplus
}
#endif

#endif
