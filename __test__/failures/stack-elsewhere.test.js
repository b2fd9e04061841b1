'use strict';

// As stack.test.js, with optimised functions, and in threads of other sizes.

require('./declare').declareWays('hot', 'worker', 'ordinary');
