'use strict';

require('./left-open');
