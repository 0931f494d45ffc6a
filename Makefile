# Everything a developer or CI runs. `make` alone lists the targets.
# `run`, `serve`, `test` and `package` need Go; the others install what they need into .venv and .tools.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --warn-undefined-variables

# Versions of what is built from Go modules; the Python tools are in tools/requirements.txt.
GOLANGCI_LINT_VERSION := v2.15.0
GOVULNCHECK_VERSION   := v1.9.0
PIP_TOOLS_VERSION     := 7.6.2

PYTHON ?= python3
VENV   := .venv
TOOLS  := $(CURDIR)/.tools
SAM    := $(VENV)/bin/sam

MVN            ?= mvn
DYNAMODB_LOCAL := $(TOOLS)/dynamodb-local

NPM ?= npm
AXE := $(TOOLS)/axe/node_modules/axe-core/axe.min.js

GOLANGCI_LINT := $(TOOLS)/golangci-lint-$(GOLANGCI_LINT_VERSION)
GOVULNCHECK   := $(TOOLS)/govulncheck-$(GOVULNCHECK_VERSION)

# No tool reports home, and none looks for the caller's AWS account unless the target is about it.
export SAM_CLI_TELEMETRY := 0

FUZZTIME ?= 10m

# What follows `callback local` in run and serve.
ARGS ?=

NPM              ?= npm
BENCH_NODE       := bench/contender/node
BENCH_PYTHON     := bench/contender/python
# `make bench BENCH_FLAGS='-only 1k -rounds 1'`; the command's -help lists them.
BENCH_FLAGS      ?=

# The race detector needs a C compiler. Without one the tests run without it and say so; CI insists.
RACE = $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)
# The detector waits for a second at the end of each of fifty programs, for what still goes on then. Where goroutines stay, goleak
# says so; a tenth of a second will do.
GORACE_SLEEP = atexit_sleep_ms=100

# How executables are built that are deployed: their bytes depend on the source and the toolchain alone. Tests run the same.
DEPLOYED = -trimpath -buildvcs=false -tags lambda.norpc -ldflags '-s -w -buildid='
TESTED   = ./functions/sqs ./functions/eventbridge ./functions/http ./functions/approval ./cmd/callback

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^##@ / { print "\n" substr($$0, 5) } /^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' Makefile

##@ Develop (Go only)

.PHONY: run
run: ## Show waiting workflows completed by the real functions on this machine; ARGS=--open waits for your decision at the end
	go run ./cmd/callback local $(ARGS)

.PHONY: serve
serve: ## Keep the local stand-in running, with commands to drive it
	go run ./cmd/callback local --serve $(ARGS)

# One package more than there are processors at a time: some wait for most of theirs. Executables that the tests of several packages
# run are built once, before; see bootstrap.BuildForTest. Vet is left to `make lint`, which runs all of it.
.PHONY: test
test: ## Run every test that needs Go alone
	@[ -n '$(RACE)' ] || echo 'no C compiler: testing without the race detector' >&2
	built=$$(mktemp -d); trap 'rm -rf "$$built"' EXIT; \
	GOFLAGS= GOWORK=off CGO_ENABLED=0 go build $(DEPLOYED) -o "$$built/" $(TESTED); \
	CALLBACK_BUILT_FOR_TESTS="$$built" GORACE="$(GORACE_SLEEP) $${GORACE-}" go test $(RACE) -p="$$(($$(getconf _NPROCESSORS_ONLN) + 1))" \
		-vet=off -shuffle=on -count=1 ./...

.PHONY: cover
cover: ## Write coverage.out and print the total
	go test -count=1 -coverpkg=./... -coverprofile=coverage.out ./...
	go tool cover -func=coverage.out | tail -n 1

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME (10m) each
	@for pkg in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' "$$pkg" | grep '^Fuzz' || true); do \
			echo "fuzz $$pkg $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime '$(FUZZTIME)' "$$pkg"; \
		done; \
	done

##@ Check (everything that needs more than Go)

.PHONY: check
check: lint validate check-promise check-plain check-build conformance test-stores test-browser deploy-test bench-smoke ## Run all of the checks below

.PHONY: lint
lint: $(GOLANGCI_LINT) ## Lint the Go code, formatting included
	$(GOLANGCI_LINT) run ./...

.PHONY: fmt
fmt: $(GOLANGCI_LINT) ## Format the Go code
	$(GOLANGCI_LINT) fmt ./...

