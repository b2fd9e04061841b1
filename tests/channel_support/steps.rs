//! The steps a random history of channels is made of.

use proptest::collection::vec;
use proptest::prelude::*;

/// One step of a history. Numbers choose among what there is, modulo how much there is. A burst is
/// `count` posts of bytes only.
#[derive(Clone, Debug)]
pub enum Step {
    Open { first: usize, second: usize },
    Post { from: usize, carry: Vec<usize> },
    Burst { from: usize, count: usize },
    Start(usize),
    Stop(usize),
    Receive { at: usize, open: bool },
    Move { which: usize, to: usize },
    Close(usize),
    Park(usize),
    Claim { which: usize, to: usize },
    Revoke(usize),
    Drain { thread: usize, events: usize, batches: Option<Batches>, open: bool },
    EndThread(usize),
}

/// How large a drain's batches may be, and how many messages of each are delivered, modulo how many there are and one.
#[derive(Clone, Copy, Debug)]
pub struct Batches {
    pub bytes: usize,
    pub messages: usize,
    pub deliver: usize,
}

/// Any step; posts, starts and drains more often than the rest.
pub fn step() -> impl Strategy<Value = Step> {
    let any = 0..1000usize;
    let open = prop::bool::weighted(0.8);
    prop_oneof![
        3 => (any.clone(), any.clone()).prop_map(|(first, second)| Step::Open { first, second }),
        10 => (any.clone(), prop_oneof![2 => Just(vec![]), 1 => vec(any.clone(), 1..4)])
            .prop_map(|(from, carry)| Step::Post { from, carry }),
        4 => (any.clone(), 1..40usize).prop_map(|(from, count)| Step::Burst { from, count }),
        4 => any.clone().prop_map(Step::Start),
        1 => any.clone().prop_map(Step::Stop),
        3 => (any.clone(), open).prop_map(|(at, open)| Step::Receive { at, open }),
        2 => (any.clone(), any.clone()).prop_map(|(which, to)| Step::Move { which, to }),
        1 => any.clone().prop_map(Step::Close),
        1 => any.clone().prop_map(Step::Park),
        1 => (any.clone(), any.clone()).prop_map(|(which, to)| Step::Claim { which, to }),
        1 => any.clone().prop_map(Step::Revoke),
        8 => (any.clone(), 0..8usize, prop::option::of(batches()), open)
            .prop_map(|(thread, events, batches, open)| Step::Drain { thread, events, batches, open }),
        1 => any.prop_map(Step::EndThread),
    ]
}

fn batches() -> impl Strategy<Value = Batches> {
    (0..5000usize, 1..100usize, 0..100usize).prop_map(|(bytes, messages, deliver)| Batches { bytes, messages, deliver })
}
