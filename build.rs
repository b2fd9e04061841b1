//! Build settings of the addon: Node-API's linker flags, and a library that is never unmapped.

fn main() {
    if std::env::var_os("CARGO_FEATURE_NODE_API").is_none() {
        return;
    }
    napi_build::setup();
    pin_library();
}

/// Node unloads an addon when the last environment that loaded it ends, and runs some finalizers after that.
/// A library that stays mapped cannot be called into after it is gone.
fn pin_library() {
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| matches!(os.as_str(), "linux" | "android" | "freebsd")) {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
