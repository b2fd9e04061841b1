'use strict';

// As stack.test.js, for the first time, with optimised functions, in threads of other sizes, and on the hook.

require('./declare').declareWays('cold', 'hot', 'worker', 'ordinary', 'hook');
