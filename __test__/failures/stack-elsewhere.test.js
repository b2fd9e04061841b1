'use strict';

// As stack.test.js, for the first time, with optimised functions, and in threads of other sizes.

require('./declare').declareWays('cold', 'hot', 'worker', 'ordinary');
