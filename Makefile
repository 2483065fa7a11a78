# What can be done here. `make` alone shows the list.

GO    ?= go
TOOL  := $(GO) tool -modfile=tools.mod
# The race detector needs a C compiler.
RACE  := $(if $(shell command -v gcc || command -v clang),-race)
# Where goroutines share memory. Everywhere would take ten times as long: the
# detector slows pages and password hashes most.
RACED := ./domain/... ./handlers/api ./store/embedded

.PHONY: help run test check generate bench build
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## start Wherefore with made-up history; it prints where it is and how to sign in
	@test -n "$$DATABASE_URL" || sh .ci/need postgres
	@$(MAKE) --no-print-directory build
	@bin/wherefore serve --demo

test: ## check the code and run every test, those in a real browser too; RAPID_CHECKS=100 checks properties as often as CI
	@sh .ci/need postgres chromium pgbouncer
	@$(MAKE) --no-print-directory check
	$(GO) test -timeout 30m ./...
	$(GO) test $(RACE) -timeout 30m $(RACED)

check: ## formatting, vet, linters, and that generated files are up to date
	@sh .ci/need postgres
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "gofmt -w $$unformatted"; exit 1; }
	$(GO) vet ./...
	$(TOOL) golangci-lint run ./...
	@dead=$$($(TOOL) deadcode ./web) && test -z "$$dead" || { echo "only tests reach, or nothing:"; echo "$$dead"; exit 1; }
	@sh .ci/generated
	@$(GO) test -count=1 -run '^TestVersionIsRaised$$' ./domain/catalog
	@$(GO) test -run '^TestSchemaFile$$' ./migrations

generate: ## make Go code from the .templ files and schema.sql from the migrations, and raise the catalogue version if parsers changed
	@sh .ci/need postgres
	$(TOOL) templ generate
	$(GO) test -count=1 -run '^TestVersionIsRaised$$' ./domain/catalog -raise
	$(GO) test -count=1 -run '^TestSchemaFile$$' ./migrations -write

bench: ## measure; one line "BENCH name=… ratio=… limit=…" per figure that must hold
	$(GO) run ./web bench
	$(GO) test -run '^$$' -bench . -benchtime 300ms ./domain/...

build: ## make bin/wherefore
	$(GO) build -o bin/wherefore ./web
