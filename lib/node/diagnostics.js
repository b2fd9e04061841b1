// The channels of node:diagnostics_channel on which subscribers hear of messages. Somebody has to hold a channel, or a later subscriber gets
// another one of that name.
'use strict';

const { channel } = require('node:diagnostics_channel');

/** Has `hasSubscribers`, which each post asks. That is a property of the channel's prototype, so to ask costs one comparison of maps. */
const posts = channel('ferroport:post');

/** The same for each message that is handed out. */
const messages = channel('ferroport:message');

module.exports = { posts, messages };
