# Two commands do all the set-up: `make demo` and `make test`. `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo test chaos bench bench-core recovery quality lint fmt docs deny image-proof

# Passed on to the command behind a target: `make demo ARGS=--keep-running`.
ARGS ?=
# Of `make chaos`: minutes of faults, what its random plan starts from, workers.
MINUTES ?= 30
SEED ?=
WORKERS ?= 3
# Of `make quality`: labelled data, and beside it the scorer.
DATA ?= ../shared/data

help: ## This list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: ## Build the worker and run it on sample articles, with a broker inside the process.
	@.ci/install build
	cargo build --release --locked
	./target/release/copydesk demo $(ARGS)

test: ## Install what the tests need, then run all of them, those on a real Apache Kafka included.
	@.ci/install build kafka
	@cargo test --workspace --locked $(ARGS)

chaos: ## Break workers, brokers and network for MINUTES=30, with SEED= and WORKERS=3, and account for every record.
	@COPYDESK_TEST_KAFKA= .ci/install build kafka
	COPYDESK_CHAOS_MINUTES=$(MINUTES) COPYDESK_CHAOS_SEED=$(SEED) COPYDESK_CHAOS_WORKERS=$(WORKERS) \
		cargo test --release --locked --test chaos $(ARGS) -- --nocapture --test-threads=1

bench: ## Measure the worker on a real Apache Kafka and print a table.
	@.ci/install build kafka
	cargo build --release --locked
	cargo run --release --locked -p xtask -- bench $(ARGS)

bench-core: ## Measure decode, normalize and tag on their own (criterion).
	@.ci/install build
	cargo bench --locked $(ARGS)

recovery: ## Measure the worker after a kill, the loss of another, and under a silent broker (ARGS=--help).
	@COPYDESK_TEST_KAFKA= .ci/install build kafka
	cargo build --release --locked
	cargo run --release --locked -p xtask -- recovery $(ARGS)

quality: ## Score the command line on labelled data (DATA=FOLDER), and write docs/quality.md.
	@.ci/install build
	cargo build --release --locked
	cargo run --release --locked -p xtask -- quality --data $(DATA) $(ARGS)

lint: ## What CI checks before it tests: format, clippy, documentation.
	cargo fmt --all --check
	cargo clippy --all-targets --workspace --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace --locked

deny: ## Duplicate versions, licences and sources of the dependencies.
	@.ci/install deny
	cargo deny --locked check bans licenses sources

image-proof: ## Build the image without a registry, and run it against a real Apache Kafka (as root, on Linux).
	@COPYDESK_TEST_KAFKA= .ci/install build kafka image
	deploy/prove-image

fmt: ## Format the code.
	cargo fmt --all

docs: ## Write the pages of docs/ that are made from tables in the code.
	COPYDESK_TEST_REGENERATE=1 cargo test --lib --locked --quiet
