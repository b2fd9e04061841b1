//! A branch: the members of a group that are in one table.

use super::broadcast::{Audience, Membership, Seat};
use super::endpoint::{Endpoint, channel};
use super::key::Key;
use super::message::{Message, Parcel};
use super::queue::{Copied, Found};
use super::run::{record_length, record_size};
use std::collections::VecDeque;

/// Members that share an inbox, because they are to hear messages in one order. Each message comes to all of them, in the order of
/// their joining, before the next message does.
///
/// ```text
///                        taken                        inbox, an endpoint's queue
///   members        ┌──────────────────┐   ┌──────────┬──────────┬──────────┬──────────┐
///   a, b, c, d ◄───┤ 6: for c and d   │◄──┤ 7        │ 8        │ 9        │ 10       │◄── outlet
///                  └──────────────────┘   └──────────┴──────────┴──────────┴──────────┘
///                                           sent here: 8 and 9 by b
/// ```
///
/// A message in the inbox has a *position*: the number of messages that were sent there before it. By positions a branch knows which
/// messages its own members have sent, and which messages were sent before a member joined. So the inbox is a queue like any other, and
/// nothing in a message says whom the message is for.
///
/// Dropping the branch takes it out of the group.
pub(super) struct Branch {
    /// Closed before the branch leaves, so that nobody is told that its peer has closed.
    pub(super) inbox: Endpoint,
    membership: Membership,
    /// In the order of joining.
    members: Vec<Member>,
    /// The positions of the messages in the inbox that members of this branch have sent, in order.
    own: VecDeque<Own>,
    /// Messages that have left the inbox and that some members have not got yet. They come before those in the inbox.
    taken: VecDeque<Taken>,
    /// Whom the batch that was looked at last is for.
    targets: Vec<Key>,
    /// For each message of that batch the place of its sender among the targets, because a sender does not get its own message. Empty
    /// if no target has sent any of them.
    senders: Vec<Option<usize>>,
}

struct Member {
    key: Key,
    seat: Seat,
}

/// Positions in the inbox, one after the other, of messages that one member has sent.
struct Own {
    begin: usize,
    end: usize,
    key: Key,
}

struct Taken {
    message: Message,
    /// Who is still to get it: never none.
    targets: VecDeque<Key>,
}

/// A batch holds messages of one sender only if so many of that sender's come one after the other, or if no others wait. If the table has
/// two members, such a batch is for one of them, and that kind of batch costs least.
const STREAK: usize = 16;

/// A batch is for so many members at most. If there are more, messages come one by one.
const MOST_TARGETS: usize = 1024;

/// Whether the position is the other one or a later one. Holds also after the count has wrapped around.
fn is_from(position: usize, other: usize) -> bool {
    position.wrapping_sub(other) as isize >= 0
}

/// Writes into the header of the first record of a block who has sent it. The record's length.
fn mark_record(record: &mut [u8], sender: u32) -> usize {
    record[4..8].copy_from_slice(&sender.to_ne_bytes());
    record_size(record_length(record))
}

impl Branch {
    /// The branch of a group's first member in a table.
    pub(super) fn found(name: &str, key: Key) -> Branch {
        let (outlet, inbox) = channel();
        let (membership, seat) = Membership::found(name, outlet);
        let members = vec![Member { key, seat }];
        Branch {
            inbox,
            membership,
            members,
            own: VecDeque::new(),
            taken: VecDeque::new(),
            targets: Vec::new(),
            senders: Vec::new(),
        }
    }

    /// Another member joins.
    pub(super) fn join(&mut self, key: Key) {
        self.members.push(Member { key, seat: self.membership.join() });
    }

    /// A member leaves, and what waits for it is dropped. False if it was the last member: then the branch is to be dropped.
    pub(super) fn leave(&mut self, key: Key) -> bool {
        let Some(index) = self.members.iter().position(|member| member.key == key) else { return true };
        let member = self.members.remove(index);
        if self.members.is_empty() {
            return false;
        }
        self.membership.leave(member.seat.number);
        for taken in &mut self.taken {
            taken.targets.retain(|target| *target != key);
        }
        self.taken.retain(|taken| !taken.targets.is_empty());
        self.drop_unwanted();
        true
    }

    /// Drops the messages at the front of the inbox that are for nobody any more. Otherwise they would wait for a drain.
    fn drop_unwanted(&mut self) {
        loop {
            let position = self.inbox.received();
            self.find_targets(position, None);
            if self.inbox.queued() > 0 && !self.targets.is_empty() {
                return;
            }
            // Also if nothing waits, because an empty receive gives up the run that was read to its end.
            let Some(message) = self.inbox.view().receive() else { return };
            // The message may have come after the look above.
            self.find_targets(position, Some(&message));
            self.keep(message, self.targets.iter().copied().collect());
        }
    }

