//! Equality of values: the same graph, whatever the order of its objects.

use super::{Object, Slot, Value};

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        let mut pairs = Pairs {
            left: self,
            right: other,
            met: vec![None; self.objects.len()],
            met_by: vec![None; other.objects.len()],
            waiting: Vec::new(),
        };
        if !pairs.slots(&self.root, &other.root) {
            return false;
        }
        while let Some((left, right)) = pairs.waiting.pop() {
            if !pairs.objects(left, right) {
                return false;
            }
        }
        true
    }
}

/// A walk over two values side by side, which must pair their objects off one to one.
struct Pairs<'v> {
    left: &'v Value,
    right: &'v Value,
    /// For each object on the left, its partner on the right.
    met: Vec<Option<usize>>,
    /// The same the other way round.
    met_by: Vec<Option<usize>>,
    /// Pairs not compared yet.
    waiting: Vec<(&'v Object, &'v Object)>,
}

impl<'v> Pairs<'v> {
    fn slots(&mut self, left: &Slot, right: &Slot) -> bool {
        match (left, right) {
            (Slot::Undefined, Slot::Undefined) | (Slot::Null, Slot::Null) => true,
            (Slot::Boolean(left), Slot::Boolean(right)) => left == right,
            (Slot::Number(left), Slot::Number(right)) => same_number(*left, *right),
            (Slot::BigInt(left), Slot::BigInt(right)) => left == right,
            (Slot::String(left), Slot::String(right)) => left == right,
            (Slot::Object(left), Slot::Object(right)) => self.pair(*left, *right),
            _ => false,
        }
    }

    fn pair(&mut self, left: usize, right: usize) -> bool {
        let (Some(left_object), Some(right_object)) = (self.left.objects.get(left), self.right.objects.get(right))
        else {
            return false;
        };
        match (self.met[left], self.met_by[right]) {
            (None, None) => {
                self.met[left] = Some(right);
                self.met_by[right] = Some(left);
                self.waiting.push((left_object, right_object));
                true
            }
            (partner, _) => partner == Some(right),
        }
    }

    fn all<T>(&mut self, left: &[T], right: &[T], mut same: impl FnMut(&mut Self, &T, &T) -> bool) -> bool {
        left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(self, left, right))
    }

    fn objects(&mut self, left: &Object, right: &Object) -> bool {
        match (left, right) {
            (Object::Boolean(left), Object::Boolean(right)) => left == right,
            (Object::Number(left), Object::Number(right)) | (Object::Date(left), Object::Date(right)) => {
                same_number(*left, *right)
            }
            (Object::String(left), Object::String(right)) => left == right,
            (Object::BigInt(left), Object::BigInt(right)) => left == right,
            (Object::RegExp { source, flags }, Object::RegExp { source: source2, flags: flags2 }) => {
                source == source2 && flags == flags2
            }
            (
                Object::Error { kind, message, stack, cause },
                Object::Error { kind: kind2, message: message2, stack: stack2, cause: cause2 },
            ) => {
                kind == kind2
                    && message == message2
                    && stack == stack2
                    && self.all(cause.as_slice(), cause2.as_slice(), Self::slots)
            }
            (Object::Plain(left), Object::Plain(right)) => {
                self.all(left, right, |pairs, left, right| left.0 == right.0 && pairs.slots(&left.1, &right.1))
            }
            (Object::Array(left), Object::Array(right)) => {
                self.all(left, right, |pairs, left, right| pairs.all(left.as_slice(), right.as_slice(), Self::slots))
            }
            (
                Object::SparseArray { length, properties },
                Object::SparseArray { length: length2, properties: properties2 },
            ) => {
                length == length2
                    && self.all(properties, properties2, |pairs, left, right| {
                        left.0 == right.0 && pairs.slots(&left.1, &right.1)
                    })
            }
            (Object::Map(left), Object::Map(right)) => self.all(left, right, |pairs, left, right| {
                pairs.slots(&left.0, &right.0) && pairs.slots(&left.1, &right.1)
            }),
            (Object::Set(left), Object::Set(right)) => self.all(left, right, Self::slots),
            (
                Object::ArrayBuffer { bytes, max_byte_length },
                Object::ArrayBuffer { bytes: bytes2, max_byte_length: max2 },
            ) => bytes == bytes2 && max_byte_length == max2,
            (
                Object::View { kind, byte_offset, byte_length, buffer },
                Object::View { kind: kind2, byte_offset: offset2, byte_length: length2, buffer: buffer2 },
            ) => kind == kind2 && byte_offset == offset2 && byte_length == length2 && self.pair(*buffer, *buffer2),
            _ => false,
        }
    }
}

/// As `Object.is`.
fn same_number(left: f64, right: f64) -> bool {
    left.to_bits() == right.to_bits() || left.is_nan() && right.is_nan()
}
