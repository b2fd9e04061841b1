'use strict';

// A test file that leaves ports open when it ends; another one has run before it.

require('./left-open');
