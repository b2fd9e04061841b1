// What lib/addon-search.js requires: not all of it is there on any one platform.

declare module '*.node';
declare module 'ferroport-*';
