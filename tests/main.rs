//! The whole of the integration tests, in one binary.
// A test that cannot go on should say so and stop; the lints that forbid it guard the program.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

mod answers;
mod blunderbuss;
mod browser;
mod bump;
mod calendar;
mod doctor;
mod draft;
mod edits;
mod faces;
mod gate;
mod golden;
mod hands;
mod house;
mod injection;
mod laws;
mod legacy;
mod lifecycle;
mod online;
mod remote;
mod report;
mod review;
mod rules;
mod search;
mod sockets;
mod upstream;
mod verbs;
mod wild;
