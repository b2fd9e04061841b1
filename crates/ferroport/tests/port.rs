//! Ports between threads: waiting, bounds, endings, wakers, ports inside of messages, and tables of other versions.

mod support;

use addon::channel::{self, Mark};
use ferroport::{AnyPort, Port, RecvError, SendError, TryRecvError, TrySendError, Value, abi};
use futures::{SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use support::{port, ports};

const SOON: Duration = Duration::from_millis(20);

#[test]
fn a_million_typed_messages_each_way_arrive_in_order() {
    #[derive(Serialize, Deserialize)]
    struct Numbered {
        number: u32,
        text: String,
    }
    const COUNT: u32 = 1_000_000;
    let (one, other) = ports::<Numbered, Numbered>();
    one.set_mark(1000, usize::MAX);
    other.set_mark(1000, usize::MAX);
    thread::scope(|scope| {
        for (sender, receiver) in [(&one, &other), (&other, &one)] {
            scope.spawn(move || {
                for number in 0..COUNT {
                    sender.send(&Numbered { number, text: String::new() }).unwrap();
                }
            });
            scope.spawn(move || {
                for number in 0..COUNT {
                    assert_eq!(receiver.recv().unwrap().number, number);
                }
            });
        }
    });
}

#[test]
fn a_thread_that_waits_is_woken_by_a_message_and_by_the_end() {
    let (one, other) = ports::<u32, u32>();
    thread::scope(|scope| {
        scope.spawn(|| {
            assert_eq!(one.recv(), Ok(1));
            assert_eq!(one.recv(), Ok(2));
            assert_eq!(one.recv(), Err(RecvError::Closed));
            assert_eq!(one.recv(), Err(RecvError::Closed), "and each time");
            assert_eq!(one.send(&1), Err(SendError::Closed));
        });
        for number in [1, 2] {
            thread::sleep(SOON);
            other.send(&number).unwrap();
        }
        thread::sleep(SOON);
        drop(other);
    });
}

#[test]
fn each_message_goes_to_one_of_the_threads_that_wait() {
    const COUNT: usize = 20_000;
    let (one, other) = ports::<usize, usize>();
    let sum = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for number in one.iter() {
                    sum.fetch_add(number.unwrap(), Ordering::Relaxed);
                }
            });
        }
        scope.spawn(move || {
            for number in 0..COUNT {
                other.send(&number).unwrap();
            }
        });
    });
    assert_eq!(sum.into_inner(), COUNT * (COUNT - 1) / 2);
}

#[test]
fn nobody_waits_longer_than_said() {
    let (one, other) = ports::<u32, u32>();
    assert_eq!(one.try_recv(), Err(TryRecvError::Empty));
    let begin = Instant::now();
    assert_eq!(one.recv_timeout(SOON), Err(TryRecvError::Empty));
    assert!(begin.elapsed() >= SOON);
    one.set_mark(2, usize::MAX);
    other.try_send(&1).unwrap();
    other.try_send(&2).unwrap();
    assert_eq!(other.try_send(&3), Err(TrySendError::Full));
    assert_eq!(other.send_timeout(&3, SOON), Err(SendError::TimedOut));
    assert_eq!(one.try_recv(), Ok(1));
    other.try_send(&3).unwrap();
    drop(one);
    assert_eq!(other.try_send(&4), Err(TrySendError::Failed(SendError::Closed)));
    assert_eq!(other.send_timeout(&4, SOON), Err(SendError::Closed));
}

#[test]
fn who_sends_to_a_full_end_waits_for_room_or_the_end() {
    let (one, other) = ports::<u32, u32>();
    one.set_mark(1, usize::MAX);
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..100 {
                other.send(&number).unwrap();
            }
            assert_eq!((100..).find_map(|number| other.send(&number).err()), Some(SendError::Closed));
        });
        for number in 0..100 {
            assert_eq!(one.recv(), Ok(number));
        }
        thread::sleep(SOON);
        drop(one);
    });
}

