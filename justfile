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

# the Debian package of the release program (needs cargo-deb)
deb:
    packaging/deb.sh

# the package under a real systemd in a container (root; docs/operating.md)
systemd program="target/release/wirewatch":
    KILL_TO_READY_MS=2500 LARGE_GB=2 tests/systemd.sh {{program}}

# the container image (needs buildah)
container tag="wirewatch":
    packaging/container.sh {{tag}}

# start, reload, stop and rest with 10,000 feeds, 10,000 rules and 1 GB (docs/benchmarks.md)
bench-service *options:
    cargo build --release
    python3 benches/service.py {{options}}

# does memory stay flat? so many polls of local feeds through the daemon at full speed, or for so long (docs/benchmarks.md)
soak polls="2000000" seconds="14400":
    cargo build --release
    python3 benches/soak.py --polls {{polls}} --seconds {{seconds}}

# the long crash sweep: the real program killed again and again
sweep kills="500" articles="1000":
    WIREWATCH_KILLS={{kills}} cargo test --release --test crash -- --nocapture
    WIREWATCH_KILLS={{kills}} WIREWATCH_ARTICLES={{articles}} cargo test --release --test sweep -- --nocapture

# damaged feeds, so many or for so long (`60s`); a run is repeated with WIREWATCH_SEED
mutations amount="10000000":
    WIREWATCH_MUTATIONS={{amount}} cargo test --release --test mutations -- --nocapture

# coverage-guided: `feed`, `date`, `page`, `rule` or `article`, for so many seconds or, with 0 of them, runs (needs cargo-fuzz; the flag makes a stable compiler take its options)
fuzz target="feed" seconds="60" runs="-1":
    mkdir -p fuzz/corpus/{{target}} fuzz/seeds/{page,rule,article}
    python3 fuzz/seeds.py fuzz/seeds
    RUSTC_BOOTSTRAP=1 cargo fuzz run -O --sanitizer none {{ if target == "page" { "--no-trace-compares" } else { "" } }} {{target}} fuzz/corpus/{{target}} {{ if target =~ "page|rule|article" { "fuzz/seeds/" + target } else { "tests/fixtures/feeds" } }} -- -max_total_time={{seconds}} -runs={{runs}} -timeout=5 {{ if target == "page" { "-max_len=8192 -dict=fuzz/page.dict -entropic=0" } else if target == "rule" { "-max_len=1024 -dict=fuzz/rule.dict" } else if target == "article" { "-max_len=4096" } else { "-max_len=65536" } }}

# how fast feeds are read, and feedparser beside it
bench-feeds:
    cargo bench --bench feeds
    python3 benches/feeds.py

# what an article costs beside the bare parsing of its page; without a folder on the small pages of the tests
bench-extract root="tests/fixtures/pages" *options:
    cargo bench --bench extract -- --root "$(realpath {{root}})" {{options}}

# extractors of other projects and wirewatch on the same pages (docs/benchmarks.md)
rivals shared="../shared" *options:
    python3 benches/rivals.py --shared {{shared}} {{options}}

# cost and alerts on a world of 1,000 feeds (docs/benchmarks.md)
world tools="../shared/tools":
    cargo build --release
    python3 benches/world.py --tools {{tools}}

# what a poll costs, over 10,000 feeds, beside a bare loop and newsboat
polls tools="../shared/tools":
    cargo build --release
    python3 benches/polls.py --tools {{tools}}

# from the body of an article to its channels, at 50 a second; and beside a channel that is down (docs/benchmarks.md)
latency:
    cargo build --release
    python3 benches/latency.py
    python3 benches/outage.py

# the crash sweeps of Prometheus Alertmanager and rss2email
sweep-rivals:
    python3 benches/crash_alertmanager.py
    python3 benches/crash_rss2email.py

# how well examples/watches find their topics (docs/benchmarks.md)
topics shared="../shared":
    cargo build --release
    python3 benches/topics.py --shared {{shared}} --program target/release/wirewatch

# how long `check` takes for 1,000 rules (docs/benchmarks.md)
bench-check *options:
    cargo build --release
    python3 benches/check.py {{options}}

# the picture in the README
screenshot:
    cargo build --release
    docs/screenshot.sh
