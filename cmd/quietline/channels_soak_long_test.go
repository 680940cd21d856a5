//go:build soak

package main

import (
	"testing"
	"time"

	"quietline/bot/telegram/telegramtest"
	"quietline/bot/twilio/twiliotest"
)

// TestSoakChannels is TestSoakSmall with 500 conversations, and 150 more while Telegram is polled.
func TestSoakChannels(t *testing.T) {
	plan := soakPlan{people: 500, at: 150, notes: 3, every: 4 * time.Second, hush: 15 * time.Second, most: 40 * time.Minute,
		faults: telegramtest.AllFaults,
		twilios: []twiliotest.Fault{twiliotest.RateLimit, twiliotest.ServerError, twiliotest.ErrorAfter, twiliotest.CutBefore, twiliotest.CutAfter,
			twiliotest.Garbled, twiliotest.Hang, twiliotest.HangAfter}}
	for _, mode := range []string{modeWebhook, modePoll} {
		plan.mode = mode
		t.Run(mode, func(t *testing.T) { soaks(t, plan) })
		plan.people = 150
	}
}
