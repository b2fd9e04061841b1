//! Whether a thread that has nothing to deliver waits a moment before it goes to sleep.

use std::cell::Cell;
use std::hint::spin_loop;
use std::sync::OnceLock;
use std::thread::{self, available_parallelism};
use std::time::{Duration, Instant};

/// How long a thread with an event loop waits: about as long as it takes to wake one that sleeps. An answer that comes sooner saves both
/// threads the waking.
const MOMENT: Duration = Duration::from_micros(20);

/// How long a thread waits that is about to be blocked: long enough for the other one to be woken, which takes up to 30 µs on an idle
/// processor, and to answer. It has nothing else to do.
const LONG_MOMENT: Duration = Duration::from_micros(100);

/// After so many drains without waiting, waiting is tried again. The number doubles each time that waiting was in vain, up to `MOST_RETRY`.
const RETRY: u32 = 16;
const MOST_RETRY: u32 = 512;

/// After waiting in vain so often, a thread gives waiting up.
const MOST_CREDIT: u32 = 8;

/// A thread that has not run for so long while it waited has lost its processor to another one: the machine is busy, or the two that answer
/// each other share a processor. Whoever waits awake then takes time from those who are to answer, and is kept waiting all the longer when
/// it has something to do.
const LOSS: Duration = Duration::from_micros(40);

/// The same for a thread that lets others run: if nobody wants the processor, that takes less than a microsecond.
const LOSS_BY_YIELDING: Duration = Duration::from_micros(6);

/// How long a thread does not wait after a loss. The time doubles with each loss, and is halved after `REGAINED` answers without one.
const LEAST_PAUSE: Duration = Duration::from_millis(1);
const MOST_PAUSE: Duration = Duration::from_millis(128);
const REGAINED: u32 = 64;

/// Learns from what came of waiting: worth it where two threads answer each other, a waste where they do not, and harmful where others want
/// the processor.
pub struct Patience {
    moment: Duration,
    /// How often the thread looks before it looks at the time.
    looks: u32,
    /// Whether the thread lets others run between its looks.
    yields: bool,
    /// Between two looks at the time, so much says that another thread has run.
    loss: Duration,
    /// How often the thread still waits, even if nothing comes of it.
    credit: Cell<u32>,
    /// How many drains have not waited since.
    passed: Cell<u32>,
    /// After how many of those waiting is tried again.
    retry: Cell<u32>,
    /// Until when the thread does not wait, because it has lost its processor.
    paused_until: Cell<Option<Instant>>,
    pause: Cell<Duration>,
    /// How many answers have come without a loss.
    regained: Cell<u32>,
}

impl Default for Patience {
    fn default() -> Self {
        Patience::for_a(MOMENT, 16, false)
    }
}

impl Patience {
    fn for_a(moment: Duration, looks: u32, yields: bool) -> Self {
        Patience {
            moment,
            looks,
            yields,
            loss: if yields { LOSS_BY_YIELDING } else { LOSS },
            credit: Cell::new(MOST_CREDIT),
            passed: Cell::new(0),
            retry: Cell::new(RETRY),
            paused_until: Cell::new(None),
            pause: Cell::new(LEAST_PAUSE),
            regained: Cell::new(0),
        }
    }

    /// That of a thread before it is blocked. The system wakes a thread on the processor of who has woken it, if it sees two threads that
    /// always wake one another, so the one that looks lets the other one run.
    pub fn before_blocking() -> Self {
        Patience::for_a(LONG_MOMENT, 4, true)
    }

    /// What was waited for has come after so long, asleep or not. If that was soon, the next time it is worth waiting for it awake.
    pub fn has_come_after(&self, time: Duration) {
        if time < self.moment {
            self.credit.set(MOST_CREDIT);
        }
    }

    /// Waits for `has_come`, if that is likely to be soon. True if it has.
    pub fn wait(&self, mut has_come: impl FnMut() -> bool) -> bool {
        // On one processor, nobody answers while this one waits.
        static ALONE: OnceLock<bool> = OnceLock::new();
        if *ALONE.get_or_init(|| available_parallelism().is_ok_and(|count| count.get() == 1)) {
            return false;
        }
        if self.credit.get() == 0 {
            self.passed.set(self.passed.get() + 1);
            if self.passed.get() < self.retry.get() {
                return false;
            }
        }
        self.passed.set(0);
        let start = Instant::now();
        if self.paused_until.get().is_some_and(|until| start < until) {
            return false;
        }
        let mut last = start;
        loop {
            for _ in 0..self.looks {
                if has_come() {
                    self.was_worth_it();
                    return true;
                }
                spin_loop();
            }
            if self.yields {
                thread::yield_now();
            }
            let now = Instant::now();
            if now - last > self.loss {
                self.has_lost(now);
                return has_come();
            }
            last = now;
            if now - start > self.moment {
                if self.credit.get() == 0 {
                    self.retry.set((self.retry.get() * 2).min(MOST_RETRY));
                }
                self.credit.set(self.credit.get().saturating_sub(1));
                return false;
            }
        }
    }

