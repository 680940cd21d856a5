package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// laterName is serve with a clock that is ahead: the first argument says by how much.
const laterName = "quietline-later"

func later() {
	ahead, err := time.ParseDuration(os.Args[1])
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		p := &program{ctx: ctx, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, rand: rand.Reader,
			now: func() time.Time { return time.Now().Add(ahead) }}
		err = serveCmd{configFlag{Config: "quietline.toml"}}.Run(p)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitFail)
	}
}
