//! Blocks that were freed and are kept warm: the memory of the next message that is not small.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error, realloc};
use std::collections::VecDeque;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The shortest content whose block is kept, in bytes. Allocators keep smaller ones themselves.
const LEAST: usize = 2 * 1024 * 1024;
/// The longest.
const MOST: usize = 16 * 1024 * 1024;
/// So many bytes are kept in all.
const KEPT: usize = 32 * 1024 * 1024;
/// How many sizes there are from one power of two, which does not count, to the next, which does.
const STEPS: usize = 4;
/// How many sizes blocks have that are kept.
const SIZES: usize = STEPS * (MOST / LEAST).ilog2() as usize + 1;

/// Whether a block for `length` bytes is kept when it is freed.
fn is_kept(length: usize) -> bool {
    (LEAST..=MOST).contains(&length)
}

/// How large a block for `length` bytes is: that, or the next of a few sizes that large blocks have, so that one that was
/// freed fits the next message of about the same length.
///
/// ```text
///   below 2 MiB     exactly the length
///   up to 16 MiB    rounded up to one of four sizes between a power of two and the next: at most a fifth is not used
///   above           exactly the length
/// ```
fn capacity_for(length: usize) -> usize {
    if !is_kept(length) {
        return length;
    }
    length.next_multiple_of((1 << (length - 1).ilog2()) / STEPS)
}

/// Which of the sizes of blocks that are kept a capacity is.
fn size_of_block(capacity: usize) -> usize {
    let power = capacity.ilog2();
    let steps = capacity / ((1 << power) / STEPS) - STEPS;
    STEPS * (power - LEAST.ilog2()) as usize + steps
}

/// A block for `length` bytes, uninitialised; [`free`] takes it back, with the same length. `None` if there is no memory.
pub(super) fn allocate(length: usize) -> Option<NonNull<u8>> {
    let capacity = capacity_for(length);
    if capacity == 0 {
        return Some(NonNull::dangling());
    }
    if is_kept(length)
        && let Some(block) = pool().take(capacity)
    {
        return Some(block.memory);
    }
    // SAFETY: the size is not 0.
    NonNull::new(unsafe { alloc(layout(capacity)) })
}

/// As `allocate`, for those who cannot go on without memory: ends the process if there is none.
pub(super) fn allocate_surely(length: usize) -> NonNull<u8> {
    allocate(length).unwrap_or_else(|| handle_alloc_error(layout(capacity_for(length))))
}

/// An empty vector with room for `length` bytes, or for none, if there is no memory; where it is filled to about that,
/// [`adopt`] moves nothing.
pub fn vector_for(length: usize) -> Vec<u8> {
    let Some(memory) = allocate(length) else { return Vec::new() };
    // SAFETY: the allocator's, with that capacity; and nobody else's.
    unsafe { Vec::from_raw_parts(memory.as_ptr(), 0, capacity_for(length)) }
}

/// Whether content of this length is well kept in a vector of this capacity, instead of being copied.
pub fn suits(capacity: usize, length: usize) -> bool {
    capacity <= capacity_for(length) + length / 8
}

/// A block that holds what the vector holds, to be freed as one for its length.
pub(super) fn adopt(content: Vec<u8>) -> NonNull<u8> {
    let mut content = ManuallyDrop::new(content);
    let (have, want) = (content.capacity(), capacity_for(content.len()));
    // SAFETY: a vector's pointer is never null. It stands for all of the allocation, where a slice's stands for what is filled.
    let memory = unsafe { NonNull::new_unchecked(content.as_mut_ptr()) };
    if have == want {
        return memory;
    }
    if want == 0 {
        // SAFETY: the vector's allocation, which nobody drops any more.
        unsafe { release(memory, have) };
        return NonNull::dangling();
    }
    // SAFETY: the vector's allocation, with its size, which is not 0, because then the length, and `want`, were 0, too.
    let moved = unsafe { realloc(memory.as_ptr(), layout(have), want) };
    NonNull::new(moved).unwrap_or_else(|| handle_alloc_error(layout(want)))
}

/// Takes a block back that one of the above gave for this length.
///
/// # Safety
/// It did, and nobody uses the block any more.
pub(super) unsafe fn free(block: NonNull<u8>, length: usize) {
    let capacity = capacity_for(length);
    if !is_kept(length) {
        // SAFETY: the caller's promise.
        return unsafe { release(block, capacity) };
    }
    pool().keep(block, capacity);
    // One block at a time, and unlocked in between: giving memory back to the system takes long, and other threads wait for the lock.
    while let Some(block) = pool().surplus() {
        // SAFETY: the pool had it, so nobody uses it.
        unsafe { release(block.memory, block.capacity) };
    }
}

/// Gives a block back to the allocator.
///
/// # Safety
/// It has this capacity, and nobody uses it any more.
unsafe fn release(block: NonNull<u8>, capacity: usize) {
    if capacity > 0 {
        // SAFETY: the caller's promise, and that `layout` is what it was allocated with.
        unsafe { dealloc(block.as_ptr(), layout(capacity)) };
    }
}

/// The layout of bytes; `capacity` is that of an existing vector or slice, or little more.
fn layout(capacity: usize) -> Layout {
    Layout::array::<u8>(capacity).expect("no slice is larger than half of what can be addressed")
}

/// A block that nobody uses.
struct Block {
    memory: NonNull<u8>,
    capacity: usize,
    /// How many had been freed before.
    freed: u64,
}

// SAFETY: it is memory, and nobody's but the block's owner.
unsafe impl Send for Block {}

