package main

import (
	"fmt"
	"slices"
	"strings"

	"quietline/bot/telegram"
	"quietline/bot/twilio"
	"quietline/bot/web"
)

// rota says what about the hours cannot be meant: people are told the truth all the same, and it is a worse one.
func (h *house) rota() []string {
	var out []string
	if len(h.cfg.Shifts) == 0 {
		out = append(out, "quietline.toml has no [[shift]]: whoever asks for an adviser is told that nobody is there, and that it is not known when")
	}
	if h.line != nil {
		if langs := h.line.Unserved(); len(langs) > 0 {
			out = append(out, fmt.Sprintf("shifts name %s, which nobody on the staff answers in: invite somebody, or take it out of the shifts", strings.Join(langs, ", ")))
		}
	}
	off, silent := h.channelsOfShifts()
	if len(off) > 0 {
		out = append(out, fmt.Sprintf("shifts name %s, which is off", strings.Join(off, ", ")))
	}
	if len(silent) > 0 {
		out = append(out, fmt.Sprintf("no shift answers on %s: whoever asks for an adviser there is told that nobody is, and that it is not known when", strings.Join(silent, ", ")))
	}
	over := 0
	for _, c := range h.cfg.Closed {
		if c.Over(h.now()) {
			over++
		}
	}
	if over > 0 {
		out = append(out, fmt.Sprintf("[[closed]] that are over: %d. They do nothing any more: take them out of quietline.toml", over))
	}
	return out
}

// channelsOfShifts compares the channels that are on with those that the shifts answer: what they name and is off, and
// what is on and no shift serves.
func (h *house) channelsOfShifts() (off, silent []string) {
	on := map[string]bool{web.Channel: true}
	for _, w := range h.carriers.watched {
		on[w.Name()] = true
	}
	for _, name := range []string{web.Channel, telegram.Name, twilio.SMS, twilio.WhatsApp} {
		named, served := false, len(h.cfg.Shifts) == 0 // that there are no shifts is said by itself
		for _, s := range h.cfg.Shifts {
			named = named || slices.Contains(s.Channels, name)
			served = served || len(s.Channels) == 0 || slices.Contains(s.Channels, name)
		}
		if named && !on[name] {
			off = append(off, name)
		}
		if on[name] && !served {
			silent = append(silent, name)
		}
	}
	return off, silent
}
