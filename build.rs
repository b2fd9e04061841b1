//! Build settings of the addon: Node-API's linker flags.

fn main() {
    if std::env::var_os("CARGO_FEATURE_NODE_API").is_some() {
        napi_build::setup();
    }
}
