package twilio

import (
	"net/url"

	"quietline/bot"
)

// Reported is what a code in a status callback means.
var Reported = reported

// Read is what a signed form becomes.
func (a *Account) Read(form url.Values) (bot.Inbound, string) { return a.read(form) }