#[test]
fn what_waits_at_an_end_that_closes_is_received() {
    let (one, other) = ports::<u32, u32>();
    other.send(&1).unwrap();
    other.send(&2).unwrap();
    drop(other);
    assert_eq!(one.iter().map(Result::unwrap).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_message_of_another_type_is_an_error_and_the_next_one_comes() {
    let (one, other) = ports::<Value, u32>();
    for value in [Value::Number(1.0), Value::Null, Value::Number(2.0)] {
        other.send(&value).unwrap();
    }
    drop(other);
    let one: Port<u32, u32> = one.into_typed();
    let texts: Vec<String> =
        one.iter().map(|read| read.map_or_else(|error| error.to_string(), |n| n.to_string())).collect();
    assert_eq!(texts, ["1", "invalid type: unit value, expected u32", "2"]);
}

#[test]
fn streams_and_sinks_do_the_same_for_tasks() {
    let (one, other) = ports::<u32, u32>();
    one.set_mark(4, usize::MAX);
    let (mut sender, mut answers) = other.split();
    let echo = thread::spawn(move || {
        for number in one.iter() {
            one.send(&(2 * number.unwrap())).unwrap();
        }
    });
    futures::executor::block_on(async {
        for number in 0..1000 {
            sender.send(number).await.unwrap();
            assert_eq!(answers.next().await.unwrap().unwrap(), 2 * number);
        }
        for number in 0..100 {
            sender.send(number).await.unwrap();
        }
        for number in 0..100 {
            assert_eq!(answers.next().await.unwrap().unwrap(), 2 * number);
        }
    });
    drop((sender, answers));
    echo.join().unwrap();
}

#[test]
fn a_stream_ends_with_its_channel() {
    let (one, other) = ports::<u32, u32>();
    let (_sender, mut receiver) = one.split();
    let end = thread::spawn(move || {
        thread::sleep(SOON);
        other.send(&1).unwrap();
        thread::sleep(SOON);
        drop(other);
    });
    futures::executor::block_on(async {
        assert_eq!(receiver.next().await, Some(Ok(1)));
        assert_eq!(receiver.next().await, None);
    });
    end.join().unwrap();
}

#[test]
fn ports_go_in_messages_with_what_waits_for_them() {
    #[derive(Serialize, Deserialize, Debug)]
    #[serde(tag = "op")]
    enum Message {
        Take { port: AnyPort, n: u8 },
    }
    let (one, other) = ports::<Message, Message>();
    let (inner, far) = one.channel::<String, String, String, String>().unwrap();
    inner.send(&"early".to_owned()).unwrap();
    let message = Message::Take { port: far.into_any(), n: 1 };
    one.send(&message).unwrap();
    let Message::Take { port: sent, .. } = message;
    assert!(sent.is_gone());
    let error = one.send(&Message::Take { port: sent, n: 1 }).unwrap_err();
    assert_eq!(error.to_string(), "at .port: the port has been sent already");
    let Message::Take { port, n } = other.recv().unwrap();
    assert_eq!(n, 1);
    let far: Port<String, String> = port.typed().unwrap();
    assert_eq!(far.recv().unwrap(), "early");
    far.send(&"back".to_owned()).unwrap();
    assert_eq!(inner.recv().unwrap(), "back");
}

#[test]
fn a_port_whose_message_is_not_sent_or_not_read_stays_or_closes() {
    #[derive(Serialize)]
    struct Fails {
        port: AnyPort,
        deep: Value,
    }
    let (one, other) = ports::<u32, u32>();
    let (inner, far) = one.channel::<u8, u8, u8, u8>().unwrap();
    let mut deep = Value::Null;
    for _ in 0..200 {
        deep = Value::Array(vec![deep]);
    }
    let message = Fails { port: far.into_any(), deep };
    let one: Port<u32, Fails> = one.into_typed();
    assert!(matches!(one.send(&message), Err(SendError::Invalid(_))));
    assert!(!message.port.is_gone());
    inner.send(&1).unwrap();
    let message = Fails { deep: Value::Null, ..message };
    one.send(&message).unwrap();
    // It is read as something else, so nobody takes the port.
    assert!(matches!(other.recv(), Err(RecvError::Invalid(_))));
    assert_eq!(inner.recv(), Err(RecvError::Closed));
}

#[test]
fn a_port_that_is_sent_to_its_own_other_end_is_lost() {
    let (one, other) = ports::<AnyPort, AnyPort>();
    let itself = other.into_any();
    assert_eq!(one.send(&itself), Err(SendError::Lost));
    assert!(itself.is_gone());
    assert!(matches!(one.recv(), Err(RecvError::Closed)));
}

#[test]
fn signals_come_and_go_on() {
    let signal = channel::expiring(SOON).unwrap();
    let (theirs, ours) = channel::channel();
    let mut writer = addon::wire::Writer::new();
    writer.begin_array(2);
    writer.signal(0);
    writer.reference(1);
    let bytes = addon::memory::Bytes::from(writer.into_bytes().unwrap());
    theirs.send(channel::Message::new(bytes).with_signals(vec![signal])).unwrap();
    let ours = port::<Vec<ferroport::AbortSignal>, Vec<ferroport::AbortSignal>>(ours);
    let signals = ours.recv().unwrap();
    assert_eq!(signals.len(), 2);
    ours.send(&signals).unwrap();
    let channel::Poll::Message(mut message) = theirs.poll() else { panic!() };
    let on = message.take_signals();
    assert_eq!(on.len(), 2);
    let begin = Instant::now();
    while !signals[0].is_aborted() {
        assert!(begin.elapsed() < Duration::from_secs(20));
        thread::sleep(SOON);
    }
    assert!(on[1].is_aborted());
}

#[test]
fn a_message_that_only_javascript_can_read_is_an_error_and_the_next_one_comes() {
    let (theirs, ours) = channel::channel();
    let ours = port::<u32, u32>(ours);
    theirs.send(channel::Message::default().with_parcel(channel::Parcel::new())).unwrap();
    theirs.send(channel::Message::default().as_order()).unwrap();
    let mut writer = addon::wire::Writer::new();
    writer.int(1);
    theirs.send_bytes(&writer.into_bytes().unwrap()).unwrap();
    assert!(matches!(ours.recv(), Err(RecvError::Invalid(_))));
    assert_eq!(ours.recv(), Ok(1));
}

#[test]
fn an_endpoint_becomes_native_only_while_nothing_waits_that_is_bound_to_javascript() {
    let (theirs, ours) = channel::channel();
    theirs.send(channel::Message::default().with_parcel(channel::Parcel::new())).unwrap();
    assert!(!ours.become_native());
    assert!(!theirs.is_native());
    assert!(matches!(ours.poll(), channel::Poll::Message(_)));
    assert!(ours.become_native());
    assert!(theirs.is_native() && ours.is_native());
}

#[test]
fn the_mark_that_was_there_holds() {
    let (theirs, ours) = channel::channel();
    theirs.set_mark(Mark { messages: 1, bytes: usize::MAX });
    let ours = port::<(), u32>(ours);
    ours.try_send(&1).unwrap();
    assert_eq!(ours.try_send(&2), Err(TrySendError::Full));
    assert!(matches!(theirs.poll(), channel::Poll::Message(_)));
    ours.try_send(&2).unwrap();
}

/// What tables and ports need for as long as the process runs: reachable, so that it does not count as lost.
static KEPT: Mutex<Vec<Box<dyn Any + Send>>> = Mutex::new(Vec::new());

/// The table as another version has it: so many bytes of it.
fn table_of(size: usize, major: u32) -> *const abi::Table {
    // SAFETY: both are the same struct; what is beyond `size` is poisoned.
    unsafe {
        let mut table = vec![0xAA_u8; size_of::<abi::Table>() + 64];
        let aligned = table.as_mut_ptr().add(table.as_ptr().align_offset(align_of::<abi::Table>()));
        std::ptr::copy_nonoverlapping(std::ptr::from_ref(&addon::native::TABLE).cast::<u8>(), aligned, size);
        KEPT.lock().unwrap().push(Box::new(table));
        let table = aligned.cast::<abi::Table>();
        (&raw mut (*table).size).write(size);
        (&raw mut (*table).major).write(major);
        table
    }
}

fn taken<In, Out>(table: *const abi::Table) -> Result<Port<In, Out>, ferroport::Error> {
    let (theirs, ours) = channel::channel();
    KEPT.lock().unwrap().push(Box::new(theirs));
    let handover = addon::native::hand_over(ours).cast::<abi::Handover>();
    // SAFETY: it has just been made.
    unsafe {
        (*handover).table = table;
        let port = Port::from_handover(handover);
        addon::native::take_back(handover.cast());
        port
    }
}

#[test]
fn a_table_with_fewer_entries_does_what_it_can() {
    let first = std::mem::offset_of!(abi::Table, channel);
    let port = taken::<u32, u32>(table_of(first, 1)).unwrap();
    port.try_send(&1).unwrap();
    assert_eq!(port.try_recv(), Err(TryRecvError::Empty));
    assert!(port.channel::<(), (), (), ()>().is_none());
    port.set_mark(1, 1);
    drop(port);
    let newer = taken::<u32, u32>(table_of(size_of::<abi::Table>(), 1)).unwrap();
    assert!(newer.channel::<(), (), (), ()>().is_some());
}

#[test]
fn a_table_with_more_entries_does_what_is_known() {
    let table = table_of(size_of::<abi::Table>(), 1);
    // SAFETY: the memory behind it is there.
    unsafe { (&raw mut (*table.cast_mut()).size).write(size_of::<abi::Table>() + 64) };
    let port = taken::<u32, u32>(table).unwrap();
    port.send(&1).unwrap();
    assert!(port.channel::<(), (), (), ()>().is_some());
}

#[test]
fn a_table_of_another_version_is_refused_and_the_port_can_be_closed() {
    for table in [table_of(size_of::<abi::Table>(), 2), table_of(16, 1)] {
        let error = taken::<u32, u32>(table).unwrap_err();
        assert!(error.to_string().contains("this addon knows version 1"), "{error}");
    }
}

#[test]
fn the_two_sides_have_the_same_structs() {
    use addon::native::abi as other;
    assert_eq!(size_of::<abi::Table>(), size_of::<other::Table>());
    assert_eq!(size_of::<abi::Message>(), size_of::<other::Message>());
    assert_eq!(size_of::<abi::Outgoing>(), size_of::<other::Outgoing>());
    assert_eq!(abi::TYPE_TAG, other::TYPE_TAG);
}

struct Freed {
    is_gone: AtomicBool,
    runs: AtomicUsize,
}

unsafe extern "C" fn runs(data: *mut c_void) {
    // SAFETY: what the test has given.
    let freed = unsafe { &*data.cast::<Freed>() };
    for _ in 0..50 {
        assert!(!freed.is_gone.load(Ordering::SeqCst), "the waker runs after it was taken back");
        std::hint::spin_loop();
    }
    freed.runs.fetch_add(1, Ordering::SeqCst);
}

#[test]
fn a_waker_does_not_run_once_it_was_taken_back() {
    let table = &addon::native::TABLE;
    let (theirs, ours) = channel::channel();
    let theirs = Arc::new(theirs);
    let handover = addon::native::hand_over(ours);
    // SAFETY: as docs/native-abi.md says.
    unsafe {
        let port = std::mem::replace(&mut (*handover).port, std::ptr::null_mut());
        addon::native::take_back(handover);
        let is_over = Arc::new(AtomicBool::new(false));
        let sender = thread::spawn({
            let (theirs, is_over) = (theirs.clone(), is_over.clone());
            move || {
                while !is_over.load(Ordering::Relaxed) {
                    theirs.send_bytes(&[]).unwrap();
                    thread::yield_now();
                }
            }
        });
        let mut all_runs = 0;
        for _ in 0..5000 {
            let freed = Box::new(Freed { is_gone: AtomicBool::new(false), runs: AtomicUsize::new(0) });
            (table.set_waker)(port, Some(runs), std::ptr::from_ref(&*freed).cast_mut().cast());
            let mut message = std::ptr::null_mut();
            while (table.poll)(port, &mut message) == abi::OK {
                (table.free)(message);
            }
            (0..200).for_each(|_| std::hint::spin_loop());
            (table.set_waker)(port, None, std::ptr::null_mut());
            freed.is_gone.store(true, Ordering::SeqCst);
            all_runs += freed.runs.load(Ordering::SeqCst);
        }
        is_over.store(true, Ordering::Relaxed);
        sender.join().unwrap();
        (table.close)(port);
        assert!(all_runs > 0);
    }
    assert!(theirs.is_peer_closed());
}

#[test]
fn a_port_that_nobody_takes_closes_with_its_object() {
    let (theirs, ours) = channel::channel();
    let handover = addon::native::hand_over(ours);
    assert!(!theirs.is_peer_closed());
    // SAFETY: it has just been made.
    unsafe { addon::native::take_back(handover) };
    assert!(theirs.is_peer_closed());
}

#[test]
fn ends_close_in_any_order_while_others_send() {
    for round in 0..2000_u32 {
        let (one, other) = ports::<u32, u32>();
        let run = |port: Port<u32, u32>, most: u32| {
            thread::spawn(move || {
                for number in 0..most {
                    if port.send(&number).is_err() {
                        break;
                    }
                    let _ = port.try_recv();
                }
            })
        };
        let threads = [run(one, round % 37), run(other, round % 53)];
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
}
