// Runs first in the thread in which links go on while the program's threads are busy (lib/link/thread.js).
'use strict';

require('./link/serve').begin({
  link: () => require('./link/serve-link'),
  nats: () => require('./nats/serve'),
});
