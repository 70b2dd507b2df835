//! What gives memory to programs, tests and benches alike, and takes it back: `docs/decisions/0018-allocator.md`.

use tikv_jemallocator::Jemalloc;

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// One arena, as few threads compute at once; what is free goes back to the kernel after a tenth of a second.
#[expect(
    unsafe_code,
    reason = "jemalloc finds its settings by this name, which nothing else has"
)]
#[unsafe(export_name = "_rjem_malloc_conf")]
static SETTINGS: &[u8; 46] = b"narenas:1,dirty_decay_ms:100,muzzy_decay_ms:0\0";
