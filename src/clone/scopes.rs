//! A stack of half-done containers that keeps the number of live handles small.

use crate::js::{Env, Result, Scope};

/// So many values share a handle scope.
const VALUES: u32 = 512;

/// Containers being walked, innermost last, each with the handle scope of its children if they are many.
///
/// The handles of a container's children die when its scope is renewed, between two children. The container's own handle lives in its
/// parent's scope.
pub struct Stack<'s, F> {
    env: Env<'s>,
    levels: Vec<Level<F>>,
}

struct Level<F> {
    frame: F,
    /// Opened when it is renewed first: small containers pay nothing.
    scope: Option<Scope>,
    /// Values read or written since it was renewed, those inside of completed children included.
    values: u32,
}

impl<'s, F> Stack<'s, F> {
    pub fn new(env: Env<'s>) -> Self {
        Stack { env, levels: Vec::new() }
    }

    /// Begins a container.
    pub fn push(&mut self, frame: F) {
        self.levels.push(Level { frame, scope: None, values: 0 });
    }

    /// The innermost container, to read another child of it.
    pub fn top(&mut self) -> Option<&mut F> {
        self.levels.last_mut().map(|level| &mut level.frame)
    }

    /// To be asked before each child of the innermost container: whether it is time to [`renew`](Stack::renew).
    pub fn due(&mut self) -> bool {
        let Some(level) = self.levels.last_mut() else { return false };
        level.values += 1;
        level.values >= VALUES
    }

    /// Lets the handles of the innermost container's children go.
    ///
    /// The first time they stay, in the scope of a container around it: that one lets them go.
    ///
    /// # Safety
    /// Values that were made since the last renewal of this container are not used any more; and values that are made from now on are
    /// not used any more when the container is renewed again, ended or dropped.
    pub unsafe fn renew(&mut self) -> Result<()> {
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        level.values = 0;
        if let Some(scope) = level.scope.take() {
            self.env.close_scope(scope);
        }
        // SAFETY: the caller's promise.
        level.scope = Some(unsafe { self.env.open_scope() }?);
        Ok(())
    }

    /// Ends the innermost container.
    pub fn pop(&mut self) -> Option<F> {
        let Level { frame, scope, values } = self.levels.pop()?;
        let left_behind = match scope {
            Some(scope) => {
                self.env.close_scope(scope);
                VALUES
            }
            None => values,
        };
        if let Some(around) = self.levels.last_mut() {
            around.values += left_behind;
        }
        Some(frame)
    }
}

/// Scopes must be closed from the inside out, also when an error ends the walk.
impl<F> Drop for Stack<'_, F> {
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}
