# Quietline. `make test` is everything that must hold; .ci/run calls it.

GO ?= go

.PHONY: test needs format vet imports deps race build bench bench-channels bench-desk soak soak-channels soak-rota pictures flows words

test: needs format vet imports deps race

# What the tests need besides Go: a browser, a second reader of codes, a sandbox without root.
needs:
	@./.ci/needs

format:
	@bad="$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go'))"; \
	if [ -n "$$bad" ]; then echo "gofmt would change:"; echo "$$bad"; echo "run gofmt -w on them"; exit 1; fi

vet:
	$(GO) vet ./...
	$(GO) vet -tags soak ./...
	$(GO) tool staticcheck ./...

# Who may import whom, no init, package comments; and the modules that the binary is made of.
imports:
	$(GO) test -count=1 -run '^(TestImports|TestPackageDocs|TestNoInit|TestRevealCallers|TestNoExit|TestNoSleep)' ./cmd/quietline

deps:
	$(GO) test -count=1 -run '^TestDeps' ./cmd/quietline

race:
	$(GO) test -race -timeout 15m ./...

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o bin/quietline ./cmd/quietline

bench:
	$(GO) test -run '^$$' -bench . -benchmem -timeout 30m ./...

# The long ones, tag soak.
soak: needs soak-channels soak-rota
	$(GO) test -tags soak -race -timeout 3h -skip '^TestSoak(Channels|Rota)$$' ./...

# 650 conversations by Telegram, SMS and WhatsApp, providers that fail, kill -9: prints what came of them.
soak-channels:
	$(GO) test -count=1 -tags soak -race -timeout 2h -v -run '^TestSoakChannels$$' ./cmd/quietline

# Every minute of ten years in 30 time zones: what people are told of the hours, against a walk along the clock.
soak-rota:
	$(GO) test -count=1 -tags soak -timeout 1h -v -run '^TestSoakRota$$' ./line

# Webhook in, committed, answer handed over: prints a table. It wants the machine for itself.
bench-channels:
	$(GO) test -count=1 -run '^$$' -bench '^BenchmarkChannels$$' -timeout 30m ./cmd/quietline

# From a person's message to the adviser's screen: 200 advisers, 1,000 conversations, 500 messages a second, beside a bare
# stream. It wants the machine for itself.
bench-desk:
	$(GO) test -count=1 -run '^$$' -bench '^BenchmarkDesk$$' -benchtime 1x -timeout 30m ./desk

# docs/img: pictures of the page and of the desk, made from a running try.
pictures:
	mkdir -p docs/img
	$(GO) test -count=1 -run '^TestPictures$$' ./cmd/quietline -pictures "$(CURDIR)/docs/img"

# docs/flows.md and docs/flows: drawings of the conversations, made from the flows and the English texts.
flows:
	$(GO) run ./cmd/quietline check --graph docs

# locales/words/*.learned: what messages mean, learned from locales/testdata/corpus. Prints how well each writer of it is
# understood after learning from the others.
words:
	$(GO) test -count=1 -run '^TestLearnedIsOfToday$$' ./locales -args -learn -across
	$(GO) test -count=1 ./locales
