// What is counted of a session, in memory that several threads may see.
'use strict';

/** What is counted, by place. */
const places = { PORTS: 0, SENT: 1, SENT_BYTES: 2, RECEIVED: 3, RECEIVED_BYTES: 4, ACKNOWLEDGED: 5 };

/** How many numbers there are. */
const PLACES = 6;

module.exports = { PLACES, places };
