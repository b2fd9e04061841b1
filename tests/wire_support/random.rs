//! Random choices that can be made again, and what they do to messages. The crate's tests share this file.

// Each test binary takes what it needs.
#![allow(dead_code)]

/// The seed of this run: `FERROPORT_SEED`, or the time. Prints it, which cargo shows when the test fails.
pub fn seed() -> u64 {
    let given = std::env::var("FERROPORT_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(1, |since| since.as_nanos() as u64)
    });
    println!("FERROPORT_SEED={seed}");
    seed
}

/// Changes so many bytes of a message.
pub fn damage(bytes: &mut [u8], random: &mut Random, count: usize) {
    for _ in 0..count {
        let place = random.below(bytes.len());
        bytes[place] = match random.below(4) {
            0 => random.next() as u8,
            1 => bytes[place].wrapping_add(1),
            2 => bytes[place] ^ 1 << random.below(8),
            _ => 0xff,
        };
    }
}

/// Puts the values of another message into one: where a container claims one more value, that makes deep and odd valid messages.
pub fn insert(bytes: &mut Vec<u8>, more: &[u8], random: &mut Random) {
    let place = (1 + random.below(bytes.len() / 4)) * 4;
    bytes.splice(place..place, more[4..].iter().copied());
    bytes[3] |= more[3];
}

/// A small random number generator (xorshift64*): the same seed gives the same run everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// 0 to `bound` - 1.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 11) as usize % bound
    }
}
