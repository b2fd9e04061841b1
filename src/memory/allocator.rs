//! The allocator of the addon: mimalloc, and the system's for what is of middle size.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;

use mimalloc::MiMalloc;

/// Producers allocate and consumers free: glibc's arenas suffer from that, mimalloc does not. But mimalloc gives the pages of
/// blocks of middle size back to the operating system some milliseconds after they were freed, which clears them for the next
/// message, page by page. The system's allocator keeps them; and a message that was read leaves its warm memory to the buffer
/// that the JavaScript engine makes next, which asks the same allocator.
///
/// ```text
///   below 8 KiB         mimalloc
///   8 KiB to 2 MiB      the system's
///   above               mimalloc; blocks of large messages are kept by the pool
/// ```
pub struct Allocator;

/// The smallest block that the system's allocator gives, in bytes.
const LEAST: usize = 8 * 1024;
/// The first above that it does not: bytes of this size are copied by the engine and moved, so that no message makes room for them.
const END: usize = 2 * 1024 * 1024;

/// Whether a block of this size is the system's.
#[inline]
fn is_of_system(size: usize) -> bool {
    (LEAST..END).contains(&size)
}

// SAFETY: each block is one of the two allocators', which keep the contract; which one's it is tells its size, and that comes
// with every call.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise, as below.
        unsafe { if is_of_system(layout.size()) { System.alloc(layout) } else { MiMalloc.alloc(layout) } }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { if is_of_system(layout.size()) { System.alloc_zeroed(layout) } else { MiMalloc.alloc_zeroed(layout) } }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise; the allocator that gave a block of this size.
        unsafe {
            if is_of_system(layout.size()) { System.dealloc(block, layout) } else { MiMalloc.dealloc(block, layout) }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise: the size is not 0 and, rounded up to the alignment, not too large.
        unsafe {
            match (is_of_system(layout.size()), is_of_system(size)) {
                (true, true) => System.realloc(block, layout, size),
                (false, false) => MiMalloc.realloc(block, layout, size),
                _ => {
                    let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
                    if !moved.is_null() {
                        ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                        self.dealloc(block, layout);
                    }
                    moved
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_keep_what_they_hold_when_they_grow_and_shrink_from_one_allocator_to_the_other() {
        for align in [1, 8, 64] {
            let layout = |size| Layout::from_size_align(size, align).unwrap();
            let sizes = [100, LEAST - 1, LEAST, END - 1, END, 3 * END, END, END - 1, LEAST, LEAST - 1, 100];
            // SAFETY: each block is used as large as it is, and given back once.
            unsafe {
                let mut block = Allocator.alloc(layout(100));
                (0..100).for_each(|index| block.add(index).write(index as u8));
                for two in sizes.windows(2) {
                    block = Allocator.realloc(block, layout(two[0]), two[1]);
                    assert!(!block.is_null() && block.addr().is_multiple_of(align));
                    block.add(two[1] - 1).write(99);
                    assert!((0..100).all(|index| usize::from(block.add(index).read()) == index), "{two:?}");
                }
                Allocator.dealloc(block, layout(100));
            }
        }
    }

    #[test]
    fn blocks_are_cleared_where_that_is_asked_for() {
        for size in [LEAST - 1, LEAST, END - 1, END] {
            let layout = Layout::array::<u8>(size).unwrap();
            for _ in 0..3 {
                // SAFETY: as above.
                unsafe {
                    let block = Allocator.alloc_zeroed(layout);
                    assert!((0..size).all(|index| block.add(index).read() == 0), "{size}");
                    block.write_bytes(1, size);
                    Allocator.dealloc(block, layout);
                }
            }
        }
    }
}
