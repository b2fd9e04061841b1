//! A pump moves bytes between a file descriptor and a channel; ports of our own threads wait, and give up in time.
#![cfg(all(unix, not(loom)))]

#[path = "channel_support/random.rs"]
mod random;

use ferroport::channel::{Endpoint, Mark, Message, channel};
use ferroport::memory::Bytes;
use ferroport::native::end::{NoMessage, NoRoom};
use ferroport::native::inside::Port;
use ferroport::native::pump;
use ferroport::wire::{Form, Item, NoShapes, Reader, ViewKind, Writer};
use random::Random;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(30);

/// A pump over one end of a pair of sockets: the other end, and the port.
fn pumped() -> (UnixStream, Port) {
    let (near, far) = UnixStream::pair().unwrap();
    (far, over(near))
}

fn over(descriptor: impl Into<OwnedFd>) -> Port {
    let (here, there) = channel();
    pump(descriptor.into(), there).unwrap();
    Port::over(here)
}

fn message(bytes: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.whole_view(ViewKind::Uint8, bytes);
    writer.into_bytes().unwrap()
}

fn bytes_of(message: &Message) -> &[u8] {
    match Reader::new(&message.bytes, Form::Local(&NoShapes)).unwrap().read() {
        Ok(Item::WholeView { kind: ViewKind::Uint8, bytes }) => bytes,
        other => panic!("{other:?}"),
    }
}

/// What comes until the port is closed, and why it is.
fn all(port: &Port) -> (Vec<u8>, Option<u8>) {
    let mut all = Vec::new();
    loop {
        match port.recv_timeout(SOON) {
            Ok(message) => all.extend_from_slice(bytes_of(&message)),
            Err(NoMessage::Closed) => return (all, port.peer_reason()),
            Err(other) => panic!("{other:?}"),
        }
    }
}

fn noise(random: &mut Random, length: usize) -> Vec<u8> {
    let seed = random.next() as usize;
    (0..length).map(|place| (place.wrapping_mul(31) ^ (place >> 8) ^ seed) as u8).collect()
}

#[test]
fn what_is_written_is_read_in_order_and_the_end_closes_the_port() {
    let mut random = Random::seeded("pump reads");
    let (mut far, port) = pumped();
    let expected = noise(&mut random, 3_000_000);
    let sent = expected.clone();
    let writer = thread::spawn(move || {
        let mut rest = &sent[..];
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(1 + random.below(100_000)));
            far.write_all(piece).unwrap();
            random.stop();
            rest = after;
        }
    });
    let (read, reason) = all(&port);
    assert!(read == expected);
    assert_eq!(reason, Some(2), "the other side has ended the stream");
    writer.join().unwrap();
}

#[test]
fn what_is_posted_is_written_in_order_also_what_waits_when_the_port_closes() {
    let mut random = Random::seeded("pump writes");
    let (mut far, port) = pumped();
    let reader = thread::spawn(move || {
        let mut read = Vec::new();
        far.read_to_end(&mut read).unwrap();
        read
    });
    let mut expected = Vec::new();
    for _ in 0..300 {
        let length = random.below(20_000);
        let piece = noise(&mut random, length);
        port.send(&message(&piece)).unwrap();
        expected.extend(piece);
    }
    drop(port);
    assert!(reader.join().unwrap() == expected);
}

#[test]
fn what_the_other_side_does_not_read_at_once_is_written_when_it_does() {
    let (mut far, port) = pumped();
    for _ in 0..16 {
        port.send(&message(&[7; 60_000])).unwrap();
    }
    drop(port);
    thread::sleep(Duration::from_millis(600));
    let mut read = Vec::new();
    far.read_to_end(&mut read).unwrap();
    assert_eq!(read.len(), 16 * 60_000);
}

#[test]
fn a_slow_reader_stops_the_reading() {
    let (mut far, port) = pumped();
    port.set_mark(Mark { messages: 2, bytes: usize::MAX });
    far.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut written = 0;
    while let Ok(more) = far.write(&[1; 10_000]) {
        written += more;
        assert!(written < 100_000_000, "nobody reads");
    }
    drop(far);
    assert_eq!(all(&port).0.len(), written);
}

#[test]
fn a_side_that_takes_nothing_makes_who_posts_wait() {
    let (far, port) = pumped();
    let mut posted = 0;
    while port.send_timeout(&message(&[0; 60_000]), Duration::from_millis(300)).is_ok() {
        posted += 1;
        assert!(posted < 10_000, "nobody reads");
    }
    drop(far);
    assert_eq!(all(&port).1.map(|reason| [2, 3].contains(&reason)), Some(true));
}

#[test]
fn it_works_over_tcp_and_a_half_closed_side_still_hears() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut far = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (near, _) = listener.accept().unwrap();
    near.set_nonblocking(true).unwrap();
    let port = over(near);
    far.write_all(b"question").unwrap();
    assert_eq!(bytes_of(&port.recv_timeout(SOON).unwrap()), b"question");
    port.send(&message(b"answer")).unwrap();
    // Unread bytes on the pump's side must not take away what it has written.
    far.write_all(&[0; 100_000]).unwrap();
    drop(port);
    let mut answer = Vec::new();
    far.read_to_end(&mut answer).unwrap();
    assert_eq!(answer, b"answer");
    far.shutdown(Shutdown::Both).unwrap();
}