    /// The name of the group.
    pub(super) fn name(&self) -> &str {
        self.membership.name()
    }

    /// The number of a member's seat.
    pub(super) fn seat(&self, key: Key) -> Option<u64> {
        self.members.iter().find(|member| member.key == key).map(|member| member.seat.number)
    }

    /// Whom a message of a member would reach now.
    pub(super) fn audience(&self) -> Audience {
        self.membership.audience()
    }

    /// Sends a message of these bytes from a member to all other members.
    pub(super) fn send_bytes(&mut self, key: Key, bytes: &[u8]) {
        let position = self.membership.send_bytes(bytes);
        self.note(position, key);
    }

    /// The same for a message whose bytes need not be copied.
    pub(super) fn send(&mut self, key: Key, message: Message) {
        let position = self.membership.send(message);
        self.note(position, key);
    }

    /// The same for a message that goes along with a parcel. Members up to seat `youngest` get both. A member that joined after the
    /// parcel was sent does not get the parcel, and must not get the message.
    pub(super) fn send_beside(&mut self, key: Key, message: Message, parcel: Parcel, youngest: u64) {
        let position = self.membership.send(message.with_parcel(parcel).up_to(youngest));
        self.note(position, key);
    }

    /// A member has sent the message at this position of the inbox.
    fn note(&mut self, position: Option<usize>, key: Key) {
        let Some(begin) = position else { return };
        let end = begin.wrapping_add(1);
        match self.own.back_mut() {
            Some(last) if last.key == key && last.end == begin => last.end = end,
            _ => self.own.push_back(Own { begin, end, key }),
        }
    }

    /// About how many deliveries wait.
    pub(super) fn waiting(&self) -> usize {
        self.taken.iter().map(|taken| taken.targets.len()).sum::<usize>() + self.inbox.queued() * self.members.len()
    }

    /// The next message, and for whom it is.
    pub(super) fn next(&mut self) -> Option<(Key, Message)> {
        loop {
            if let Some(next) = self.next_taken() {
                return Some(next);
            }
            let position = self.inbox.received();
            let message = self.inbox.view().receive()?;
            if let Some(next) = self.admit(message, position) {
                return Some(next);
            }
        }
    }

    /// A message has left the inbox. If the message is for one member only, it is returned for that member at once.
    fn admit(&mut self, message: Message, position: usize) -> Option<(Key, Message)> {
        self.find_targets(position, Some(&message));
        if let [only] = self.targets[..] {
            return Some((only, message));
        }
        self.keep(message, self.targets.iter().copied().collect());
        None
    }

    /// The next delivery of a message that has left the inbox before.
    fn next_taken(&mut self) -> Option<(Key, Message)> {
        let front = self.taken.front_mut()?;
        let key = front.targets.pop_front()?;
        if !front.targets.is_empty() {
            return Some((key, front.message.again()));
        }
        self.taken.pop_front().map(|last| (key, last.message))
    }

    /// The next message and its member. Or several messages, if many small ones wait: at most `most_messages`, and not more than `most`
    /// deliveries can be made of. Several messages are copied into `block` as records, are for all [targets](Branch::targets), of which the
    /// first is returned, and are received when they are [settled](Branch::settle).
    pub(super) fn look(
        &mut self,
        most: usize,
        most_messages: usize,
        block: &mut [u8],
    ) -> Option<(Key, Found<Message>)> {
        let position = self.inbox.received();
        let (sender, streak) = self.sender(position);
        let (present, until_join) = self.present(position);
        let is_mixed = present > 1 && streak < STREAK.min(self.inbox.queued());
        self.address(present, u64::MAX, if is_mixed { None } else { sender });
        let count = self.targets.len();
        if self.taken.is_empty() && (1..=MOST_TARGETS.min(most)).contains(&count) {
            let alike = if is_mixed { until_join } else { until_join.min(streak) };
            let messages = (most / count).min(most_messages).min(alike);
            match self.inbox.view().look(messages, block)? {
                Found::Records(copied) => {
                    self.senders.clear();
                    if is_mixed {
                        self.mark_senders(position, copied.stretch.count, block);
                    }
                    return Some((self.targets[0], Found::Records(copied)));
                }
                Found::Message(message) => {
                    if let Some((key, message)) = self.admit(message, position) {
                        return Some((key, Found::Message(message)));
                    }
                }
            }
        }
        self.next().map(|(key, message)| (key, Found::Message(message)))
    }

