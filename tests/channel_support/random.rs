//! Random choices that can be made again: the seed is printed, `FERROPORT_SEED=<seed>` repeats it.
#![allow(dead_code, reason = "not every test makes every kind of choice")]

use std::hash::{BuildHasher, RandomState};
use std::thread;
use std::time::Duration;

/// Random numbers (splitmix64).
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    pub fn seeded(test: &str) -> Self {
        let given = std::env::var("FERROPORT_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| RandomState::new().hash_one(test));
        println!("{test}: FERROPORT_SEED={seed}");
        Random(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn fork(&mut self) -> Random {
        Random(self.next())
    }

    /// Now and then, lets the other threads have their way.
    pub fn stop(&mut self) {
        match self.below(100) {
            0 => thread::sleep(Duration::from_micros(self.below(60) as u64)),
            1..10 => thread::yield_now(),
            10..20 => (0..self.below(200)).for_each(|_| std::hint::spin_loop()),
            _ => {}
        }
    }
}
