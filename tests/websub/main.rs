//! WebSub as a subscriber, over real sockets: a hub of the test's own, the callback listener, the daemon
//! behind it, and a clock that is moved by hand.

#[path = "../common/stand_in.rs"]
mod stand_in;

mod bed;
mod polled;
mod pushes;
mod subscribing;