    /// Finds who has sent each message of a batch that begins at this position, and writes it into the records.
    fn mark_senders(&mut self, position: usize, count: usize, block: &mut [u8]) {
        let mut own = self.own.iter().peekable();
        let mut record = block;
        for at in 0..count {
            let position = position.wrapping_add(at);
            while own.next_if(|own| is_from(position, own.end)).is_some() {}
            let sender = own.peek().filter(|own| is_from(position, own.begin)).map(|own| own.key);
            let place = sender.and_then(|sender| self.targets.iter().position(|target| *target == sender));
            self.senders.push(place);
            let length = mark_record(record, place.map_or(0, |place| place as u32 + 1));
            record = &mut record[length..];
        }
    }

    /// The members that get each message of the batch. A message's own sender is among them and does not get it.
    pub(super) fn targets(&self) -> &[Key] {
        &self.targets
    }

    /// So many deliveries of the batch were made, in the order in which all members get one message before the next.
    pub(super) fn settle(&mut self, batch: Copied, delivered: usize) {
        let (mut whole, mut begun) = (0, delivered);
        while whole < batch.stretch.count && begun >= self.receivers(whole).count() {
            begun -= self.receivers(whole).count();
            whole += 1;
        }
        let is_next = batch.received == self.inbox.received();
        self.inbox.view().settle(batch, whole);
        if is_next && begun > 0 && whole < batch.stretch.count {
            let is_member = |key: &Key| self.members.iter().any(|member| member.key == *key);
            let targets = self.receivers(whole).skip(begun).filter(is_member).collect();
            if let Some(message) = self.inbox.view().receive() {
                self.keep(message, targets);
            }
        }
    }

    /// Who gets a message of the batch.
    fn receivers(&self, message: usize) -> impl Iterator<Item = Key> {
        let sender = self.senders.get(message).copied().flatten();
        let places = self.targets.iter().enumerate();
        places.filter(move |(place, _)| Some(*place) != sender).map(|(_, target)| *target)
    }

    /// Takes the next message for a member out of the order.
    pub(super) fn receive(&mut self, key: Key) -> Option<Message> {
        let mut index = 0;
        loop {
            while index == self.taken.len() {
                let position = self.inbox.received();
                let message = self.inbox.view().receive()?;
                self.find_targets(position, Some(&message));
                self.keep(message, self.targets.iter().copied().collect());
            }
            let taken = &mut self.taken[index];
            if let Some(place) = taken.targets.iter().position(|target| *target == key) {
                taken.targets.remove(place);
                if !taken.targets.is_empty() {
                    return Some(taken.message.again());
                }
                return self.taken.remove(index).map(|last| last.message);
            }
            index += 1;
        }
    }

    /// Keeps a message that has left the inbox for those who are to get it, if there are any.
    fn keep(&mut self, mut message: Message, targets: VecDeque<Key>) {
        if targets.len() > 1 {
            message.share();
        }
        if !targets.is_empty() {
            self.taken.push_back(Taken { message, targets });
        }
    }

    /// Finds the targets of the message at this position. Without the message, finds who would get any message at that position.
    fn find_targets(&mut self, position: usize, message: Option<&Message>) {
        let (sender, _) = self.sender(position);
        let (present, _) = self.present(position);
        self.address(present, message.and_then(Message::youngest).unwrap_or(u64::MAX), sender);
    }

    /// Makes the targets: of the first `present` members those up to seat `youngest`, without the sender.
    fn address(&mut self, present: usize, youngest: u64, sender: Option<Key>) {
        let old_enough = self.members[..present].iter().filter(|member| member.seat.number <= youngest);
        self.targets.clear();
        self.targets.extend(old_enough.map(|member| member.key).filter(|key| Some(*key) != sender));
    }

    /// The member that has sent the message at a position, if one has, and for how many messages from there on the answer is the same.
    /// Forgets the positions before.
    fn sender(&mut self, position: usize) -> (Option<Key>, usize) {
        while self.own.front().is_some_and(|own| is_from(position, own.end)) {
            self.own.pop_front();
        }
        match self.own.front() {
            Some(own) if is_from(position, own.begin) => (Some(own.key), own.end.wrapping_sub(position)),
            Some(own) => (None, own.begin.wrapping_sub(position)),
            None => (None, usize::MAX),
        }
    }

    /// How many members had joined when the message at a position was sent, and for how many messages from there on that is so.
    fn present(&self, position: usize) -> (usize, usize) {
        let mut count = self.members.len();
        let mut stays = usize::MAX;
        while let Some(index) = count.checked_sub(1)
            && !is_from(position, self.members[index].seat.since)
        {
            stays = self.members[index].seat.since.wrapping_sub(position);
            count = index;
        }
        (count, stays)
    }
}
