'use strict';

// A test file that leaves ports open when it ends; another one runs after it.

require('./left-open');
