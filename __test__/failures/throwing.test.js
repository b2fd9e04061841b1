'use strict';

// What fails because something that it calls throws leaves nothing behind.

require('./declare').declareWays('hooks', 'into', 'back', 'builtins');
