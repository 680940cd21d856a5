package bot_test

import (
	"testing"

	"quietline/bot"
	"quietline/bot/telegram"
	"quietline/bot/twilio"
	"quietline/bot/web"
	"quietline/flows"
)

// The kinds of channel that people are led along in tests carry what the real ones do.
func TestChannelLimits(t *testing.T) {
	real := []flows.Limits{web.Limits(), telegram.Limits(), twilio.LimitsOf(twilio.SMS), twilio.LimitsOf(twilio.WhatsApp)}
	for i, l := range real {
		if bot.ChannelLimits[i] != l {
			t.Errorf("in tests %+v, in truth %+v", bot.ChannelLimits[i], l)
		}
	}
}
