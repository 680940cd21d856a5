package twilio

import (
	"net/url"

	"quietline/bot"
)

// Reported, Clean and Read are for tests.
var (
	Reported = reported
	Clean    = clean
)

// Read is what a signed form becomes.
func (a *Account) Read(form url.Values) (bot.Inbound, string) { return a.read(form) }
