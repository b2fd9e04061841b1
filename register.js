// node -r ferroport/register: programs that know only node:worker_threads talk over ferroport.
'use strict';

require('./lib/register').register(() => require('./index.js'));