/// Blocks that nobody uses.
struct Pool {
    /// The blocks of each size. The one that was freed last stands at the end.
    blocks: [VecDeque<Block>; SIZES],
    /// Their capacities, together.
    kept: usize,
    /// How many were ever freed.
    freed: u64,
}

static POOL: Mutex<Pool> = Mutex::new(Pool::new());

fn pool() -> MutexGuard<'static, Pool> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    const fn new() -> Self {
        Pool { blocks: [const { VecDeque::new() }; SIZES], kept: 0, freed: 0 }
    }

    /// The block of this capacity that was freed last, because it is the warmest.
    fn take(&mut self, capacity: usize) -> Option<Block> {
        let block = self.blocks[size_of_block(capacity)].pop_back()?;
        self.kept -= capacity;
        Some(block)
    }

    fn keep(&mut self, memory: NonNull<u8>, capacity: usize) {
        self.blocks[size_of_block(capacity)].push_back(Block { memory, capacity, freed: self.freed });
        self.kept += capacity;
        self.freed += 1;
    }

    /// The block that was freed first, if more is kept than should be.
    fn surplus(&mut self) -> Option<Block> {
        if self.kept <= KEPT {
            return None;
        }
        let oldest = self.blocks.iter_mut().min_by_key(|list| list.front().map_or(u64::MAX, |block| block.freed))?;
        let block = oldest.pop_front()?;
        self.kept -= block.capacity;
        Some(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capacities_are_exact_below_and_above_and_a_fifth_too_large_at_most_between() {
        for length in [0, 1, 8000, LEAST - 1, LEAST, 2 * LEAST, 1 << 20, 5 << 20, MOST, MOST + 1, 1 << 30] {
            assert_eq!(capacity_for(length), length);
        }
        for (length, capacity) in [(LEAST + 1, 5 * LEAST / 4), ((4 << 20) + 1, 5 << 20), (MOST - 1, MOST)] {
            assert_eq!(capacity_for(length), capacity);
        }
        for length in (LEAST..MOST).step_by(10_001) {
            let capacity = capacity_for(length);
            assert!(length <= capacity && capacity <= length + length / 4 && capacity_for(capacity) == capacity);
        }
    }

    #[test]
    fn what_fills_a_vector_made_for_it_is_kept_where_it_is() {
        for length in [8192, 100_000, LEAST, 3_000_001, 1 << 20, MOST + 1] {
            let mut vector = vector_for(length);
            assert!(vector.capacity() >= length);
            vector.extend_from_slice(&vec![7; length]);
            assert!(suits(vector.capacity(), length));
            let memory = vector.as_ptr();
            let block = adopt(vector);
            assert_eq!(block.as_ptr().cast_const(), memory, "{length}");
            // SAFETY: adopted for this length, above, and not used after.
            unsafe { free(block, length) };
        }
    }

    #[test]
    fn a_vector_much_too_large_does_not_suit() {
        for length in [10_000, LEAST, 4 << 20] {
            assert!(suits(length + length / 8, length) && !suits(2 * length, length), "{length}");
        }
    }

    #[test]
    fn a_large_block_that_is_freed_is_the_next_one_of_its_size() {
        // A size that no other test uses: they run at the same time.
        let kept = |capacity| !pool().blocks[size_of_block(capacity)].is_empty();
        let block = allocate_surely(7_777_777);
        // SAFETY: allocated for this length, above, and not used after.
        unsafe { free(block, 7_777_777) };
        assert!(kept(capacity_for(7_777_777)));
        let next = allocate_surely(7_777_770);
        assert!(next == block && !kept(capacity_for(7_777_777)));
        // SAFETY: as above.
        unsafe { free(next, 7_777_770) };
        assert!(!is_kept(LEAST - 1));
    }

    #[test]
    fn every_size_of_blocks_that_are_kept_has_its_place() {
        let mut capacities: Vec<usize> = (LEAST..=MOST).step_by(LEAST / STEPS).map(capacity_for).collect();
        capacities.dedup();
        assert_eq!(capacities.len(), SIZES);
        for (place, &capacity) in capacities.iter().enumerate() {
            assert_eq!(size_of_block(capacity), place, "{capacity}");
        }
    }

    #[test]
    fn a_pool_gives_back_the_warmest_block_and_lets_the_coldest_go() {
        let memory = |number: usize| NonNull::without_provenance(number.try_into().unwrap());
        let number = |block: Block| block.memory.addr().get();
        let mut pool = Pool::new();
        for (number, capacity) in [(1, LEAST), (2, 2 * LEAST), (3, LEAST), (4, MOST), (5, 2 * LEAST)] {
            pool.keep(memory(number), capacity);
        }
        assert!(pool.surplus().is_none());
        pool.keep(memory(6), 6 * LEAST);
        let gone: Vec<usize> = std::iter::from_fn(|| pool.surplus()).map(number).collect();
        assert_eq!((gone, pool.kept), (vec![1, 2, 3], KEPT), "no more than has to go");
        assert_eq!(pool.take(2 * LEAST).map(number), Some(5));
        assert!(pool.take(2 * LEAST).is_none() && pool.take(LEAST).is_none());
        pool.keep(memory(7), 6 * LEAST);
        assert_eq!(pool.surplus().map(number), Some(4));
        assert_eq!(pool.take(6 * LEAST).map(number), Some(7));
        assert_eq!(pool.take(6 * LEAST).map(number), Some(6));
        assert_eq!(pool.kept, 0);
    }
}
