# What a developer types often. `just` lists it.

default:
    @just --list

# what CI checks, without installing anything
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    cargo test

# the built-in news site, the real daemon, alerts and a digest
demo *arguments:
    cargo run --release -- demo {{arguments}}

# the long crash sweep: the real program killed again and again
sweep kills="500":
    WIREWATCH_KILLS={{kills}} cargo test --release --test crash -- --nocapture

# cost and alerts on a world of 1,000 feeds (docs/benchmarks.md)
world tools="../shared/tools":
    cargo build --release
    python3 benches/world.py --tools {{tools}}

# what a poll costs, over 10,000 feeds, beside a bare loop and newsboat
polls tools="../shared/tools":
    cargo build --release
    python3 benches/polls.py --tools {{tools}}

# the picture in the README
screenshot:
    cargo build --release
    docs/screenshot.sh