#[test]
fn pipes_have_one_direction() {
    let (read, write): (PipeReader, PipeWriter) = pipe().unwrap();
    let (from, to) = (over(read), over(write));
    for piece in [&b"one"[..], &[9; 200_000], b"three"] {
        to.send(&message(piece)).unwrap();
    }
    drop(to);
    let (read, reason) = all(&from);
    assert_eq!((read.len(), reason), (3 + 200_000 + 5, Some(2)));
}

#[test]
fn a_pipe_that_is_read_is_closed_with_its_port() {
    let (read, mut write) = pipe().unwrap();
    let from = over(read);
    write.write_all(b"x").unwrap();
    assert_eq!(bytes_of(&from.recv_timeout(SOON).unwrap()), b"x");
    drop(from);
    let begin = Instant::now();
    while write.write_all(b"x").is_ok() {
        assert!(begin.elapsed() < SOON, "nobody reads any more");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_is_no_bytes_is_refused() {
    let (mut far, port) = pumped();
    port.send(&message(b"before")).unwrap();
    let mut writer = Writer::new();
    writer.number(1.0);
    port.send(&writer.into_bytes().unwrap()).unwrap();
    assert_eq!(all(&port).1, Some(5));
    let mut read = Vec::new();
    far.read_to_end(&mut read).unwrap();
    assert_eq!(read, b"before");
}

fn keep_alive(milliseconds: f64, bytes: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.begin_array(2);
    writer.number(milliseconds);
    writer.whole_view(ViewKind::Uint8, bytes);
    writer.into_bytes().unwrap()
}

/// What comes to `far` within that time.
fn read_for(far: &mut UnixStream, time: Duration) -> Vec<u8> {
    let until = Instant::now() + time;
    let mut read = Vec::new();
    let mut memory = [0; 100_000];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return read;
        }
        far.set_read_timeout(Some(left)).unwrap();
        let length = far.read(&mut memory).unwrap_or(0);
        read.extend_from_slice(&memory[..length]);
    }
}