    fn was_worth_it(&self) {
        self.credit.set((self.credit.get() + 1).min(MOST_CREDIT));
        self.retry.set(RETRY);
        self.regained.set(self.regained.get() + 1);
        if self.regained.get() >= REGAINED {
            self.regained.set(0);
            self.pause.set((self.pause.get() / 2).max(LEAST_PAUSE));
        }
    }

    #[cold]
    fn has_lost(&self, now: Instant) {
        self.regained.set(0);
        self.paused_until.set(Some(now + self.pause.get()));
        self.pause.set((self.pause.get() * 2).min(MOST_PAUSE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One that does not mind that the machine may be busy with other tests.
    fn undisturbed(patience: Patience) -> Patience {
        Patience { loss: Duration::MAX, ..patience }
    }

    /// A look that is counted and finds nothing.
    fn in_vain(tries: &Cell<u32>) -> bool {
        tries.set(tries.get() + 1);
        false
    }

    /// Waits in vain until nothing is left of the patience. Returns whether anybody could have answered.
    fn give_up(patience: &Patience, vain: impl Fn() -> bool) -> bool {
        for _ in 0..MOST_CREDIT {
            patience.wait(&vain);
        }
        available_parallelism().is_ok_and(|count| count.get() > 1)
    }

    #[test]
    fn who_waited_in_vain_waits_less_often_and_who_was_answered_waits_again() {
        let patience = undisturbed(Patience::default());
        let tries = Cell::new(0);
        let vain = || in_vain(&tries);
        let answered = give_up(&patience, vain);
        assert_eq!(tries.replace(0) > 0, answered);
        assert!((1..RETRY).all(|_| !patience.wait(vain)));
        assert_eq!(tries.get(), 0, "not before it was passed over often enough");
        patience.wait(vain);
        assert_eq!(tries.replace(0) > 0, answered);
        assert!((1..2 * RETRY).all(|_| !patience.wait(vain)));
        assert_eq!(tries.get(), 0, "not before it was passed over twice as often");
        assert_eq!(patience.wait(|| true), answered);
        tries.set(0);
        patience.wait(vain);
        assert_eq!(tries.get() > 0, answered, "it was worth it the last time");
    }

    #[test]
    fn who_has_lost_its_processor_does_not_wait_for_a_while_and_longer_each_time() {
        let patience = Patience::default();
        let slept = || {
            thread::sleep(2 * LOSS);
            false
        };
        if available_parallelism().is_ok_and(|count| count.get() == 1) {
            return;
        }
        let mut pause = LEAST_PAUSE;
        while pause < MOST_PAUSE {
            assert!(!patience.wait(slept));
            let until = patience.paused_until.get().expect("it was lost");
            assert!(until > Instant::now() + pause / 2 || pause < Duration::from_millis(8), "{pause:?}");
            patience.paused_until.set(None);
            pause *= 2;
        }
        assert!(!patience.wait(slept));
        let tries = Cell::new(0);
        patience.wait(|| in_vain(&tries));
        assert_eq!(tries.get(), 0, "it has just lost its processor");
        patience.paused_until.set(None);
        for _ in 0..REGAINED {
            assert!(patience.wait(|| true), "what is there at once is no loss");
        }
        assert_eq!(patience.pause.get(), MOST_PAUSE / 2);
    }

    #[test]
    fn who_was_woken_soon_waits_awake_the_next_time_and_who_slept_long_does_not() {
        let patience = undisturbed(Patience::before_blocking());
        let tries = Cell::new(0);
        let vain = || in_vain(&tries);
        let answered = give_up(&patience, vain);
        tries.set(0);
        patience.has_come_after(LONG_MOMENT);
        patience.wait(vain);
        assert_eq!(tries.get(), 0, "it was late");
        patience.has_come_after(LONG_MOMENT / 2);
        patience.wait(vain);
        assert_eq!(tries.get() > 0, answered);
    }
}
