//! One message or more for every tag of the format; docs/wire-format.md shows the same ones, byte by byte.

use ferroport::wire::{Buffer, ErrorKind, ErrorParts, Shapes, View, ViewKind, Writer};

/// The process-wide shapes that the examples of the in-process form take for granted: shape 7 is `{ x, y }`.
pub struct ExampleShapes;

impl Shapes for ExampleShapes {
    fn key_count(&self, number: u32) -> Option<u32> {
        (number == 7).then_some(2)
    }
}

/// `(what the message holds, its bytes)`.
pub fn examples() -> Vec<(&'static str, Vec<u8>)> {
    let mut all = Vec::new();
    let mut example = |name, write: &dyn Fn(&mut Writer)| {
        let mut writer = Writer::new();
        write(&mut writer);
        all.push((name, writer.into_bytes().unwrap()));
    };
    example("undefined", &|w| w.undefined());
    example("null", &|w| w.null());
    example("false", &|w| w.boolean(false));
    example("true", &|w| w.boolean(true));
    example("-2", &|w| w.number(-2.0));
    example("8388608", &|w| w.number(8_388_608.0));
    example("1.5", &|w| w.number(1.5));
    example("-0", &|w| w.number(-0.0));
    example("NaN", &|w| w.number(f64::NAN));
    example("-(2n ** 64n)", &|w| w.bigint(true, &[0, 1]));
    example("0n", &|w| w.bigint(false, &[]));
    example("'hello'", &|w| w.str("hello"));
    example("'π'", &|w| w.str("π"));
    example("[1, , 2]", &|w| {
        w.begin_array(3);
        w.number(1.0);
        w.hole();
        w.number(2.0);
    });
    example("['ab', '', 'c'], a run", &|w| {
        w.begin_array(3);
        w.run(&[&[0x61, 0x62], &[], &[0x63]]);
    });
    example("[1, 'π', 'a', 2], its strings a run", &|w| {
        w.begin_array(4);
        w.number(1.0);
        w.run(&[&[0x3c0], &[0x61]]);
        w.number(2.0);
    });
    example("const a = []; a.push(a); a", &|w| {
        w.begin_array(1);
        w.reference(0);
    });
    example("new Boolean(true)", &|w| w.boolean_object(true));
    example("new Number(7)", &|w| w.number_object(7.0));
    example("new String('ab')", &|w| {
        w.begin_string_object();
        w.str("ab");
    });
    example("Object(1n)", &|w| w.bigint_object(false, &[1]));
    example("new Date(1)", &|w| w.date(1.0));
    example("/a+/g", &|w| {
        w.begin_regexp();
        w.str("a+");
        w.str("g");
    });
    example("new TypeError('no', { cause: 5 }), its stack deleted", &|w| {
        w.begin_error(ErrorKind::Type, ErrorParts { message: true, stack: false, cause: true });
        w.str("no");
        w.number(5.0);
    });
    example("{ a: 1, 2: true }", &|w| {
        w.begin_object(2);
        w.index(2);
        w.boolean(true);
        w.str("a");
        w.number(1.0);
    });
    example("[{ x: 1, y: 2 }, { x: 3, y: 4 }]", &|w| {
        w.begin_array(2);
        let shape = w.begin_shape(2);
        w.str("x");
        w.str("y");
        w.number(1.0);
        w.number(2.0);
        w.begin_shaped(shape);
        w.number(3.0);
        w.number(4.0);
    });
    example("[1, 2]", &|w| w.packed_ints(&[1, 2]));
    example("[0.5]", &|w| w.packed_doubles(&[0.5]));
    example("const s = Array(1000); s[9] = 1; s.extra = 2; s", &|w| {
        let open = w.open_sparse_array(1000, 2);
        w.index(9);
        w.number(1.0);
        w.str("extra");
        w.number(2.0);
        w.close(open, 2);
    });
    example("new Map([['k', 1]])", &|w| {
        w.begin_map(1);
        w.str("k");
        w.number(1.0);
    });
    example("new Set([1])", &|w| {
        w.begin_set(1);
        w.number(1.0);
    });
    example("new ArrayBuffer(2, { maxByteLength: 8 })", &|w| {
        w.array_buffer(Buffer { bytes: &[0; 2], max_byte_length: Some(8) });
    });
    example("const b = new ArrayBuffer(8); [new Uint16Array(b, 2, 2), b]", &|w| {
        w.begin_array(2);
        w.begin_view(View { kind: ViewKind::Uint16, byte_offset: 2, byte_length: Some(4) });
        w.array_buffer(Buffer { bytes: &[0; 8], max_byte_length: None });
        w.reference(2);
    });
    example("new DataView(new ArrayBuffer(4, { maxByteLength: 8 }))", &|w| {
        w.begin_view(View { kind: ViewKind::DataView, byte_offset: 0, byte_length: None });
        w.array_buffer(Buffer { bytes: &[1, 2, 3, 4], max_byte_length: Some(8) });
    });
    example("new Uint8Array([1, 2, 3])", &|w| w.whole_view(ViewKind::Uint8, &[1, 2, 3]));
    example("{ x: 1, y: 2 }, its shape known as number 7", &|w| {
        w.begin_local_shaped(7);
        w.number(1.0);
        w.number(2.0);
    });
    example("post(port, [port])", &|w| w.port(0));
    example("new SharedArrayBuffer(8)", &|w| w.sidecar(0));
    example("new SharedAbortController().signal", &|w| w.signal(0));
    all
}
