//! A stack of half-done containers that keeps the number of live handles small.

use crate::js::{Env, Scope};

/// So many children of one container share a handle scope.
const CHILDREN: u32 = 512;

/// Containers being walked, innermost last, each with the handle scope of its children.
///
/// The handles of its children die when the scope is renewed, between two of them. A container's own handle lives in
/// its parent's scope.
pub struct Stack<F> {
    env: Env,
    frames: Vec<(F, Option<Scope>, u32)>,
}

impl<F> Stack<F> {
    pub fn new(env: Env) -> Self {
        Stack { env, frames: Vec::new() }
    }

    /// Begins a container. The first children use their parent's scope, so that small containers pay nothing.
    pub fn push(&mut self, frame: F) {
        self.frames.push((frame, None, 0));
    }

    /// The innermost container, to read another child of it.
    pub fn top(&mut self) -> Option<&mut F> {
        self.frames.last_mut().map(|(frame, ..)| frame)
    }

    /// To be asked before each child of the innermost container: whether it is time to [`renew`](Stack::renew).
    pub fn due(&mut self) -> bool {
        let Some((.., children)) = self.frames.last_mut() else { return false };
        *children += 1;
        *children % CHILDREN == 0
    }

    /// Lets the handles of the innermost container's children go; none may be in use.
    pub fn renew(&mut self) -> crate::js::Result<()> {
        let Some((_, scope, _)) = self.frames.last_mut() else { return Ok(()) };
        if let Some(scope) = scope.take() {
            self.env.close_scope(scope);
        }
        *scope = Some(self.env.open_scope()?);
        Ok(())
    }

    /// Ends the innermost container.
    pub fn pop(&mut self) -> Option<F> {
        let (frame, scope, _) = self.frames.pop()?;
        if let Some(scope) = scope {
            self.env.close_scope(scope);
        }
        Some(frame)
    }
}

/// Scopes must be closed from the inside out, also when an error ends the walk.
impl<F> Drop for Stack<F> {
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}
