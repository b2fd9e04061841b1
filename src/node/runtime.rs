//! What the process that has loaded the addon exports itself: functions that not every runtime has, by their names.

#[cfg(unix)]
use libloading::os::unix::{Library, Symbol};
#[cfg(windows)]
use libloading::os::windows::{Library, Symbol};

/// The exports of the process; `None` if the system does not give them.
pub fn exports() -> Option<Library> {
    #[cfg(unix)]
    return Some(Library::this());
    #[cfg(windows)]
    return Library::this().ok();
}

/// A function of that name, which ends with a NUL; `None` if there is none.
///
/// # Safety
/// A function of that name, wherever there is one, is an `F`.
pub unsafe fn function<F: Copy>(exports: &Library, name: &[u8]) -> Option<F> {
    // SAFETY: the caller's promise.
    let symbol: Symbol<F> = unsafe { exports.get(name) }.ok()?;
    Some(*symbol)
}
