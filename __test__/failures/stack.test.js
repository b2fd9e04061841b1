'use strict';

// What fails for want of stack, at whatever call, leaves nothing behind.

require('./declare').declareWays('stack', 'interpreted', 'climbing');
