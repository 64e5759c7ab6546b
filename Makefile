# Every task of the project. The two that a user needs need no make: go run ./cmd/stator serve, and go test ./...

.PHONY: run test check fuzz bench demo build console

run: ## run a server on ./stator-data
	go run ./cmd/stator serve

# gRPC's page of traces, which nobody serves, has a template, and with one in the program the linker keeps every exported method.
build: ## build a static binary
	CGO_ENABLED=0 go build -tags grpcnotrace -trimpath -ldflags=-s -o stator ./cmd/stator

console: ## build the web console anew into internal/console/dist, which is committed; needs Node.js
	cd internal/console/app && npm ci --ignore-scripts && npm run check && npm test && npm run build

test: ## all tests
	go test ./...

check: ## what a change must pass: vet, staticcheck, tidy and generate without a trace, tests with the race detector
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff
	go test ./tests -run AreDocumented -write && git diff --exit-code docs
	go test -race -shuffle=on ./...

FUZZTIME ?= 30s
fuzz: ## each fuzz target for FUZZTIME
	@for pkg in $$(go list ./internal/...); do \
	  for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$target"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

bench: ## compare with the bare HTTP limit and with peers, and several servers over one engine with one; writes bench/RESULTS.md
	go run ./bench -write

demo: ## load the world's cities and ask for some
	go run ./demo --start
