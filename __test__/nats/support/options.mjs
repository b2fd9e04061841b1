// Gives options that no copy could have: functions.
export default (given) => ({
  servers: given.name,
  reconnectDelayHandler: () => 100,
});