#[test]
fn a_keep_alive_is_written_whenever_nothing_else_is_and_the_last_one_holds() {
    let (mut far, port) = pumped();
    port.send(&keep_alive(20.0, b"k")).unwrap();
    let read = read_for(&mut far, Duration::from_millis(600));
    // Also on a machine that has much else to do.
    assert!((3..=30).contains(&read.len()) && read.iter().all(|&byte| byte == b'k'), "{read:?}");
    port.send(&keep_alive(20.0, b"K")).unwrap();
    let read = read_for(&mut far, Duration::from_millis(600));
    let later = read.iter().skip_while(|&&byte| byte == b'k').copied().collect::<Vec<u8>>();
    assert!(later.len() >= 3 && later.iter().all(|&byte| byte == b'K'), "{read:?}");
    // Nor does it hold up the end.
    drop(port);
    far.set_read_timeout(Some(SOON)).unwrap();
    far.read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn no_keep_alive_is_written_while_other_bytes_are() {
    let (mut far, port) = pumped();
    let every = Duration::from_secs(2);
    port.send(&keep_alive(2000.0, b"k")).unwrap();
    let writer = thread::spawn(move || {
        let begin = Instant::now();
        let mut longest = Duration::ZERO;
        while begin.elapsed() < every * 2 {
            let sent = Instant::now();
            thread::sleep(Duration::from_millis(50));
            port.send(&message(b".")).unwrap();
            longest = longest.max(sent.elapsed());
        }
        longest
    });
    let mut read = Vec::new();
    far.read_to_end(&mut read).unwrap();
    // Where this thread was not held up itself.
    if writer.join().unwrap() < every / 2 {
        assert!(read.iter().all(|&byte| byte == b'.'), "{read:?}");
    }
}

#[test]
fn a_keep_alive_stands_between_messages_and_never_within_one() {
    const LENGTH: usize = 700_000;
    let mut random = Random::seeded("pump keeps alive");
    let (mut far, port) = pumped();
    port.send(&keep_alive(1.0, &[0xff; 3])).unwrap();
    let writer = thread::spawn(move || {
        for number in 0..20 {
            port.send(&message(&[number; LENGTH])).unwrap();
            random.stop();
            // Every other one follows while the one before is under way.
            thread::sleep(Duration::from_millis(if number % 2 == 0 { 0 } else { 100 }));
        }
    });
    let mut read = Vec::new();
    let mut memory = vec![0; 50_000];
    // A message is under way for longer than the time after which a keep-alive is due.
    while let Ok(length @ 1..) = far.read(&mut memory) {
        read.extend_from_slice(&memory[..length]);
        thread::sleep(Duration::from_millis(1));
    }
    writer.join().unwrap();
    let mut rest = &read[..];
    let mut kept = 0;
    let mut number = 0;
    while let Some(&first) = rest.first() {
        let length = if first == 0xff { 3 } else { LENGTH };
        let (whole, after) = rest.split_at(length);
        assert!(whole.iter().all(|&byte| byte == first), "a message was cut");
        if first == 0xff {
            kept += 1;
        } else {
            assert_eq!(first, number);
            number += 1;
        }
        rest = after;
    }
    assert_eq!(number, 20);
    assert!(kept > 0);
}

#[test]
fn null_comes_back_when_what_was_posted_before_it_is_written() {
    let (mut far, port) = pumped();
    let mut writer = Writer::new();
    writer.null();
    let question = writer.into_bytes().unwrap();
    port.send(&message(&[1; 5_000_000])).unwrap();
    port.put(&question).unwrap();
    assert_eq!(port.recv_timeout(Duration::from_millis(300)).map(drop), Err(NoMessage::Empty));
    far.read_exact(&mut vec![0; 5_000_000]).unwrap();
    assert_eq!(*port.recv_timeout(SOON).unwrap().bytes, *question);
}

#[test]
fn what_is_no_keep_alive_is_refused() {
    for milliseconds in [-1.0, f64::NAN, f64::INFINITY] {
        let (_far, port) = pumped();
        port.send(&keep_alive(milliseconds, b"k")).unwrap();
        assert_eq!(all(&port).1, Some(5), "{milliseconds}");
    }
    let (mut far, port) = pumped();
    port.send(&keep_alive(1e18, b"k")).unwrap();
    assert!(read_for(&mut far, Duration::from_millis(50)).is_empty());
}

#[test]
fn buffers_and_views_of_them_are_bytes() {
    use ferroport::wire::{Buffer, View};
    let (mut far, port) = pumped();
    let buffer = Buffer { bytes: &[0, 1, 2, 3, 4, 5, 6, 7], max_byte_length: None };
    let mut writer = Writer::new();
    writer.array_buffer(buffer);
    port.send(&writer.into_bytes().unwrap()).unwrap();
    let mut writer = Writer::new();
    writer.begin_view(View { kind: ViewKind::Uint16, byte_offset: 2, byte_length: Some(4) });
    writer.array_buffer(buffer);
    port.send(&writer.into_bytes().unwrap()).unwrap();
    drop(port);
    let mut read = Vec::new();
    far.read_to_end(&mut read).unwrap();
    assert_eq!(read, [0, 1, 2, 3, 4, 5, 6, 7, 2, 3, 4, 5]);
}

#[test]
fn a_file_that_cannot_be_read_or_written_is_refused_or_closes() {
    let (here, there) = channel();
    let directory = std::fs::File::open(".").unwrap();
    match pump(directory.into(), there) {
        Err(_) => drop(here),
        Ok(()) => assert_eq!(all(&Port::over(here)).1, Some(3)),
    }
}

#[test]
fn pumps_end_in_whatever_order_their_sides_do() {
    let mut random = Random::seeded("pumps end");
    for _ in 0..200 {
        let (mut far, port) = pumped();
        let mut choices = random.fork();
        let other = thread::spawn(move || {
            for _ in 0..choices.below(20) {
                choices.stop();
                let length = choices.below(5000);
                if choices.one_in(3) {
                    let _ = far.read(&mut vec![0; length + 1]);
                } else {
                    let _ = far.write_all(&vec![1; length]);
                }
                let _ = far.set_read_timeout(Some(Duration::from_millis(1)));
            }
        });
        for _ in 0..random.below(20) {
            random.stop();
            if matches!(port.try_recv(), Err(NoMessage::Closed))
                || port.try_send(&message(&[0; 100])) == Err(NoRoom::Closed)
            {
                break;
            }
        }
        drop(port);
        other.join().unwrap();
    }
}

#[test]
fn ports_of_our_own_threads_wait_and_give_up_in_time() {
    let (a, b): (Endpoint, Endpoint) = channel();
    let (a, b) = (Port::over(a), Port::over(b));
    let moment = Duration::from_millis(20);
    assert_eq!(b.try_recv().map(drop), Err(NoMessage::Empty));
    assert_eq!(b.recv_timeout(moment).map(drop), Err(NoMessage::Empty));
    b.set_mark(Mark { messages: 1, bytes: usize::MAX });
    a.send(b"1").unwrap();
    assert_eq!(a.try_send(b"2"), Err(NoRoom::Full));
    assert_eq!(a.send_timeout(b"2", moment), Err(NoRoom::Full));
    let sender = thread::spawn(move || {
        (2..1000_u32).try_for_each(|n| a.send(n.to_string().as_bytes())).unwrap();
    });
    let read: Vec<Bytes> = b.iter().map(|message| message.unwrap().bytes).collect();
    assert!(read.iter().zip(1_u32..).all(|(bytes, n)| **bytes == *n.to_string().as_bytes()));
    assert_eq!((read.len(), b.recv().map(drop)), (999, Err(NoMessage::Closed)));
    assert_eq!(b.send(b"x"), Err(NoRoom::Closed));
    sender.join().unwrap();
}