.PHONY: validate
validate: venv ## Validate the templates with SAM and cfn-lint
	@for template in template.yaml examples/*/template.yaml; do \
		$(SAM) validate --lint --template-file "$$template"; \
		$(VENV)/bin/cfn-lint --include-checks I --template "$$template"; \
		echo "cfn-lint: $$template is clean"; \
	done

PROMISE = TestThePromise|TestPeopleAreAsked|TestWhoeverIsToldIsRight

.PHONY: check-promise
check-promise: ## Play the promise's tests many times more than the tests do
	go test -count=1 -run='$(PROMISE)' \
		./functions/sqs ./functions/eventbridge ./functions/http ./functions/approval ./internal/approval -rapid.checks=300

# The tests that know of the race detector: they do less with it where it takes long, and leave out what it would change, as
# allocations are.
.PHONY: check-plain
check-plain: ## Run whole, without the race detector, the tests that it makes do less
	go test -count=1 -skip='$(PROMISE)' $$(go list -f '{{.ImportPath}} {{.TestImports}} {{.XTestImports}}' ./... | awk '/[^ ] .*\/internal\/race[] ]/ { print $$1 }')

.PHONY: check-build
check-build: venv ## Build twice with SAM in different folders and compare the binaries
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" go test -count=1 -tags=sambuild ./internal/template

.PHONY: conformance
conformance: venv ## Hold the stand-in to moto and MiniStack
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" go test -count=1 -tags=conformance ./internal/conformance ./internal/notice

.PHONY: test-stores
test-stores: venv dynamodb-local ## Hold the DynamoDB store to moto, MiniStack and DynamoDB Local
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" go test -count=1 -tags=conformance ./internal/store/... ./internal/local/dynamodb

# -C makes the package the one of the folder, of which go test shows what it prints: the rules that axe-core held each state to.
.PHONY: test-browser
test-browser: chromium $(AXE) ## Answer on the approval page in Chromium, and examine each of its states with axe-core
	go test -C internal/browsertest -count=1 -tags=browser

.PHONY: screenshots
screenshots: chromium $(AXE) ## Take the pictures of the approval page in docs/images again
	go test -C internal/browsertest -count=1 -tags=browser -run=TestScreenshots -screenshots=$(CURDIR)/docs/images

.PHONY: deploy-test
deploy-test: venv ## Deploy the built template to MiniStack and complete executions there
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" go test -count=1 -tags=deploytest ./internal/deploytest

# Not part of `check`: the vulnerability database is fetched at run time, and a check that
# turns red without a change of ours, or needs the network, would not be a gate.
.PHONY: vuln
vuln: $(GOVULNCHECK) ## Look for known vulnerabilities (needs the network)
	$(GOVULNCHECK) ./...

##@ Measure

# For people: it wants a quiet machine with Node.js 20 and Python 3.11, and writes the figures into docs/performance.md.
.PHONY: bench
bench: bench-tools ## Measure the functions beside what a user would write instead (10 minutes; needs Node.js)
	go run ./bench $(BENCH_FLAGS)

.PHONY: bench-smoke
bench-smoke: ## Hold the functions to the worst ratios that are allowed, in less than a minute with Go alone
	go run ./bench -smoke $(BENCH_FLAGS)

.PHONY: bench-profile
bench-profile: ## Show where functions/sqs spends its processor time under the benchmark's load
	go run ./bench -profile $(BENCH_FLAGS)

.PHONY: bench-tools
bench-tools: $(BENCH_NODE)/node_modules/.installed $(BENCH_PYTHON)/.venv/.installed ## Install what the contenders in Node.js and Python need

$(BENCH_NODE)/node_modules/.installed: $(BENCH_NODE)/package-lock.json
	cd $(BENCH_NODE) && $(NPM) ci --ignore-scripts --no-audit --no-fund
	touch $@

$(BENCH_PYTHON)/.venv/.installed: $(BENCH_PYTHON)/requirements.txt
	$(PYTHON) -m venv --clear $(BENCH_PYTHON)/.venv
	$(BENCH_PYTHON)/.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement $<
	$(BENCH_PYTHON)/.venv/bin/python -m pip check
	touch $@

##@ Build and deploy

.PHONY: build
build: venv ## Build the application with SAM into .aws-sam/build
	$(SAM) build

# SAM's makefile builder calls build-<LogicalId> and collects what it finds in ARTIFACTS_DIR.
ARTIFACTS_DIR ?= dist/$(@:build-%=%)

# arm64 is a literal: SAM passes no architecture to make, and a GOARCH from the caller's environment
# would put another machine's code behind `Architectures: [arm64]`. HOST_ARCH=1 builds for this machine
# instead, for an emulator that runs the binary here; nothing that is deployed sets it.
HOST_ARCH   ?=
LAMBDA_ARCH  = $(if $(filter 1,$(HOST_ARCH)),$(shell go env GOHOSTARCH),arm64)

define build-bootstrap
	GOFLAGS= GOWORK=off CGO_ENABLED=0 GOOS=linux GOARCH=$(LAMBDA_ARCH) GOARM64=v8.0 \
	go build $(DEPLOYED) -o '$(ARTIFACTS_DIR)/bootstrap' $(1)
endef

.PHONY: build-SqsFunction
build-SqsFunction:
	$(call build-bootstrap,./functions/sqs)

.PHONY: build-EventBridgeFunction
build-EventBridgeFunction:
	$(call build-bootstrap,./functions/eventbridge)

.PHONY: build-HttpFunction
build-HttpFunction:
	$(call build-bootstrap,./functions/http)

.PHONY: build-ApprovalFunction
build-ApprovalFunction:
	$(call build-bootstrap,./functions/approval)

.PHONY: build-OrderWorkerFunction
build-OrderWorkerFunction:
	$(call build-bootstrap,./examples/sqs-callback/worker)

.PHONY: package
package: ## Write the functions' zips and their checksums into dist, for users without SAM
	$(MAKE) build-SqsFunction ARTIFACTS_DIR=dist/sqs
	go run ./tools/lambdazip -o dist/sqs.zip dist/sqs/bootstrap
	$(MAKE) build-EventBridgeFunction ARTIFACTS_DIR=dist/eventbridge
	go run ./tools/lambdazip -o dist/eventbridge.zip dist/eventbridge/bootstrap
	$(MAKE) build-HttpFunction ARTIFACTS_DIR=dist/http
	go run ./tools/lambdazip -o dist/http.zip dist/http/bootstrap
	$(MAKE) build-ApprovalFunction ARTIFACTS_DIR=dist/approval
	go run ./tools/lambdazip -o dist/approval.zip dist/approval/bootstrap

.PHONY: deploy
deploy: build ## Deploy to the AWS account of the environment, asking for the parameters
	$(SAM) deploy --guided

FUNCTION ?= SqsFunction

.PHONY: logs
logs: venv ## Follow the log of FUNCTION (SqsFunction; EventBridgeFunction, HttpFunction, ApprovalFunction)
	$(SAM) logs --name '$(FUNCTION)' --tail

.PHONY: delete
delete: venv ## Delete the deployed stack, queues included; the table of approvals stays
	$(SAM) delete

##@ Tools

.PHONY: venv
venv: $(VENV)/.installed ## Install the pinned Python tools into .venv

# --no-deps: the list is complete, which `pip check` confirms, and nothing that is not in it comes along.
$(VENV)/.installed: tools/requirements.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement $<
	$(VENV)/bin/python -m pip check
	touch $@

.PHONY: requirements
requirements: ## Pin the Python tools again from tools/requirements.in, and the benchmark's from its own
	$(PYTHON) -m venv --clear $(TOOLS)/pip-tools
	$(TOOLS)/pip-tools/bin/python -m pip install --quiet pip-tools==$(PIP_TOOLS_VERSION)
	@for list in tools/requirements $(BENCH_PYTHON)/requirements; do \
		$(TOOLS)/pip-tools/bin/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
			--no-annotate --no-header --no-emit-find-links --no-emit-index-url --no-emit-trusted-host \
			--output-file "$$list.txt" "$$list.in"; \
	done

# GOFLAGS is cleared: a caller's -mod or -tags belongs to this module, not to the tools.
$(GOLANGCI_LINT):
	GOFLAGS= GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
	mv $(TOOLS)/golangci-lint $@

$(GOVULNCHECK):
	GOFLAGS= GOBIN=$(TOOLS) go install golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION)
	mv $(TOOLS)/govulncheck $@

# Needs Maven and a JDK of version 17 or later.
.PHONY: dynamodb-local
dynamodb-local: $(DYNAMODB_LOCAL)/.installed

$(DYNAMODB_LOCAL)/.installed: tools/dynamodb-local/pom.xml
	rm -rf $(DYNAMODB_LOCAL)
	$(MVN) --quiet --batch-mode --file $< dependency:copy-dependencies -DoutputDirectory=$(DYNAMODB_LOCAL)
	touch $@

# A browser with its fonts belongs to the system: it is installed where that is Debian or the like and this is root, and asked
# for elsewhere. Names as in internal/browsertest.
.PHONY: chromium
chromium:
	@for name in chromium chromium-browser google-chrome; do \
		if command -v "$$name" > /dev/null; then exit 0; fi; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		apt-get --quiet --quiet update; \
		DEBIAN_FRONTEND=noninteractive apt-get --quiet --quiet --yes --no-install-recommends install chromium fonts-liberation > /dev/null; \
		command -v chromium; \
	else \
		echo 'Chromium is missing: install chromium and fonts-liberation (Debian), or Google Chrome, so that it is on PATH' >&2; \
		exit 1; \
	fi

# Needs npm. Lock files name no registry, so that it comes from the one that npm is set up for.
$(AXE): tools/axe/package.json tools/axe/package-lock.json
	rm -rf $(TOOLS)/axe
	mkdir -p $(TOOLS)/axe
	cp $^ $(TOOLS)/axe
	cd $(TOOLS)/axe && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

.PHONY: clean
clean: ## Remove what the other targets wrote
	rm -rf .aws-sam $(VENV) $(TOOLS) dist coverage.out .bench $(BENCH_NODE)/node_modules $(BENCH_PYTHON)/.venv
