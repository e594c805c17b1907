# Everything a contributor does. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# Node 24 comes from npm, so a machine's older Node only has to run npm.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
CLUSTER := node e2e/cluster/main.ts

##@ Work

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: node_modules/.package-lock.json ## install what package-lock.json pins
	@true

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

.PHONY: generate
generate: setup ## write every generated file
	npm run --silent generate

.PHONY: bpf
bpf: setup ## build the probes and their TypeScript layout
	$(CLUSTER) probe-packages
	node bpf/build.ts

.PHONY: bundle
bundle: setup ## make dist/, what the image contains
	npm run --silent build

##@ Check

.PHONY: lint
lint: setup ## style and likely mistakes
	npm run --silent lint

.PHONY: types
types: setup ## TypeScript's opinion
	npm run --silent types

.PHONY: verify
verify: setup ## generated files are fresh
	npm run --silent generate -- --check
	$(CLUSTER) probe-packages
	node bpf/build.ts --check

.PHONY: unit
unit: setup ## unit tests
	npm test

MINUTES ?= 20
.PHONY: churn
churn: setup ## an agent among 200 programs a second for MINUTES (20): no map and no memory grows (root)
	OSTACK_CHURN_SECONDS=$$(( $(MINUTES) * 60 )) npm test -- --runInBand --forceExit --testMatch '**/src/agent/churn.e2e.ts'

.PHONY: kernels
kernels: setup ## the probes on Debian's kernels, 5.10 to the newest, x86-64 and arm64, in QEMU guests (KERNELS="6.1 6.12": those)
	node e2e/kernels/main.ts $(KERNELS)

.PHONY: bench-agent
bench-agent: setup ## what the agent costs, in instructions (QEMU guests) and on this machine, beside Beyla's figures (root, 15 min)
	node e2e/bench/agent/main.ts

.PHONY: test
test: setup ## everything: the checks above, then tests with the real programs and scenarios on a real node (root)
	node e2e/run.ts

.PHONY: bench
bench: bundle ## what the operator costs, on a real API server; PARTS="rest thousand", PARTS=all for the long ones too
	node e2e/bench/operator/main.ts $(PARTS)

##@ Run

.PHONY: demo
demo: setup ## from a fresh clone to Ready=True, with traffic (kind where there is Docker, else a node of our own as root)
	node e2e/demo/main.ts

.PHONY: demo-down
demo-down: setup ## remove the demo
	node e2e/demo/main.ts down

.PHONY: e2e-kind
e2e-kind: setup ## scenarios that need only a cluster, on kind with published images (a Docker engine, kind, kubectl, Helm, a registry)
	node e2e/kind/main.ts

.PHONY: node-up
node-up: setup ## bring up a real Kubernetes node without a container engine (root)
	$(CLUSTER) up

.PHONY: node-down
node-down: setup ## end the node and remove everything of it
	$(CLUSTER) down

.PHONY: programs
programs: setup ## build the pinned programs of the node and the backends into ~/.cache/ostack
	$(CLUSTER) programs

.PHONY: images
images: setup ## make the images and give them to the node
	$(CLUSTER) images

.PHONY: clean
clean: ## remove what was built in the checkout
	rm -rf dist node_modules
