// What rooms of lib ask of rooms above them. connect.js, which is above all of them, puts the functions here. The file
// of a function is loaded when the function is first called, because few programs call one.
'use strict';

const upward = {
  /** Loads sidecar.js, which then gives its functions to the mailbox. @type {() => void} */
  loadSidecar: () => missing(),
  /** Goes on with a bridge that another thread has left. @type {(succession: any) => void} */
  takeOver: () => missing(),
  /** Bridges between a port and one of another copy of ferroport. @type {(port: any, near: any) => void} */
  serve: () => missing(),
  /**
   * receiveMessageOnPort for a port of this copy; with `tellsOfOrders` also when an order for ferroport itself has come.
   * @type {(port: any, tellsOfOrders?: boolean) => { message: any, isOrder?: boolean } | undefined}
   */
  receive: () => missing(),
  /** Hands a message that was kept for whoever wants one to the listeners of its port. @type {(port: any) => void} */
  deliverKept: () => missing(),
  /** MessagePort.prototype.receiveSync. @type {(port: any, options: any) => any} */
  receiveSync: () => missing(),
  /** MessagePort.toNode. @type {(port: any) => any} */
  toNode: () => missing(),
  /** MessagePort.fromNode. @type {(nodePort: any) => any} */
  fromNode: () => missing(),
};

/** @returns {never} */
function missing() {
  throw new Error('connect.js has not been loaded');
}

module.exports = upward;
