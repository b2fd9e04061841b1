// An empty module: what importing anything takes.
'use strict';
